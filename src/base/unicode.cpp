// SPDX-License-Identifier: Apache-2.0
#include "base/unicode.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/resource.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace skyglot {
namespace {

struct CaseRange {
  char32_t first = 0;
  char32_t last = 0;
  char32_t step = 1;
  std::int32_t offset = 0;
};

std::int64_t number_in(const std::string& cell) {
  const auto number = parse_int(cell);
  expect(number.has_value(), "lower_case.csv holds a cell that is not a number");
  return *number;
}

std::vector<CaseRange> read_case_ranges() {
  std::vector<CaseRange> ranges;
  for (const auto& row : parse_csv(load_resource("lower_case.csv"), "lower_case.csv").rows)
    ranges.push_back({static_cast<char32_t>(number_in(row.at(0))),
                      static_cast<char32_t>(number_in(row.at(1))),
                      static_cast<char32_t>(number_in(row.at(2))),
                      static_cast<std::int32_t>(number_in(row.at(3)))});
  return ranges;
}

char32_t lower_case_beyond_ascii(char32_t c) {
  static const std::vector<CaseRange> ranges = read_case_ranges();
  const auto found = std::ranges::lower_bound(ranges, c, {}, &CaseRange::last);
  if (found == ranges.end() || c < found->first || (c - found->first) % found->step != 0) return c;
  return static_cast<char32_t>(static_cast<std::int32_t>(c) + found->offset);
}

char32_t lower_case_of(char32_t c) {
  if (c >= U'A' && c <= U'Z') return c + 32;
  return c < 0x80 ? c : lower_case_beyond_ascii(c);
}

std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xE0) return 2;
  return lead < 0xF0 ? 3 : 4;
}

// `bytes` is one well-formed sequence.
char32_t decode_sequence(std::string_view bytes) {
  const auto lead = static_cast<unsigned char>(bytes[0]);
  if (bytes.size() == 1) return lead;
  char32_t c = lead & (0x7Fu >> bytes.size());
  for (const char byte : bytes.substr(1)) c = (c << 6) | (static_cast<unsigned char>(byte) & 0x3Fu);
  return c;
}

void append_utf8(std::string& text, char32_t c) {
  if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) c = kReplacementCharacter;
  const auto put = [&](char32_t byte) { text += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | (c >> 6));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

}  // namespace

std::u32string decode_utf8(std::string_view text) {
  std::u32string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::string_view bytes =
        text.substr(i, sequence_length(static_cast<unsigned char>(text[i])));
    const bool good = is_utf8(bytes);
    result += good ? decode_sequence(bytes) : kReplacementCharacter;
    i += good ? bytes.size() : 1;
  }
  return result;
}

std::string encode_utf8(std::u32string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char32_t c : text) append_utf8(result, c);
  return result;
}

std::string_view without_mark(std::string_view text) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  return text;
}

bool is_blank(char32_t c) noexcept {
  if (c <= 0x20) return c == 0x20 || (c >= 0x09 && c <= 0x0D) || c >= 0x1C;
  if (c < 0x1680) return c == 0x85 || c == 0xA0;
  return c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F ||
         c == 0x205F || c == 0x3000;
}

std::u32string collapse_blanks(std::u32string_view text) {
  std::u32string result;
  result.reserve(text.size());
  bool pending = false;
  for (const char32_t c : text) {
    if (is_blank(c)) {
      pending = !result.empty();
      continue;
    }
    if (pending) result.push_back(U' ');
    pending = false;
    result += c;
  }
  return result;
}

std::u32string lower_case(std::u32string_view text) {
  std::u32string result;
  result.reserve(text.size());
  for (const char32_t c : text) {
    result.push_back(c == 0x130 ? U'i' : lower_case_of(c));
    if (c == 0x130) result.push_back(0x307);
  }
  return result;
}

}  // namespace skyglot
