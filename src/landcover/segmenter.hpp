// SPDX-License-Identifier: Apache-2.0
// Classes of the pixels of a window, blended from tiles that overlap.
#pragma once

#include "nn/encoder.hpp"

#include "landcover/landcover_model.hpp"

#include <cstdint>
#include <vector>

namespace skyglot {

struct SegmentOptions {
  double overlap = 0.5;   ///< of tiles beside one another
  bool flip = true;       ///< each tile is also seen in a mirror, and the codes averaged
  double sharpness = 10;  ///< see class_log_probabilities()

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

/// Log probabilities of each class for each pixel of a window, class after class.
struct WindowScores {
  PixelWindow window;
  std::int64_t classes = 0;
  std::vector<float> log_probabilities;  ///< classes x height x width

  [[nodiscard]] std::size_t pixels() const {
    return static_cast<std::size_t>(window.width) * static_cast<std::size_t>(window.height);
  }
  /// The class of a pixel, the first of equals.
  [[nodiscard]] std::size_t likeliest(std::size_t pixel) const;
};

/// Tiles lie on a lattice that is fixed to the ground (to the scene's corner where it has no
/// place), so what a pixel gets depends neither on the window it is asked for in nor on where the
/// raster was cut, a tile's side away from its edges.
class Segmenter {
 public:
  /// All must outlive it.
  Segmenter(const Ground& ground, const ImageEncoder& backbone, const LandcoverModel& model,
            const SegmentOptions& options);

  [[nodiscard]] const Ground& ground() const { return ground_; }
  [[nodiscard]] const LandcoverModel& model() const { return model_; }
  [[nodiscard]] WindowScores scores(std::size_t scene, const PixelWindow& window) const;

 private:
  [[nodiscard]] std::vector<PixelWindow> tiles_over(const Scene& scene,
                                                    const PixelWindow& window) const;
  /// Patches x classes for each tile.
  [[nodiscard]] std::vector<Matrix> tile_scores(std::size_t scene,
                                                const std::vector<PixelWindow>& tiles) const;

  const Ground& ground_;
  const ImageEncoder& backbone_;
  const LandcoverModel& model_;
  SegmentOptions options_;
  int step_;
};

/// Starts on a lattice of `step` with a node at `origin` of pieces of `side` that cover [from, to)
/// of [0, length); pieces less than half inside are left out where others cover their share.
[[nodiscard]] std::vector<int> lattice_starts(int from, int to, int length, int side, int step,
                                              std::int64_t origin);

}  // namespace skyglot
