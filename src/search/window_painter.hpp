// SPDX-License-Identifier: Apache-2.0
// Windows of catalogued scenes as models and eyes see them.
#pragma once

#include "base/skipped.hpp"
#include "imagery/aligned_scenes.hpp"
#include "imagery/catalogue.hpp"
#include "pictures/picture.hpp"

#include <cstddef>
#include <memory>
#include <variant>

namespace skyglot {

/// Shows windows by the bands and stretches of their collection. Any thread may call; each keeps
/// rasters of its own open.
class WindowPainter {
 public:
  /// Both must outlive it.
  WindowPainter(const ImageryCatalogue& catalogue, const AlignedScenes& aligned);
  ~WindowPainter();
  WindowPainter(WindowPainter&&) noexcept;
  WindowPainter& operator=(WindowPainter&&) noexcept;

  struct Request {
    std::size_t scene = 0;   ///< index in the catalogue
    PixelWindow window;      ///< inside the scene
    int most_side = 0;       ///< a wider window is reduced to this while it is read
    double least_valid = 0;  ///< share of the pixels that hold data
  };
  /// Three channels. Skipped: "nodata", "unreadable", "outside_scene". Throws what
  /// ChipCutter::cut() throws.
  [[nodiscard]] std::variant<Picture, Skipped> paint(const Request& request) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace skyglot
