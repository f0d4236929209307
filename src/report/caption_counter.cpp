// SPDX-License-Identifier: Apache-2.0
#include "report/caption_counter.hpp"

#include "base/hash.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <limits>

namespace skyglot {
namespace {

std::uint16_t clamped(std::size_t value) {
  return static_cast<std::uint16_t>(
      std::min<std::size_t>(value, std::numeric_limits<std::uint16_t>::max()));
}

// More pictures first, then by text, so that ties fall the same way in every run.
bool leads(const RepeatedCaption& a, const RepeatedCaption& b) {
  return a.pictures != b.pictures ? a.pictures > b.pictures : a.text < b.text;
}

}  // namespace

double CaptionStatistics::unique_share() const {
  return pictures == 0 ? 0 : static_cast<double>(unique_pictures) / static_cast<double>(pictures);
}

void CaptionCounter::add(const std::string& caption) {
  Seen& seen = seen_[stable_hash(caption)];
  if (seen.pictures == 0) {
    seen.tokens = clamped(token_count_(caption));
    seen.words = clamped(count_words(caption));
  }
  ++seen.pictures;
  if (seen.pictures > 1) keep_if_top(caption, seen.pictures);
}

// Exact although only `top_` texts are kept: at its last picture a caption that belongs to the
// final top has its final count, and nobody who stands before it then falls behind it later.
void CaptionCounter::keep_if_top(const std::string& caption, std::uint64_t pictures) {
  leaders_[caption] = pictures;
  if (leaders_.size() <= top_) return;
  const auto last = std::ranges::max_element(leaders_, [](const auto& a, const auto& b) {
    return leads({a.second, a.first}, {b.second, b.first});
  });
  leaders_.erase(last);
}

CaptionStatistics CaptionCounter::finish() const {
  CaptionStatistics statistics;
  statistics.distinct = seen_.size();
  for (const auto& [hash, seen] : seen_) {
    statistics.pictures += seen.pictures;
    statistics.unique_pictures += seen.pictures == 1 ? 1 : 0;
    ++statistics.group_sizes[seen.pictures];
    statistics.tokens[seen.tokens] += seen.pictures;
    statistics.words[seen.words] += seen.pictures;
  }
  for (const auto& [text, pictures] : leaders_) statistics.top.push_back({pictures, text});
  std::ranges::sort(statistics.top, leads);
  return statistics;
}

std::size_t count_words(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(split(text, ' '), [](std::string_view word) { return !word.empty(); }));
}

}  // namespace skyglot
