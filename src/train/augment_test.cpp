// SPDX-License-Identifier: Apache-2.0
#include "train/augment.hpp"

#include "pictures/flip.hpp"
#include "tests/support/message_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <set>

namespace skyglot {
namespace {

Picture numbered(int width, int height) {
  Picture picture{width, height, 3, {}};
  for (int i = 0; i < width * height; ++i)
    for (int c = 0; c < 3; ++c) picture.pixels.push_back(static_cast<std::uint8_t>(3 * i + c));
  return picture;
}

std::uint8_t red(const Picture& picture, int x, int y) {
  return picture.row(y)[std::ptrdiff_t{3} * x];
}

TEST(Turned, ClockwiseByQuarters) {
  const Picture picture = numbered(3, 2);
  const Picture once = turned(picture, 1);
  ASSERT_EQ(once.width, 2);
  ASSERT_EQ(once.height, 3);
  EXPECT_EQ(red(once, 1, 0), red(picture, 0, 0));
  EXPECT_EQ(red(once, 0, 0), red(picture, 0, 1));
  EXPECT_EQ(red(once, 1, 2), red(picture, 2, 0));
  EXPECT_EQ(turned(once, 1).pixels, turned(picture, 2).pixels);
  EXPECT_EQ(turned(once, 3).pixels, picture.pixels);
  EXPECT_EQ(turned(turned(picture, 3), 1).pixels, picture.pixels);
}

TEST(Flipped, LeftToRight) {
  const Picture picture = numbered(4, 2);
  EXPECT_EQ(red(flipped(picture), 0, 1), red(picture, 3, 1));
  EXPECT_EQ(flipped(flipped(picture)).pixels, picture.pixels);
}

TEST(Colours, AFactorOfOneChangesNothing) {
  const Picture picture = numbered(8, 5);
  for (const auto change : {change_brightness, change_contrast, change_saturation}) {
    Picture same = picture;
    change(same, 1);
    EXPECT_EQ(same.pixels, picture.pixels);
  }
}

// Values of PIL.ImageEnhance (Pillow 9.4) on these two pixels.
TEST(Colours, AsPillowMixesThem) {
  const Picture picture{2, 1, 3, {200, 100, 50, 10, 20, 30}};
  Picture changed = picture;
  change_brightness(changed, 1.3);
  EXPECT_THAT(changed.pixels, testing::ElementsAre(255, 130, 65, 13, 26, 39));
  changed = picture;
  change_saturation(changed, 0);
  EXPECT_THAT(changed.pixels, testing::ElementsAre(124, 124, 124, 18, 18, 18));
  changed = picture;
  change_contrast(changed, 0);
  EXPECT_THAT(changed.pixels, testing::Each(71));
}

TEST(Augment, IsASquareThatDependsOnTheStreamAlone) {
  const Picture picture = numbered(60, 40);
  const auto one = [&](std::uint64_t key) {
    RandomStream random(7, "augment", {key});
    return augment(picture, {}, 32, random);
  };
  EXPECT_EQ(one(1).width, 32);
  EXPECT_EQ(one(1).height, 32);
  EXPECT_EQ(one(1).pixels, one(1).pixels);
  std::set<std::vector<std::uint8_t>> different;
  for (std::uint64_t key = 0; key < 20; ++key) different.insert(one(key).pixels);
  EXPECT_GT(different.size(), 15u);
}

TEST(Augment, WithoutAnythingItIsTheResizedPicture) {
  const Picture picture = numbered(32, 32);
  const Augmentation nothing{1, 1, 1, 1, 0, 0, 1, false, false};
  RandomStream random(1, "augment");
  EXPECT_EQ(augment(picture, nothing, 32, random).pixels, picture.pixels);
}

TEST(Augment, LongStripsGiveTheirMiddle) {
  const Picture strip = numbered(90, 2);
  RandomStream random(1, "augment");
  EXPECT_EQ(augment(strip, {}, 16, random).width, 16);
}

TEST(Augment, ValuesThatMakeNoSenseAreNamed) {
  Augmentation wrong;
  wrong.least_scale = 0;
  wrong.jitter = 2;
  EXPECT_THAT(message_of([&] { wrong.validate(); }),
              testing::AllOf(testing::HasSubstr("scale"), testing::HasSubstr("jitter")));
}

double roughness(const Picture& picture) {
  double sum = 0;
  for (int y = 0; y < picture.height; ++y)
    for (int x = 1; x < picture.width; ++x)
      sum += std::abs(red(picture, x, y) - red(picture, x - 1, y));
  return sum;
}

TEST(Augment, CoarserPicturesHaveLessDetail) {
  const Picture picture = [] {
    Picture chequered{64, 64, 3, {}};
    for (int i = 0; i < 64 * 64; ++i)
      chequered.pixels.insert(chequered.pixels.end(), 3, (i + i / 64) % 2 == 0 ? 0 : 255);
    return chequered;
  }();
  Augmentation plain{1, 1, 1, 1, 0, 0, 1, false, false};
  Augmentation coarse = plain;
  coarse.coarsest = 0.2;
  RandomStream one(1, "augment", {0});
  RandomStream other(1, "augment", {0});
  const Picture fine = augment(picture, plain, 64, one);
  const Picture blurred = augment(picture, coarse, 64, other);
  EXPECT_EQ(fine.pixels, picture.pixels);
  EXPECT_EQ(blurred.width, 64);
  EXPECT_LT(roughness(blurred), 0.2 * roughness(fine));
}

TEST(Augment, WhiteBalanceChangesBandsApart) {
  const Picture grey{4, 4, 3, std::vector<std::uint8_t>(48, 100)};
  const Augmentation tinted{1, 1, 1, 1, 0, 0.3, 1, false, false};
  RandomStream random(2, "augment", {0});
  const Picture result = augment(grey, tinted, 4, random);
  const std::set<std::uint8_t> bands(result.pixels.begin(), result.pixels.end());
  EXPECT_EQ(bands.size(), 3u);
  EXPECT_GE(*bands.begin(), 70);
  EXPECT_LE(*bands.rbegin(), 130);
}

TEST(Augment, ImpossibleColoursAndDetailAreNamed) {
  const Augmentation wrong{1, 1, 1, 1, 0, 1.5, 0, false, false};
  EXPECT_THAT(message_of([&] { wrong.validate(); }),
              testing::AllOf(testing::HasSubstr("white_balance"), testing::HasSubstr("coarsest")));
}

}  // namespace
}  // namespace skyglot
