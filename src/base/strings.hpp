// SPDX-License-Identifier: Apache-2.0
// Small ASCII text helpers that the standard library lacks.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

[[nodiscard]] std::string_view trim(std::string_view text);
/// ASCII letters only; other bytes, UTF-8 among them, stay as they are.
[[nodiscard]] std::string to_lower(std::string_view text);
/// "a,,b" -> {"a", "", "b"}; the empty text gives one empty part.
[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
/// For messages: the first names, divided by commas, and how many there are more ("a, b, c and 987
/// more").
[[nodiscard]] std::string some_of(const std::vector<std::string>& names, std::size_t shown = 5);
[[nodiscard]] std::string replace_all(std::string text, std::string_view from, std::string_view to);
/// Whether `text` matches `pattern`, in which each '*' stands for any run of characters.
[[nodiscard]] bool matches_glob(std::string_view text, std::string_view pattern);
[[nodiscard]] inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
/// Whether the bytes are well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text);
/// The name among `known` closest to `name` by edit distance, or "" if none is near (for "did you
/// mean").
[[nodiscard]] std::string closest(std::string_view name, const std::vector<std::string>& known);

}  // namespace skyglot
