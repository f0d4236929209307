// SPDX-License-Identifier: Apache-2.0
#include "scores/row_blocks.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/linear_algebra.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

constexpr std::int64_t kBlockFloats = (std::int64_t{64} << 20) / std::int64_t{sizeof(float)};
constexpr std::int64_t kMostRows = 8192;

}  // namespace

std::int64_t rows_per_block(std::int64_t columns, std::int64_t asked) {
  if (asked > 0) return asked;
  return std::clamp<std::int64_t>(kBlockFloats / std::max<std::int64_t>(columns, 1), 1, kMostRows);
}

void for_each_score_row(const Matrix& a, const Matrix& b, std::int64_t block_rows,
                        const std::function<void(std::int64_t, std::span<const float>)>& use) {
  const std::int64_t step = rows_per_block(b.rows, block_rows);
  for (std::int64_t first = 0; first < a.rows; first += step) {
    check_interrupt();
    const Matrix block = inner_products(a, first, std::min(step, a.rows - first), b);
    for (std::int64_t i = 0; i < block.rows; ++i) use(first + i, block.row(i));
  }
}

void require_finite(const Matrix& matrix, std::string_view what) {
  const auto bad = std::ranges::find_if(matrix.values, [](float v) { return !std::isfinite(v); });
  if (bad == matrix.values.end()) return;
  fail(ErrorKind::input,
       "{}: row {} holds a value that is not a finite number; the embeddings are damaged or their "
       "model overflowed, make them anew (with --precision fp32 if it was not)",
       what, (bad - matrix.values.begin()) / matrix.cols);
}

void require_same_length(const Matrix& a, const Matrix& b, std::string_view what) {
  if (a.cols == b.cols) return;
  fail(ErrorKind::input,
       "{}: vectors of {} values against vectors of {}; both must come from the same model", what,
       a.cols, b.cols);
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
