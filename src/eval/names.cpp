// SPDX-License-Identifier: Apache-2.0
#include "eval/names.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <iterator>

namespace skyglot {
namespace {

bool is_part_of_a_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

std::string normalised_name(std::string_view name) {
  const std::string lower = to_lower(name);
  std::string kept;
  std::ranges::copy_if(lower, std::back_inserter(kept), is_part_of_a_name);
  return kept;
}

std::string to_string(Wording wording) {
  switch (wording) {
    case Wording::as_is:
      return "as-is";
    case Wording::lower:
      return "lower";
    case Wording::blanks:
      return "blanks";
  }
  return "";
}

Wording parse_wording(const std::string& word) {
  for (const Wording wording : {Wording::as_is, Wording::lower, Wording::blanks})
    if (word == to_string(wording)) return wording;
  fail(ErrorKind::usage, "unknown wording '{}'; there are: as-is, lower, blanks", word);
}

std::string worded(std::string_view text, Wording wording) {
  if (wording == Wording::as_is) return std::string(text);
  std::string lower = to_lower(text);
  if (wording == Wording::blanks) {
    std::ranges::replace(lower, '_', ' ');
    std::ranges::replace(lower, '/', ' ');
  }
  return lower;
}

}  // namespace skyglot
