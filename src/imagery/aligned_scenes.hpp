// SPDX-License-Identifier: Apache-2.0
// Which scenes continue one another: an orthophoto that was cut into tiles is one picture.
#pragma once

#include "imagery/catalogue.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace skyglot {

/// Scenes of one collection and date whose pixels lie on one grid. Built once, then read by any
/// number of threads; keeps no reference to the catalogue. Memory: about 100 bytes a scene.
class AlignedScenes {
 public:
  /// What one scene holds of a window.
  struct Part {
    std::size_t scene = 0;  ///< index in the catalogue
    PixelWindow window;     ///< in that scene's pixels
    int x = 0;              ///< where it lies in the window that was asked for
    int y = 0;
    friend bool operator==(const Part&, const Part&) = default;
  };

  explicit AlignedScenes(const ImageryCatalogue& catalogue);
  ~AlignedScenes();
  AlignedScenes(AlignedScenes&&) noexcept;
  AlignedScenes& operator=(AlignedScenes&&) noexcept;

  /// The parts of `window`, in pixels of `scene` and perhaps beyond its edges, that scenes hold:
  /// that of `scene` first, then those of its neighbours by index. They may overlap.
  [[nodiscard]] std::vector<Part> parts(std::size_t scene, const PixelWindow& window) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyglot
