// SPDX-License-Identifier: Apache-2.0
#include "eval/caption_texts.hpp"

#include <set>
#include <unordered_map>
#include <utility>

namespace skyglot {
namespace {

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

}  // namespace

std::string caption_text(std::string_view caption, const CaptionOptions& options) {
  std::string text(caption);
  if (options.capitalise && !text.empty()) text.front() = upper(text.front());
  return options.prefix + text;
}

CaptionTexts collect_captions(std::span<const std::vector<std::string>> captions_of_pictures,
                              const CaptionOptions& options) {
  CaptionTexts result;
  std::unordered_map<std::string, std::int64_t> index;
  std::set<std::pair<std::int64_t, std::int64_t>> seen;
  for (std::size_t picture = 0; picture < captions_of_pictures.size(); ++picture)
    for (const std::string& caption : captions_of_pictures[picture]) {
      ++result.captions;
      const auto next = static_cast<std::int64_t>(result.texts.size());
      const auto [at, is_new] = index.emplace(caption, next);
      const std::int64_t text = options.every ? next : at->second;
      if (text == next) result.texts.push_back(caption_text(caption, options));
      const auto row = static_cast<std::int64_t>(picture);
      if (seen.emplace(row, text).second) result.pairs.push_back({row, text});
    }
  return result;
}

}  // namespace skyglot
