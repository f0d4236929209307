// SPDX-License-Identifier: Apache-2.0
#include "scores/confusion.hpp"

#include "base/csv.hpp"
#include "base/numbers.hpp"
#include "base/unicode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace skyglot {
namespace {

constexpr std::size_t kWholeMatrix = 12;  // classes that fit a terminal
constexpr std::size_t kNameWidth = 32;

bool worse(const ConfusedPair& a, const ConfusedPair& b) {
  if (a.count != b.count) return a.count > b.count;
  return a.truth != b.truth ? a.truth < b.truth : a.predicted < b.predicted;
}

std::vector<ConfusedPair> mistakes(const ConfusionMatrix& matrix) {
  std::vector<ConfusedPair> pairs;
  for (std::size_t t = 0; t < matrix.classes(); ++t)
    for (std::size_t p = 0; p < matrix.classes(); ++p)
      if (t != p && matrix.at(t, p) > 0) pairs.push_back({t, p, matrix.at(t, p)});
  return pairs;
}

// Left-aligned in `width` characters.
std::string padded(const std::string& text, std::size_t width) {
  const std::size_t length = decode_utf8(text).size();
  return text + std::string(width > length ? width - length : 0, ' ');
}

std::size_t widest_name(const ConfusionMatrix& matrix) {
  std::size_t width = 12;
  for (const std::string& name : matrix.names)
    width = std::max(width, decode_utf8(shorten(name, kNameWidth)).size());
  return width;
}

std::size_t count_width(const ConfusionMatrix& matrix) {
  const std::int64_t most = matrix.counts.empty() ? 0 : std::ranges::max(matrix.counts);
  return std::max<std::size_t>(fmt::formatted_size("{}", most), 2) + 2;
}

std::string matrix_text(const ConfusionMatrix& matrix) {
  const std::size_t name_width = widest_name(matrix);
  const std::size_t width = count_width(matrix);
  std::string text = "   " + padded("true \\ taken for", name_width);
  for (std::size_t p = 0; p < matrix.classes(); ++p) text += fmt::format("{:>{}}", p + 1, width);
  text += "    right\n";
  for (std::size_t t = 0; t < matrix.classes(); ++t) {
    text +=
        fmt::format("{:>2} {}", t + 1, padded(shorten(matrix.names[t], kNameWidth), name_width));
    for (std::size_t p = 0; p < matrix.classes(); ++p)
      text += matrix.at(t, p) == 0 ? fmt::format("{:>{}}", ".", width)
                                   : fmt::format("{:>{}}", matrix.at(t, p), width);
    const std::int64_t total = matrix.row_total(t);
    text += total == 0 ? std::string("        -\n")
                       : fmt::format("{:>8.1f}%\n", percent_of(matrix.at(t, t), total));
  }
  return text;
}

std::string pairs_text(const ConfusionMatrix& matrix, std::size_t most) {
  const std::vector<ConfusedPair> pairs = most_confused(matrix, most);
  if (pairs.empty()) return "no class is taken for another\n";
  std::string text = "most confused (pictures, share of the true class, true -> taken for):\n";
  for (const ConfusedPair& pair : pairs)
    text += fmt::format("{:>7}{:>8.1f}%  {} -> {}\n", pair.count,
                        percent_of(pair.count, matrix.row_total(pair.truth)),
                        matrix.names[pair.truth], matrix.names[pair.predicted]);
  return text;
}

}  // namespace

ConfusionMatrix::ConfusionMatrix(std::span<const std::string> class_names)
    : names(class_names.begin(), class_names.end()), counts(names.size() * names.size(), 0) {}

std::int64_t ConfusionMatrix::row_total(std::size_t truth) const {
  const auto row = counts.begin() + static_cast<std::ptrdiff_t>(truth * names.size());
  return std::accumulate(row, row + std::ssize(names), std::int64_t{0});
}

std::vector<ConfusedPair> most_confused(const ConfusionMatrix& matrix, std::size_t most) {
  std::vector<ConfusedPair> pairs = mistakes(matrix);
  std::ranges::sort(pairs, worse);
  if (pairs.size() > most) pairs.resize(most);
  return pairs;
}

std::string confusion_text(const ConfusionMatrix& matrix, std::size_t most) {
  return matrix.classes() <= kWholeMatrix ? matrix_text(matrix) : pairs_text(matrix, most);
}

std::string confusion_csv(const ConfusionMatrix& matrix) {
  std::vector<std::string> cells{"true \\ predicted"};
  cells.insert(cells.end(), matrix.names.begin(), matrix.names.end());
  std::string csv = csv_line(cells) + "\n";
  for (std::size_t t = 0; t < matrix.classes(); ++t) {
    cells = {matrix.names[t]};
    for (std::size_t p = 0; p < matrix.classes(); ++p)
      cells.push_back(fmt::format("{}", matrix.at(t, p)));
    csv += csv_line(cells) + "\n";
  }
  return csv;
}

std::string shorten(const std::string& text, std::size_t most) {
  const std::u32string points = decode_utf8(text);
  if (points.size() <= most) return text;
  return encode_utf8(points.substr(0, most - 1)) + "…";
}

}  // namespace skyglot
