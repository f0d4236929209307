// SPDX-License-Identifier: Apache-2.0
// A picture for eyes and models: 8-bit, one or three interleaved channels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace skyglot {

/// Pixels in rows from the top, channels interleaved (RGBRGB...). Scenes with other bands and types
/// stay rasters; this is what a chip becomes when it is shown.
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
