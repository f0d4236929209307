// SPDX-License-Identifier: Apache-2.0
// The land-cover map of a whole raster, block by block, taken up again where it was interrupted.
#pragma once

#include "landcover/dense_crf.hpp"
#include "landcover/segmenter.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace skyglot {

struct SceneMapOptions {
  SegmentOptions segment;
  bool confidence = false;  ///< a second band: percent of the most likely class
  std::optional<CrfOptions> crf{};
  int crf_margin = 128;                           ///< pixels around a block that the CRF sees too
  std::uint64_t memory = std::uint64_t{1} << 30;  ///< bytes for blocks of scores
  std::filesystem::path output;

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

struct SceneMapSummary {
  std::int64_t pixels = 0;           ///< that hold data
  std::vector<std::int64_t> counts;  ///< of each class
  std::int64_t blocks = 0;
  std::int64_t resumed = 0;  ///< blocks of earlier runs
  double seconds = 0;        ///< of this run's blocks
};

/// Writes a COG of bytes: class i as i + 1, 0 where the scene holds no data, with colours and names
/// of the classes. Finished blocks lie in OUTPUT.partial until the map is whole; a run with other
/// settings begins anew there. Throws Error(input) where nothing holds data.
SceneMapSummary map_scene(const Ground& ground, std::size_t scene, const ImageEncoder& backbone,
                          const LandcoverModel& model, const SceneMapOptions& options);

}  // namespace skyglot
