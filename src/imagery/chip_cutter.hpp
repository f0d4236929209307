// SPDX-License-Identifier: Apache-2.0
// Cutting chips: a window of the ground as a patch, out of one scene or several aligned ones.
#pragma once

#include "base/skipped.hpp"
#include "imagery/aligned_scenes.hpp"
#include "imagery/scene_reader.hpp"
#include "raster/patch.hpp"

#include <memory>
#include <variant>

namespace skyglot {

struct CutLimits {
  double max_nodata_fraction = 0.0;  ///< of the chip's pixels
  bool every_band = false;           ///< all the collection's bands, not only those it shows
  ReaderLimits reader{};

  /// Every problem at once; throws Error(usage).
  void validate() const;
};

/// Cuts windows out of scenes. Each thread has its own cutter; catalogue and neighbours are shared.
class ChipCutter {
 public:
  ChipCutter(const ImageryCatalogue& catalogue, const AlignedScenes& aligned,
             const CutLimits& limits);
  ~ChipCutter();

  struct Request {
    std::size_t scene = 0;  ///< index in the catalogue
    PixelWindow window;     ///< in its pixels; what lies beyond its edges comes from neighbours
    /// Sides of the patch; 0: the window's, or where the collection has a nominal GSD that the
    /// scene differs from by more than 1 %, as many pixels of that GSD.
    int width = 0;
    int height = 0;
  };
  /// The window's pixels, copied exactly where the sides are the window's and resampled otherwise.
  /// Pixels without data are filled from aligned scenes that have them. Skipped: "outside_scene",
  /// "nodata", "unreadable". Throws what SceneReader throws.
  [[nodiscard]] std::variant<Patch, Skipped> cut(const Request& request);

  /// The bands (from 1) that a collection's patches hold, in their order.
  [[nodiscard]] const std::vector<int>& bands_of(const Collection& collection) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyglot
