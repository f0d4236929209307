// SPDX-License-Identifier: Apache-2.0
#include "pictures/resize.hpp"

#include "base/error.hpp"
#include "pictures/resample.hpp"

#include <algorithm>
#include <limits>

namespace skyglot {
int centred(int spare) {
  const int half = spare / 2;
  return spare % 2 == 1 && half % 2 == 1 ? half + 1 : half;
}

SizeInPixels size_with_shorter_side(const Picture& picture, int side) {
  const int shorter = std::min(picture.width, picture.height);
  const int longer = std::max(picture.width, picture.height);
  expect(shorter > 0 && side > 0, "an empty picture cannot be resized");
  const double length = static_cast<double>(side) * longer / shorter;
  if (length > std::numeric_limits<int>::max())
    fail(ErrorKind::resource, "{} x {} pixels are too narrow to be resized", picture.width,
         picture.height);
  const int resized = static_cast<int>(length);
  return picture.width < picture.height ? SizeInPixels{side, resized} : SizeInPixels{resized, side};
}

Picture resize_bicubic(const Picture& picture, int width, int height) {
  return resample(picture, {width, height, 0, 0, width, height});
}

Picture crop(const Picture& picture, int x, int y, int width, int height) {
  return resample(picture, {picture.width, picture.height, x, y, width, height});
}

Picture resize_and_crop(const Picture& picture, SizeInPixels size, int x, int y, int side) {
  return resample(picture, {size.width, size.height, x, y, side, side});
}

Picture resize_and_centre_crop(const Picture& picture, int side) {
  const SizeInPixels size = size_with_shorter_side(picture, side);
  return resize_and_crop(picture, size, centred(size.width - side), centred(size.height - side),
                         side);
}

}  // namespace skyglot
