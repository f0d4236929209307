// SPDX-License-Identifier: Apache-2.0
#include "imagery/bands.hpp"

#include "base/numbers.hpp"
#include "base/strings.hpp"

#include <algorithm>

namespace skyglot {
namespace {

// "B04" and "b4" are the same band.
std::string plain_name(std::string_view name) {
  std::string lower = to_lower(trim(name));
  if (lower.size() == 3 && lower[0] == 'b' && lower[1] == '0') lower.erase(1, 1);
  return lower;
}

int band_by_name(const std::vector<BandInfo>& bands, std::string_view wanted) {
  const std::string plain = plain_name(wanted);
  const auto find = [&](auto&& text_of) {
    return std::ranges::find_if(bands,
                                [&](const BandInfo& b) { return plain_name(text_of(b)) == plain; });
  };
  auto found = find([](const BandInfo& band) { return band.name; });
  if (found == bands.end()) found = find([](const BandInfo& band) { return band.colour; });
  return found == bands.end() ? 0 : static_cast<int>(found - bands.begin()) + 1;
}

int band_by_text(const std::vector<BandInfo>& bands, std::string_view wanted) {
  const auto number = parse_int(wanted);
  if (!number) return band_by_name(bands, wanted);
  return *number >= 1 && *number <= static_cast<std::int64_t>(bands.size())
             ? static_cast<int>(*number)
             : 0;
}

std::vector<int> all_or_none(const std::vector<BandInfo>& bands,
                             const std::vector<std::string>& wanted) {
  std::vector<int> numbers;
  for (const std::string& text : wanted) numbers.push_back(band_by_text(bands, text));
  return std::ranges::count(numbers, 0) > 0 ? std::vector<int>{} : numbers;
}

std::vector<int> first_bands(const std::vector<BandInfo>& bands) {
  std::vector<int> numbers;
  for (std::size_t i = 0; i < bands.size() && numbers.size() < 3; ++i)
    if (bands[i].colour != "Alpha") numbers.push_back(static_cast<int>(i) + 1);
  if (numbers.size() == 2) numbers.pop_back();
  return numbers;
}

}  // namespace

std::vector<int> choose_bands(const std::vector<BandInfo>& bands,
                              const std::vector<std::string>& wanted) {
  if (!wanted.empty()) return all_or_none(bands, wanted);
  auto numbers = all_or_none(bands, {"red", "green", "blue"});
  if (numbers.empty()) numbers = all_or_none(bands, {"B04", "B03", "B02"});
  return numbers.empty() ? first_bands(bands) : numbers;
}

}  // namespace skyglot
