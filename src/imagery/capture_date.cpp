// SPDX-License-Identifier: Apache-2.0
#include "imagery/capture_date.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <regex>

namespace skyglot {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes `count` digits off the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  for (std::size_t i = 0; i < count; ++i)
    if (!is_digit(text[i])) return std::nullopt;
  int value = 0;
  std::from_chars(text.data(), text.data() + count, value);
  text.remove_prefix(count);
  return value;
}

bool take_separator(std::string_view& text) {
  if (text.empty() || std::string_view("-:/_.").find(text.front()) == std::string_view::npos)
    return false;
  text.remove_prefix(1);
  return true;
}

bool plausible(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  return year >= 1900 && year <= 2099 && date.ok();
}

std::string formatted(int year, int month, int day) {
  return fmt::format("{:04}-{:02}-{:02}", year, month, day);
}

// A full date at the start of `text` that no further digit follows, unless those are a time.
std::optional<std::string> full_date(std::string_view text, bool time_may_follow) {
  const auto year = take_number(text, 4);
  if (!year) return std::nullopt;
  const bool separated = take_separator(text);
  const auto month = take_number(text, 2);
  if (!month || (separated && !take_separator(text))) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || !plausible(*year, *month, *day)) return std::nullopt;
  if (!time_may_follow && !text.empty() && is_digit(text.front())) return std::nullopt;
  return formatted(*year, *month, *day);
}

bool starts_number(std::string_view name, std::size_t i) {
  return is_digit(name[i]) && (i == 0 || !is_digit(name[i - 1]));
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// Letters right before place `i`: "ortho2015" is a year, the sheet number "TQ2080" is none.
bool follows_a_word_or_nothing(std::string_view name, std::size_t i) {
  std::size_t start = i;
  while (start > 0 && is_letter(name[start - 1])) --start;
  constexpr std::size_t kShortestWord = 3;
  return start == i || i - start >= kShortestWord;
}

bool is_joint(char c) {
  return std::string_view("_-.").find(c) != std::string_view::npos;
}

// How many digits stand at place `i` and after.
std::size_t digits_at(std::string_view text, std::size_t i) {
  std::size_t end = i;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - i;
}

// Whether four digits and no more follow `text`'s first character, a joint, and are not bound to a
// further number by a joint of another kind ("_2600-1199" is one sheet).
bool leads_to_four_digits(std::string_view text) {
  if (text.empty() || !is_joint(text.front()) || digits_at(text, 1) != 4) return false;
  const bool bound = text.size() > 6 && is_joint(text[5]) && is_digit(text[6]);
  return !bound || text[5] == text.front();
}

// "tile_2000_1024" counts pixels or metres: beside another number of four digits a year is none.
bool is_one_of_a_pair(std::string_view name, std::size_t i) {
  std::string before(name.substr(0, i));
  std::ranges::reverse(before);
  return leads_to_four_digits(before) || leads_to_four_digits(name.substr(i + 4));
}

std::optional<std::string> lone_year(std::string_view name, std::size_t i) {
  std::string_view rest = name.substr(i);
  const auto year = take_number(rest, 4);
  if (!year || !plausible(*year, 1, 1) || !follows_a_word_or_nothing(name, i)) return std::nullopt;
  if (!rest.empty() && (is_digit(rest.front()) || is_letter(rest.front()))) return std::nullopt;
  if (is_one_of_a_pair(name, i)) return std::nullopt;
  return formatted(*year, 1, 1);
}

bool is_past(const std::optional<std::string>& date, int this_year) {
  return date && *date <= formatted(this_year, 12, 31);
}

}  // namespace

std::optional<std::string> parse_date(std::string_view text) {
  text = trim(text);
  if (const auto date = full_date(text, true)) return date;
  const auto year = take_number(text, 4);
  if (!year || !plausible(*year, 1, 1)) return std::nullopt;
  if (text.empty()) return formatted(*year, 1, 1);
  take_separator(text);
  const auto month = take_number(text, 2);
  if (!month || !text.empty() || !plausible(*year, *month, 1)) return std::nullopt;
  return formatted(*year, *month, 1);
}

std::optional<std::string> date_from_metadata(const std::map<std::string, std::string>& metadata) {
  constexpr std::array kKeys{"ACQUISITIONDATETIME",
                             "ACQUISITION_DATETIME",
                             "ACQUISITION_DATE",
                             "DATE_ACQUIRED",
                             "SENSING_TIME",
                             "DATATAKE_1_DATATAKE_SENSING_START",
                             "PRODUCT_START_TIME",
                             "SCENE_CENTER_TIME",
                             "NITF_IDATIM",
                             "capture_date",
                             "acquisition_date",
                             "datetime",
                             "DATE",
                             "NC_GLOBAL#time_coverage_start",
                             "TIFFTAG_DATETIME"};
  for (const char* key : kKeys) {
    const auto found = metadata.find(key);
    if (found == metadata.end()) continue;
    if (auto date = parse_date(found->second)) return date;
  }
  return std::nullopt;
}

int current_year() {
  const auto today = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  return static_cast<int>(std::chrono::year_month_day(today).year());
}

std::optional<std::string> date_from_name(std::string_view name, int this_year) {
  for (std::size_t i = 0; i < name.size(); ++i)
    if (starts_number(name, i))
      if (auto date = full_date(name.substr(i), false); is_past(date, this_year)) return date;
  for (std::size_t i = 0; i < name.size(); ++i)
    if (starts_number(name, i))
      if (auto date = lone_year(name, i); is_past(date, this_year)) return date;
  return std::nullopt;
}

std::optional<std::string> date_from_pattern(const std::string& name, const std::string& pattern) {
  try {
    std::smatch match;
    if (!std::regex_search(name, match, std::regex(pattern))) return std::nullopt;
    return parse_date(match[match.size() > 1 ? 1 : 0].str());
  } catch (const std::regex_error& error) {
    fail(ErrorKind::usage, "--date-pattern \"{}\" is not a regular expression: {}", pattern,
         error.what());
  }
}

}  // namespace skyglot
