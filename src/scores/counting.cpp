// SPDX-License-Identifier: Apache-2.0
#include "scores/counting.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "scores/row_blocks.hpp"

#include <cstdlib>
#include <numeric>

namespace skyglot {
namespace {

bool is_word_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool stands_alone(std::string_view text, std::size_t at, std::size_t length) {
  const std::size_t end = at + length;
  return (at == 0 || !is_word_byte(text[at - 1])) &&
         (end == text.size() || !is_word_byte(text[end]));
}

std::vector<std::size_t> places_of(std::string_view word, std::string_view text) {
  std::vector<std::size_t> places;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
    if (stands_alone(text, at, word.size())) places.push_back(at);
  return places;
}

}  // namespace

std::array<std::string, kLargestCount> count_words(bool digits) {
  if (digits) return {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};
  return {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"};
}

std::optional<std::vector<std::string>> count_captions(std::string_view caption, std::int32_t count,
                                                       bool digits) {
  expect(count >= 1 && count <= kLargestCount, "a count from 1 to 10");
  const std::string lower = to_lower(caption);
  const auto index = static_cast<std::size_t>(count - 1);
  std::vector<std::size_t> places = places_of(count_words(false)[index], lower);
  std::size_t length = count_words(false)[index].size();
  const std::vector<std::size_t> in_digits = places_of(count_words(true)[index], lower);
  if (places.size() + in_digits.size() != 1) return std::nullopt;
  if (places.empty()) {
    places = in_digits;
    length = count_words(true)[index].size();
  }
  std::vector<std::string> captions;
  for (const std::string& word : count_words(digits))
    captions.push_back(std::string(caption).replace(places.front(), length, word));
  return captions;
}

Matrix counting_scores(const RowSource& pictures, const Matrix& texts,
                       std::span<const std::int64_t> text_rows) {
  expect(static_cast<std::int64_t>(text_rows.size()) == pictures.rows() * kLargestCount,
         "ten captions for every picture");
  require_same_length(pictures, texts, "pictures against texts");
  require_finite(pictures, "picture embeddings");
  require_finite(texts, "text embeddings");
  Matrix scores(pictures.rows(), kLargestCount);
  for_each_block(pictures, rows_per_block(pictures.cols(), 0),
                 [&](auto first, const Matrix& block) {
                   for (std::int64_t i = 0; i < block.rows * kLargestCount; ++i) {
                     const auto at = static_cast<std::size_t>(first * kLargestCount + i);
                     const auto picture = block.row(i / kLargestCount);
                     const auto text = texts.row(text_rows[at]);
                     scores.values[at] =
                         std::inner_product(picture.begin(), picture.end(), text.begin(), 0.0F);
                   }
                 });
  return scores;
}

double mean_count_error(const Matrix& scores, std::span<const std::int32_t> labels) {
  std::int64_t sum = 0;
  for (std::int64_t i = 0; i < scores.rows; ++i)
    sum += std::abs(static_cast<std::int64_t>(best_column(scores.row(i))) -
                    labels[static_cast<std::size_t>(i)]);
  return static_cast<double>(sum) / static_cast<double>(scores.rows);
}

}  // namespace skyglot
