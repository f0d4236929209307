// SPDX-License-Identifier: Apache-2.0
#include "scores/row_blocks.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/linear_algebra.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace skyglot {
namespace {

constexpr std::int64_t kBlockFloats = (std::int64_t{64} << 20) / std::int64_t{sizeof(float)};
constexpr std::int64_t kMostRows = 8192;

// Products with a tile of the other side's rows become columns of `scores`.
void put_columns(const Matrix& tile, std::int64_t first, Matrix& scores) {
  for (std::int64_t i = 0; i < tile.rows; ++i)
    std::ranges::copy(tile.row(i), scores.row(i).begin() + first);
}

double length_of(std::span<const float> row) {
  double square = 0;
  for (const float value : row) square += double{value} * double{value};
  return std::sqrt(square);
}

void require_finite_row(std::span<const float> row, std::int64_t number, std::string_view what) {
  if (std::ranges::all_of(row, [](float v) { return std::isfinite(v); })) return;
  fail(ErrorKind::input,
       "{}: row {} holds a value that is not a finite number; the embeddings are damaged or their "
       "model overflowed, make them anew (with --precision fp32 if it was not)",
       what, number);
}

}  // namespace

std::int64_t rows_per_block(std::int64_t columns, std::int64_t asked) {
  if (asked > 0) return asked;
  return std::clamp<std::int64_t>(kBlockFloats / std::max<std::int64_t>(columns, 1), 1, kMostRows);
}

void for_each_score_row(const RowSource& a, const RowSource& b, std::int64_t block_rows,
                        const std::function<void(std::int64_t, std::span<const float>)>& use) {
  const RowSource others = b.kept(kMostKeptBytes);
  const std::int64_t step = rows_per_block(b.rows(), block_rows);
  for_each_block(a, step, [&](std::int64_t first, const Matrix& block) {
    Matrix scores(block.rows, others.rows());
    for_each_block(others, rows_per_block(others.cols(), 0),
                   [&](std::int64_t at, const Matrix& tile) {
                     put_columns(inner_products(block, 0, block.rows, tile), at, scores);
                   });
    for (std::int64_t i = 0; i < scores.rows; ++i) use(first + i, scores.row(i));
  });
}

Matrix all_scores(const RowSource& rows, const Matrix& others) {
  Matrix scores(rows.rows(), others.rows);
  for_each_block(rows, rows_per_block(rows.cols(), 0),
                 [&](std::int64_t first, const Matrix& block) {
                   const Matrix part = inner_products(block, 0, block.rows, others);
                   std::ranges::copy(part.values, scores.row(first).begin());
                 });
  return scores;
}

RowSource unit_rows(const RowSource& rows, const std::string& what) {
  std::vector<double> lengths;
  for_each_block(
      rows, rows_per_block(rows.cols(), 0), [&](std::int64_t first, const Matrix& block) {
        for (std::int64_t i = 0; i < block.rows; ++i) {
          require_finite_row(block.row(i), first + i, what);
          lengths.push_back(length_of(block.row(i)));
          if (lengths.back() == 0)
            fail(ErrorKind::input,
                 "{}: row {} holds nothing but zeros, which no model gives; make it anew", what,
                 first + i);
        }
      });
  return rows.divided(std::move(lengths));
}

void require_finite(const RowSource& rows, std::string_view what) {
  for_each_block(rows, rows_per_block(rows.cols(), 0),
                 [&](std::int64_t first, const Matrix& block) {
                   for (std::int64_t i = 0; i < block.rows; ++i)
                     require_finite_row(block.row(i), first + i, what);
                 });
}

void require_same_length(const RowSource& a, const RowSource& b, std::string_view what) {
  if (a.cols() == b.cols()) return;
  fail(ErrorKind::input,
       "{}: vectors of {} values against vectors of {}; both must come from the same model", what,
       a.cols(), b.cols());
}

void require_labels(std::span<const std::int32_t> labels, std::int64_t rows, std::int64_t classes) {
  if (std::ssize(labels) != rows)
    fail(ErrorKind::input, "{} labels for {} rows; every row needs one", labels.size(), rows);
  const auto bad =
      std::ranges::find_if(labels, [&](std::int32_t k) { return k < 0 || k >= classes; });
  if (bad == labels.end()) return;
  fail(ErrorKind::input, "row {} has the label {}, but the {} classes are numbered from 0",
       bad - labels.begin(), *bad, classes);
}

}  // namespace skyglot
