// SPDX-License-Identifier: Apache-2.0
#include "curate/tag_vectors.hpp"

#include "base/strings.hpp"

#include "curate/tag_words.hpp"

#include <algorithm>
#include <vector>

namespace skyglot {
namespace {

void put_beside(const Matrix& part, std::int64_t column, Matrix& all) {
  for (std::int64_t row = 0; row < part.rows; ++row)
    std::ranges::copy(part.row(row), all.row(row).begin() + column);
}

}  // namespace

Matrix tag_vectors(std::span<const Tag> tags, const std::string& wording, const TextModel& tower,
                   const EmbedOptions& options) {
  std::vector<Matrix> parts;
  for (const std::string_view part : split(wording, '|')) {
    std::vector<std::string> texts;
    for (const Tag& tag : tags) texts.push_back(tag_words(tag, std::string(trim(part))));
    parts.push_back(embed_texts(texts, tower, options));
  }
  if (parts.size() == 1) return std::move(parts.front());
  Matrix all(std::ssize(tags), std::ssize(parts) * parts.front().cols);
  std::int64_t column = 0;
  for (const Matrix& part : parts) {
    put_beside(part, column, all);
    column += part.cols;
  }
  return all;
}

}  // namespace skyglot
