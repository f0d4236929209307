// SPDX-License-Identifier: Apache-2.0
#include "train/augment.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "pictures/flip.hpp"
#include "pictures/resample.hpp"
#include "pictures/resize.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace skyglot {
namespace {

constexpr int kCropAttempts = 10;

struct Crop {
  int x, y, width, height;
};

// Where no crop of random shape fits: the middle, as wide or high as the ratios allow.
Crop middle(const Picture& picture, const Augmentation& a) {
  const double ratio = static_cast<double>(picture.width) / picture.height;
  int width = picture.width;
  int height = picture.height;
  if (ratio < a.least_ratio) height = static_cast<int>(std::lround(width / a.least_ratio));
  if (ratio > a.most_ratio) width = static_cast<int>(std::lround(height * a.most_ratio));
  return {(picture.width - width) / 2, (picture.height - height) / 2, width, height};
}

// Area uniform, the logarithm of the ratio uniform (torchvision's RandomResizedCrop).
Crop draw_crop(const Picture& picture, const Augmentation& a, RandomStream& random) {
  const double area = static_cast<double>(picture.width) * picture.height;
  for (int attempt = 0; attempt < kCropAttempts; ++attempt) {
    const double wanted = area * random.uniform(a.least_scale, a.most_scale);
    const double ratio = std::exp(random.uniform(std::log(a.least_ratio), std::log(a.most_ratio)));
    const int width = static_cast<int>(std::lround(std::sqrt(wanted * ratio)));
    const int height = static_cast<int>(std::lround(std::sqrt(wanted / ratio)));
    if (width < 1 || height < 1 || width > picture.width || height > picture.height) continue;
    const int x = static_cast<int>(random.integer(0, picture.width - width));
    const int y = static_cast<int>(random.integer(0, picture.height - height));
    return {x, y, width, height};
  }
  return middle(picture, a);
}

constexpr int kLeastDetail = 4;  // pixels a side

// Draws nothing where all detail is to stay.
Picture coarsened(Picture picture, double coarsest, int side, RandomStream& random) {
  if (coarsest >= 1) return picture;
  const double share = std::exp(random.uniform(std::log(coarsest), 0));
  const int detail = std::max(kLeastDetail, static_cast<int>(std::lround(share * side)));
  if (detail >= std::min(picture.width, picture.height)) return picture;
  return resize_bicubic(picture, detail, detail);
}

std::uint8_t to_byte(double value) {
  return static_cast<std::uint8_t>(std::clamp(std::lround(value), 0L, 255L));
}

// ITU-R 601-2, rounded as Pillow's conversion to grey.
double grey_of(const std::uint8_t* pixel) {
  return (pixel[0] * 19595 + pixel[1] * 38470 + pixel[2] * 7471 + 0x8000) >> 16;
}

void jitter(Picture& picture, double amount, RandomStream& random) {
  std::array changes{change_brightness, change_contrast, change_saturation};
  for (std::size_t i = changes.size(); i > 1; --i)
    std::swap(changes[i - 1], changes[random.index(i)]);
  for (const auto change : changes) change(picture, random.uniform(1 - amount, 1 + amount));
}

void tint(Picture& picture, double amount, RandomStream& random) {
  for (std::size_t band = 0; band < 3; ++band) {
    const double factor = random.uniform(1 - amount, 1 + amount);
    for (std::size_t i = band; i < picture.pixels.size(); i += 3)
      picture.pixels[i] = to_byte(picture.pixels[i] * factor);
  }
}

}  // namespace

void Augmentation::validate() const {
  std::vector<std::string> problems;
  if (!(least_scale > 0 && least_scale <= most_scale && most_scale <= 1))
    problems.push_back(fmt::format("scale {} to {} (within 0 and 1)", least_scale, most_scale));
  if (!(least_ratio > 0 && least_ratio <= most_ratio && most_ratio < 100))
    problems.push_back(fmt::format("ratio {} to {} (above 0)", least_ratio, most_ratio));
  if (!(jitter >= 0 && jitter <= 1)) problems.push_back(fmt::format("jitter {} (0 to 1)", jitter));
  if (!(white_balance >= 0 && white_balance <= 1))
    problems.push_back(fmt::format("white_balance {} (0 to 1)", white_balance));
  if (!(coarsest > 0 && coarsest <= 1))
    problems.push_back(fmt::format("coarsest {} (above 0, at most 1)", coarsest));
  if (!problems.empty()) fail(ErrorKind::usage, "augmentation: {}", join(problems, "; "));
}

Picture augment(const Picture& picture, const Augmentation& augmentation, int side,
                RandomStream& random) {
  const Crop c = draw_crop(picture, augmentation, random);
  Picture result = resize_bicubic(
      coarsened(crop(picture, c.x, c.y, c.width, c.height), augmentation.coarsest, side, random),
      side, side);
  if (augmentation.jitter > 0) jitter(result, augmentation.jitter, random);
  if (augmentation.white_balance > 0) tint(result, augmentation.white_balance, random);
  if (augmentation.flips && random.chance(0.5)) result = flipped(result);
  if (augmentation.quarter_turns) result = turned(result, static_cast<int>(random.index(4)));
  return result;
}

Picture turned(const Picture& picture, int quarters) {
  if (quarters % 4 == 0) return picture;
  const bool across = quarters % 2 == 1;
  Picture result{across ? picture.height : picture.width, across ? picture.width : picture.height,
                 picture.channels, std::vector<std::uint8_t>(picture.pixels.size())};
  const auto channels = static_cast<std::size_t>(picture.channels);
  for (int y = 0; y < picture.height; ++y)
    for (int x = 0; x < picture.width; ++x) {
      const int right = picture.width - 1 - x;
      const int below = picture.height - 1 - y;
      const auto [to_x, to_y] = quarters % 4 == 1   ? std::pair(below, x)
                                : quarters % 4 == 2 ? std::pair(right, below)
                                                    : std::pair(y, right);
      std::copy_n(picture.row(y) + static_cast<std::size_t>(x) * channels, channels,
                  result.row(to_y) + static_cast<std::size_t>(to_x) * channels);
    }
  return result;
}

void change_brightness(Picture& picture, double factor) {
  for (std::uint8_t& value : picture.pixels) value = to_byte(value * factor);
}

void change_contrast(Picture& picture, double factor) {
  double sum = 0;
  for (std::size_t i = 0; i + 2 < picture.pixels.size(); i += 3)
    sum += grey_of(picture.pixels.data() + i);
  const std::size_t pixels = std::max<std::size_t>(1, picture.pixels.size() / 3);
  const double mean = std::floor(sum / static_cast<double>(pixels) + 0.5);
  for (std::uint8_t& value : picture.pixels) value = to_byte(mean + (value - mean) * factor);
}

void change_saturation(Picture& picture, double factor) {
  for (std::size_t i = 0; i + 2 < picture.pixels.size(); i += 3) {
    const double grey = grey_of(picture.pixels.data() + i);
    for (std::size_t c = 0; c < 3; ++c)
      picture.pixels[i + c] = to_byte(grey + (picture.pixels[i + c] - grey) * factor);
  }
}

}  // namespace skyglot
