// SPDX-License-Identifier: Apache-2.0
#include "embed/embed.hpp"
#include "pictures/resample.hpp"
#include "pictures/resize.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

// A strip longer than this is sampled, not covered.
constexpr int kMostTiles = 64;

ResizeFilter filter_of(const Preparation& p) {
  return p.interpolation == Interpolation::bicubic ? ResizeFilter::bicubic : ResizeFilter::bilinear;
}

// The square at (x, y) of the picture resized to `size`.
Picture square_at(const Picture& picture, SizeInPixels size, int x, int y, const Preparation& p) {
  return resample(picture, {size.width, size.height, x, y, p.side, p.side, filter_of(p)});
}

std::vector<Picture> tiles(const Picture& picture, const Preparation& p) {
  const SizeInPixels size = size_with_shorter_side(picture, p.side);
  const int longer = std::max(size.width, size.height);
  const int count = std::min((longer + p.side - 1) / p.side, kMostTiles);
  std::vector<Picture> result;
  for (int i = 0; i < count; ++i) {
    const double share = count == 1 ? 0.0 : static_cast<double>(i) / (count - 1);
    const int offset = static_cast<int>(std::lround(share * (longer - p.side)));
    const bool wide = size.width > size.height;
    result.push_back(square_at(picture, size, wide ? offset : 0, wide ? 0 : offset, p));
  }
  return result;
}

Picture centre_of(const Picture& picture, SizeInPixels size, const Preparation& p) {
  const auto begin = [&](int length) {
    const int spare = length - p.side;
    return p.centre == CropCentre::rounded ? centred(spare) : spare / 2;
  };
  return square_at(picture, size, begin(size.width), begin(size.height), p);
}

}  // namespace

std::vector<Picture> prepare_picture(const Picture& picture, const Preparation& preparation) {
  if (preparation.mode == ResizeMode::tile) return tiles(picture, preparation);
  const int whole = std::max(preparation.resize_side, preparation.side);
  const SizeInPixels size = preparation.mode == ResizeMode::squash
                                ? SizeInPixels{whole, whole}
                                : size_with_shorter_side(picture, whole);
  std::vector<Picture> result;
  result.push_back(centre_of(picture, size, preparation));
  return result;
}

}  // namespace skyglot
