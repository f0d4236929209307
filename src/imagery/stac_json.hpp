// SPDX-License-Identifier: Apache-2.0
// Members of STAC's JSON that may be missing or of another type.
#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace skyglot {

/// The text of a member, "" if there is none.
[[nodiscard]] inline std::string text_at(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

/// The list of a member, an empty one if there is none.
[[nodiscard]] inline const nlohmann::json& list_at(const nlohmann::json& object, const char* key) {
  static const nlohmann::json kNone = nlohmann::json::array();
  const auto found = object.find(key);
  return found != object.end() && found->is_array() ? *found : kNone;
}

}  // namespace skyglot
