// SPDX-License-Identifier: Apache-2.0
// Planes of samples in memory at another number of pixels, by GDAL's resampling.
#pragma once

#include "raster/raster.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace skyglot {

struct PlaneSizes {
  int width = 0;
  int height = 0;
  int bands = 1;
  int out_width = 0;
  int out_height = 0;
};

/// `planes`, band after band in rows, as out_height x out_width planes over the same area. T is
/// uint8_t, uint16_t or float. Throws Error(resource).
template <typename T>
[[nodiscard]] std::vector<T> resampled(std::span<const T> planes, const PlaneSizes& sizes,
                                       Resampling resampling);

extern template std::vector<std::uint8_t> resampled<std::uint8_t>(std::span<const std::uint8_t>,
                                                                  const PlaneSizes&, Resampling);
extern template std::vector<std::uint16_t> resampled<std::uint16_t>(std::span<const std::uint16_t>,
                                                                    const PlaneSizes&, Resampling);
extern template std::vector<float> resampled<float>(std::span<const float>, const PlaneSizes&,
                                                    Resampling);

}  // namespace skyglot
