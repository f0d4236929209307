// SPDX-License-Identifier: Apache-2.0
// A picture for eyes and models: 8-bit, channels interleaved.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace skyglot {

/// Pixels in rows from the top, channels interleaved (RGBRGB...): one or three for eyes, any number
/// for a model. Scenes of other types stay rasters; this is what a chip becomes when it is shown.
struct Picture {
  int width = 0;
  int height = 0;
  int channels = 3;
  std::vector<std::uint8_t> pixels;  ///< height * width * channels

  [[nodiscard]] std::uint8_t* row(int y) {
    return pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width * channels);
  }
  [[nodiscard]] const std::uint8_t* row(int y) const {
    return pixels.data() + static_cast<std::size_t>(y) * static_cast<std::size_t>(width * channels);
  }
};

}  // namespace skyglot
