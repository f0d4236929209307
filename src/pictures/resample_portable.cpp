// SPDX-License-Identifier: Apache-2.0
#include "pictures/resample_kernels.hpp"

#include <algorithm>
#include <utility>

namespace skyglot {
namespace {

constexpr int kPadding = 32;
constexpr std::size_t kLargestSpare = std::size_t{8} << 20;

std::vector<std::uint8_t>& spare_bytes() {
  thread_local std::vector<std::uint8_t> spare;
  return spare;
}

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

PaddedRows::PaddedRows(int row_bytes, int row_count)
    : stride_(row_bytes + kPadding), rows_(row_count), bytes_(std::move(spare_bytes())) {
  const std::size_t size = static_cast<std::size_t>(stride_) * static_cast<std::size_t>(rows_);
  if (bytes_.size() < size) bytes_.resize(size);
}

PaddedRows::~PaddedRows() {
  if (bytes_.size() <= kLargestSpare) spare_bytes() = std::move(bytes_);
}

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
