// SPDX-License-Identifier: Apache-2.0
// A window of ground as a sensor gives it: samples of any number of bands, before anybody decides
// how to show them.
#pragma once

#include "raster/raster.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace skyglot {

struct PatchBand {
  std::string name;
  std::optional<double> wavelength_um{};  ///< of the band's centre
  int bits = 0;                           ///< of a sample that uses fewer than its type; 0: all
  friend bool operator==(const PatchBand&, const PatchBand&) = default;
};

/// Samples of one type, band after band, each height x width in rows from the north.
using PatchSamples =
    std::variant<std::vector<std::uint8_t>, std::vector<std::uint16_t>, std::vector<float>>;

/// bands x height x width samples and what they mean. Floats are values (declared scale and offset
/// are applied); 8 and 16-bit samples need none.
struct Patch {
  int width = 0;
  int height = 0;
  std::vector<PatchBand> bands;
  PatchSamples samples;
  std::vector<std::uint8_t> valid;  ///< height x width: 1 where there is data, else 0
  double gsd_m = 0;
  std::string date;  ///< "2021-06-01", or ""
  GeoTransform map_from_pixel{};
  std::string crs;

  [[nodiscard]] std::size_t pixels() const {
    return static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
  }
  [[nodiscard]] std::size_t missing() const;
};

/// The patch with other numbers of pixels over the same ground; a pixel is valid where the nearest
/// old one is.
[[nodiscard]] Patch resampled(const Patch& patch, int width, int height, Resampling resampling);

/// The patch as the bytes of a GeoTIFF (DEFLATE, one plane a band): samples as they are, names and
/// wavelengths of the bands, date and place; pixels that are not valid are masked by an internal
/// mask. The same patch gives the same bytes. Throws Error(resource) or Error(io).
[[nodiscard]] std::string patch_geotiff(const Patch& patch);

}  // namespace skyglot
