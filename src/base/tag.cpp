// SPDX-License-Identifier: Apache-2.0
#include "base/tag.hpp"

#include "base/json.hpp"

#include <algorithm>

namespace skyglot {

std::string to_string(const Tag& tag) {
  return tag.key + "=" + tag.value;
}

const std::string* find_value(const Tags& tags, std::string_view key) {
  const auto found = std::ranges::find(tags, key, &Tag::key);
  return found == tags.end() ? nullptr : &found->value;
}

std::string tags_to_json(const Tags& tags) {
  auto object = nlohmann::ordered_json::object();
  for (const Tag& tag : tags) object[tag.key] = tag.value;
  return json_text(object);
}

Tags tags_from_json(std::string_view json) {
  const auto object = nlohmann::json::parse(json, nullptr, false);
  if (!object.is_object()) fail(ErrorKind::format, "not a JSON object of tags: {}", json);
  Tags tags;
  for (const auto& [key, value] : object.items()) {
    if (!value.is_string()) fail(ErrorKind::format, "tag {} is not a string in {}", key, json);
    tags.push_back({key, value.get<std::string>()});
  }
  std::ranges::sort(tags);
  return tags;
}

}  // namespace skyglot
