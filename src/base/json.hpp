// SPDX-License-Identifier: Apache-2.0
// JSON in and out without surprises: text that is not UTF-8 is mended, damage is an Error with a
// name.
#pragma once

#include "base/error.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace skyglot {

/// For what we write: keys stay in the order in which they were given.
using Json = nlohmann::ordered_json;
/// For what we read: keys are found fast, however many a file brings.
using ReadJson = nlohmann::json;

/// One line (indent < 0) or indented text; bytes that are not UTF-8 become U+FFFD.
template <typename JsonType>
[[nodiscard]] std::string json_text(const JsonType& json, int indent = -1) {
  return json.dump(indent, ' ', false, JsonType::error_handler_t::replace);
}

/// What reading_json() turns into an Error; nobody else sees it.
struct JsonNestedTooDeep {};

/// Parses text of unknown origin. What nests deeper than any file we know is refused, since copying
/// and printing it would recurse as deep. Throws as nlohmann's parse does; inside reading_json().
template <typename JsonType = nlohmann::json>
[[nodiscard]] JsonType parse_json(std::string_view text) {
  constexpr int kDeepest = 64;
  return JsonType::parse(text, [](int depth, typename JsonType::parse_event_t, JsonType&) {
    if (depth > kDeepest) throw JsonNestedTooDeep{};
    return true;
  });
}

/// A string as it is, a number as it is written; Error(format) for all else, naming `what`.
template <typename JsonType>
[[nodiscard]] std::string scalar_text(const JsonType& value, const std::string& what) {
  if (value.is_string()) return value.template get<std::string>();
  if (value.is_number()) return value.dump();
  fail(ErrorKind::format, "{} is neither text nor number", what);
}

/// Runs `read`, which parses or takes apart JSON, and turns what nlohmann throws into Error(format)
/// that names `where` and gives the `remedy`.
template <typename Read>
auto reading_json(const std::string& where, const std::string& remedy, Read&& read) {
  try {
    return std::forward<Read>(read)();
  } catch (const nlohmann::json::exception& error) {
    fail(ErrorKind::format, "{}: damaged ({}); {}", where, error.what(), remedy);
  } catch (const JsonNestedTooDeep&) {
    fail(ErrorKind::format, "{}: damaged (values nested too deeply); {}", where, remedy);
  }
}

}  // namespace skyglot
