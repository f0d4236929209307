// SPDX-License-Identifier: Apache-2.0
#include "embed/unit_rows.hpp"

#include "base/error.hpp"
#include "base/linear_algebra.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {

std::vector<float> mean_direction(const Matrix& rows, std::int64_t first, std::int64_t count) {
  std::vector<float> mean(static_cast<std::size_t>(rows.cols));
  for (std::int64_t row = first; row < first + count; ++row) {
    std::vector<float> unit(rows.row(row).begin(), rows.row(row).end());
    to_unit_length(unit);
    for (std::size_t i = 0; i < mean.size(); ++i) mean[i] += unit[i] / static_cast<float>(count);
  }
  return mean;
}

void demand_finite(const Matrix& rows, const std::string& what) {
  if (std::ranges::all_of(rows.values, [](float value) { return std::isfinite(value); })) return;
  fail(ErrorKind::input,
       "embedding {}: the model gave values that are not finite; its weights are damaged, or "
       "--precision fp32 is needed",
       what);
}

}  // namespace skyglot
