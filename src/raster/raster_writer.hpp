// SPDX-License-Identifier: Apache-2.0
// Rasters written by window, finished as cloud-optimised GeoTIFF.
#pragma once

#include "raster/raster.hpp"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

struct RasterSpec {
  int width = 0;
  int height = 0;
  SampleType type = SampleType::u8;
  GeoTransform map_from_pixel{};
  std::string crs;                      ///< "": of no known place, like its transform
  std::vector<std::string> band_names;  ///< one a band
  std::optional<double> nodata;
  std::map<std::string, std::string> metadata;
  /// Colours of class values in a one-band 8-bit raster: value -> r, g, b.
  std::map<int, std::array<std::uint8_t, 3>> colours;
  std::vector<std::string> class_names{};  ///< of values 0, 1, ...; in NAME.aux.xml
  std::string compression = "DEFLATE";     ///< DEFLATE, LZW, ZSTD or JPEG
  std::string overview_resampling = "AVERAGE";
};

/// Takes pixels window by window and leaves a COG under the final name, atomically.
class RasterWriter {
 public:
  RasterWriter(const std::filesystem::path& path, RasterSpec spec);
  ~RasterWriter();

  /// Bands one after the other, each in rows; T must fit the spec's type (uint8_t, uint16_t,
  /// float).
  template <typename T>
  void write(const PixelWindow& window, std::span<const T> samples);
  /// Converts to COG with overviews and commits. Throws Error(io).
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

extern template void RasterWriter::write<std::uint8_t>(const PixelWindow&,
                                                       std::span<const std::uint8_t>);
extern template void RasterWriter::write<std::uint16_t>(const PixelWindow&,
                                                        std::span<const std::uint16_t>);
extern template void RasterWriter::write<float>(const PixelWindow&, std::span<const float>);

}  // namespace skyglot
