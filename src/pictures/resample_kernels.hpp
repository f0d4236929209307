// SPDX-License-Identifier: Apache-2.0
// The inner loops of resampling, once in plain C++ and once for AVX2.
#pragma once

#include "pictures/resample.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace skyglot {

/// Rows of bytes somewhere in memory.
struct ByteRows {
  const std::uint8_t* data = nullptr;
  std::ptrdiff_t stride = 0;
  int rows = 0;
  std::size_t bytes = 0;  ///< that may be read from `data` on

  [[nodiscard]] const std::uint8_t* row(int y) const { return data + y * stride; }
};

/// Rows that own their bytes, with room behind each row for stores that are too wide. The bytes are
/// not set: fresh pages would cost as much as resizing, so a thread uses them again.
class PaddedRows {
 public:
  PaddedRows(int row_bytes, int row_count);
  ~PaddedRows();
  PaddedRows(const PaddedRows&) = delete;
  PaddedRows& operator=(const PaddedRows&) = delete;

  [[nodiscard]] std::uint8_t* row(int y) {
    return bytes_.data() + static_cast<std::ptrdiff_t>(y) * stride_;
  }
  [[nodiscard]] ByteRows view() const { return {bytes_.data(), stride_, rows_, bytes_.size()}; }

 private:
  int stride_;
  int rows_;
  std::vector<std::uint8_t> bytes_;
};

/// Every row of `source` becomes taps.positions() pixels of `channels` bytes.
void resample_rows_portable(const ByteRows& source, int channels, const FilterTaps& taps,
                            PaddedRows& result);
/// Columns of `row_bytes` bytes: taps.positions() rows are written to `result`, one behind the
/// other.
void resample_columns_portable(const ByteRows& source, int row_bytes, const FilterTaps& taps,
                               std::uint8_t* result);

/// The same for three channels, and only where best_instruction_set() is avx2.
void resample_rows_avx2(const ByteRows& source, const FilterTaps& taps, PaddedRows& result);
void resample_columns_avx2(const ByteRows& source, int row_bytes, const FilterTaps& taps,
                           std::uint8_t* result);

/// A sum of weight * pixel, rounded to the nearest and clipped to 8 bits.
[[nodiscard]] inline std::uint8_t to_pixel(std::int32_t sum) {
  constexpr std::int32_t half = 1 << (FilterTaps::kPrecisionBits - 1);
  const std::int32_t value = (sum + half) >> FilterTaps::kPrecisionBits;
  return static_cast<std::uint8_t>(value < 0 ? 0 : (value > 255 ? 255 : value));
}

}  // namespace skyglot
