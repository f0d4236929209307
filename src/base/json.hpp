// SPDX-License-Identifier: Apache-2.0
// JSON in and out without surprises: text that is not UTF-8 is mended, damage is an Error with a
// name.
#pragma once

#include "base/error.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace skyglot {

/// One line (indent < 0) or indented text; bytes that are not UTF-8 become U+FFFD.
template <typename JsonType>
[[nodiscard]] std::string json_text(const JsonType& json, int indent = -1) {
  return json.dump(indent, ' ', false, JsonType::error_handler_t::replace);
}

/// Runs `read`, which parses or takes apart JSON, and turns what nlohmann throws into Error(format)
/// that names `where` and gives the `remedy`.
template <typename Read>
auto reading_json(const std::string& where, const std::string& remedy, Read&& read) {
  try {
    return std::forward<Read>(read)();
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorKind::format, "{}: damaged ({}); {}", where, error.what(), remedy);
  }
}

}  // namespace skyglot
