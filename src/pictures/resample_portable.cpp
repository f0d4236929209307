// SPDX-License-Identifier: Apache-2.0
#include "pictures/resample_kernels.hpp"

namespace skyglot {
namespace {

template <int channels>
void resample_row(const std::uint8_t* source, const FilterTaps& taps, std::uint8_t* result) {
  for (int x = 0; x < taps.positions(); ++x) {
    const std::int32_t* weights = taps.weights_of(x);
    const std::uint8_t* pixel = source + static_cast<std::ptrdiff_t>(taps.first[x]) * channels;
    std::int32_t sums[channels] = {};
    for (int k = 0; k < taps.count[x]; ++k, pixel += channels)
      for (int c = 0; c < channels; ++c) sums[c] += weights[k] * pixel[c];
    for (int c = 0; c < channels; ++c) *result++ = to_pixel(sums[c]);
  }
}

}  // namespace

void resample_rows_portable(const ByteRows& source, int channels, const FilterTaps& taps,
                            PaddedRows& result) {
  for (int y = 0; y < source.rows; ++y) {
    if (channels == 3)
      resample_row<3>(source.row(y), taps, result.row(y));
    else
      resample_row<1>(source.row(y), taps, result.row(y));
  }
}

void resample_columns_portable(const ByteRows& source, int row_bytes, const FilterTaps& taps,
                               std::uint8_t* result) {
  std::vector<std::int32_t> sums(static_cast<std::size_t>(row_bytes));
  for (int y = 0; y < taps.positions(); ++y) {
    std::fill(sums.begin(), sums.end(), 0);
    for (int k = 0; k < taps.count[y]; ++k) {
      const std::int32_t weight = taps.weights_of(y)[k];
      const std::uint8_t* row = source.row(taps.first[y] + k);
      for (int i = 0; i < row_bytes; ++i) sums[i] += weight * row[i];
    }
    for (int i = 0; i < row_bytes; ++i) *result++ = to_pixel(sums[i]);
  }
}

}  // namespace skyglot
