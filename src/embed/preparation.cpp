// SPDX-License-Identifier: Apache-2.0
#include "embed/embed.hpp"
#include "pictures/resize.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

// A strip longer than this is sampled, not covered.
constexpr int kMostTiles = 64;

std::vector<Picture> tiles(const Picture& picture, int side) {
  const SizeInPixels size = size_with_shorter_side(picture, side);
  const int longer = std::max(size.width, size.height);
  const int count = std::min((longer + side - 1) / side, kMostTiles);
  std::vector<Picture> result;
  for (int i = 0; i < count; ++i) {
    const double share = count == 1 ? 0.0 : static_cast<double>(i) / (count - 1);
    const int offset = static_cast<int>(std::lround(share * (longer - side)));
    const bool wide = size.width > size.height;
    result.push_back(resize_and_crop(picture, size, wide ? offset : 0, wide ? 0 : offset, side));
  }
  return result;
}

template <typename... Pictures>
std::vector<Picture> list_of(Pictures... pictures) {
  std::vector<Picture> list;
  (list.push_back(std::move(pictures)), ...);
  return list;
}

}  // namespace

std::vector<Picture> prepare_picture(const Picture& picture, int side, ResizeMode mode) {
  switch (mode) {
    case ResizeMode::squash:
      return list_of(resize_bicubic(picture, side, side));
    case ResizeMode::tile:
      return tiles(picture, side);
    case ResizeMode::shortest:
      break;
  }
  return list_of(resize_and_centre_crop(picture, side));
}

}  // namespace skyglot
