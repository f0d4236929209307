// SPDX-License-Identifier: Apache-2.0
// Cutting chips: a window of a scene as an 8-bit picture.
#pragma once

#include "base/skipped.hpp"
#include "imagery/catalogue.hpp"
#include "pictures/picture.hpp"

#include <memory>
#include <variant>

namespace skyglot {

struct CutLimits {
  double max_nodata_fraction = 0.0;  ///< of the chip's pixels
  double min_deviation = 2.0;        ///< standard deviation of the grey values; below: "uniform"
  int open_scenes = 8;               ///< datasets kept open

  /// Every problem at once; throws Error(usage).
  void validate() const;
};

/// Cuts windows out of scenes. Keeps the last few scenes open; each thread has its own cutter.
class ChipCutter {
 public:
  ChipCutter(const ImageryCatalogue& catalogue, const CutLimits& limits);
  ~ChipCutter();

  /// The window's pixels, copied exactly for 8-bit scenes and stretched by the collection's rule
  /// otherwise; a collection with a nominal GSD of its own resamples where the scene differs by
  /// more than 1 %. Skipped: "outside_scene", "nodata", "uniform", "unreadable". One-band
  /// collections give three equal channels.
  [[nodiscard]] std::variant<Picture, Skipped> cut(const Scene& scene, const PixelWindow& window);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyglot
