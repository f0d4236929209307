// SPDX-License-Identifier: Apache-2.0
#include "pictures/flip.hpp"

#include <algorithm>

namespace skyglot {

Picture flipped(const Picture& picture) {
  Picture result = picture;
  const auto channels = static_cast<std::size_t>(picture.channels);
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x)
      std::copy_n(picture.row(y) + static_cast<std::size_t>(picture.width - 1 - x) * channels,
                  channels, result.row(y) + static_cast<std::size_t>(x) * channels);
  return result;
}

}  // namespace skyglot
