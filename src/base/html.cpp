// SPDX-License-Identifier: Apache-2.0
#include "base/html.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/resource.hpp"
#include "base/unicode.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>

namespace skyglot {
namespace {

struct Entity {
  std::string text;
  bool bare = false;  // also without the semicolon
};
using Entities = std::map<std::string, Entity, std::less<>>;

// What a reference became and how much of the text it took; nothing if it is none.
struct Replacement {
  std::string text;
  std::size_t length = 0;
};

Entities read_entities() {
  Entities entities;
  for (const auto& row : parse_csv(load_resource("html_entities.csv"), "html_entities.csv").rows) {
    const auto code_point = parse_int(row.at(1));
    expect(code_point.has_value(), "html_entities.csv holds a code point that is not a number");
    entities[row.at(0)] = {encode_utf8(std::u32string(1, static_cast<char32_t>(*code_point))),
                           row.at(2) == "yes"};
  }
  return entities;
}

const Entities& entities() {
  static const Entities table = read_entities();
  return table;
}

// Numbers 128 to 159 are meant in windows-1252, says the HTML standard; 0 keeps the number.
constexpr std::array<char32_t, 32> kWindows1252{
    0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

char32_t meant_by(std::uint32_t number) {
  if (number == 0 || number > 0x10FFFF) return kReplacementCharacter;
  if (number < 128 || number > 159) return number;
  const char32_t mapped = kWindows1252[number - 128];
  return mapped == 0 ? number : mapped;
}

// `text` starts with "&#".
std::optional<Replacement> numeric_reference(std::string_view text) {
  const bool hexadecimal = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
  const char* begin = text.data() + (hexadecimal ? 3 : 2);
  std::uint32_t number = 0;
  const auto parsed =
      std::from_chars(begin, text.data() + text.size(), number, hexadecimal ? 16 : 10);
  if (parsed.ptr == begin) return std::nullopt;
  if (parsed.ec != std::errc()) number = 0;
  auto length = static_cast<std::size_t>(parsed.ptr - text.data());
  if (length < text.size() && text[length] == ';') ++length;
  return Replacement{encode_utf8(std::u32string(1, meant_by(number))), length};
}

// `text` starts with "&". The longest name wins; no name of HTML 4 is longer than 8.
std::optional<Replacement> named_reference(std::string_view text) {
  constexpr std::size_t kLongestName = 8;
  for (std::size_t length = std::min(kLongestName, text.size() - 1); length >= 2; --length) {
    const auto found = entities().find(text.substr(1, length));
    if (found == entities().end()) continue;
    const bool closed = text.substr(1 + length).starts_with(';');
    if (closed || found->second.bare)
      return Replacement{found->second.text, 1 + length + (closed ? 1 : 0)};
  }
  return std::nullopt;
}

bool in(char32_t c, char32_t first, char32_t last) {
  return c >= first && c <= last;
}

// Control characters, direction marks, line separators, tags and noncharacters.
bool is_unsafe(char32_t c) {
  return c < 0x20 || in(c, 0x7F, 0x9F) || c == 0x61C || c == 0x200B || in(c, 0x200E, 0x200F) ||
         in(c, 0x2028, 0x202E) || in(c, 0x2060, 0x206F) || c == 0xFEFF || in(c, 0xFDD0, 0xFDEF) ||
         in(c, 0xFFF9, 0xFFFB) || (c & 0xFFFE) == 0xFFFE || in(c, 0xE0000, 0xE0FFF);
}

std::string_view escape_of(char32_t c) {
  switch (c) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    case '\'':
      return "&#39;";
    case '\t':
    case '\n':
    case '\r':
      return " ";
    default:
      return "";
  }
}

}  // namespace

std::string html_unescape(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t next = std::min(text.find('&', at), text.size());
    result += text.substr(at, next - at);
    if (next == text.size()) break;
    const std::string_view rest = text.substr(next);
    const auto found = rest.starts_with("&#") ? numeric_reference(rest) : named_reference(rest);
    result += found ? found->text : "&";
    at = next + (found ? found->length : 1);
  }
  return result;
}

std::string escape_html(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char32_t c : decode_utf8(text)) {
    const std::string_view escaped = escape_of(c);
    result += escaped.empty()
                  ? encode_utf8(std::u32string(1, is_unsafe(c) ? kReplacementCharacter : c))
                  : std::string(escaped);
  }
  return result;
}

}  // namespace skyglot
