// SPDX-License-Identifier: Apache-2.0
#include "report/thumbnail.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace skyglot {
namespace {

TEST(ShrunkTo, EveryPixelIsTheMeanOfItsArea) {
  const Picture picture{4, 2, 1, {0, 100, 10, 20, 200, 100, 30, 40}};
  const Picture small = shrunk_to(picture, 2);
  EXPECT_EQ(small.width, 2);
  EXPECT_EQ(small.height, 1);
  EXPECT_EQ(small.pixels, (std::vector<std::uint8_t>{100, 25}));
}

TEST(ShrunkTo, PixelsThatLieOnAnEdgeAreShared) {
  const Picture picture{3, 3, 1, {0, 90, 180, 0, 90, 180, 0, 90, 180}};
  const Picture small = shrunk_to(picture, 2);
  EXPECT_EQ(small.pixels, (std::vector<std::uint8_t>{30, 150, 30, 150}));
}

TEST(ShrunkTo, KeepsMeanColourAndShape) {
  Picture picture{1371, 655, 3, {}};
  for (int i = 0; i < 1371 * 655; ++i)
    for (const int value : {i % 251, i / 9 % 256, 77})
      picture.pixels.push_back(static_cast<std::uint8_t>(value));
  const Picture small = shrunk_to(picture, 240);
  EXPECT_EQ(small.width, 240);
  EXPECT_EQ(small.height, 115);
  const auto mean_of = [](const Picture& p) {
    return std::accumulate(p.pixels.begin(), p.pixels.end(), 0.0) /
           static_cast<double>(p.pixels.size());
  };
  EXPECT_NEAR(mean_of(small), mean_of(picture), 0.5);
  EXPECT_EQ(small.pixels[2], 77);
}

TEST(ShrunkTo, SmallPicturesAndThinOnesSurvive) {
  EXPECT_EQ(shrunk_to({2, 2, 1, {1, 2, 3, 4}}, 240).pixels,
            (std::vector<std::uint8_t>{1, 2, 3, 4}));
  EXPECT_EQ(shrunk_to({1000, 1, 1, std::vector<std::uint8_t>(1000, 9)}, 10).height, 1);
}

TEST(ReadRange, RefusesWhatLiesOutside) {
  const auto file = std::filesystem::path(testing::TempDir()) / "range.bin";
  write_file_atomically(file, "0123456789");
  EXPECT_EQ(read_range(file, 3, 4), "3456");
  EXPECT_EQ(read_range(file, 10, 0), "");
  EXPECT_THROW((void)read_range(file, 8, 3), Error);
  EXPECT_THROW((void)read_range(file, ~std::uint64_t{0}, 3), Error);
  EXPECT_THROW((void)read_range(file, 0, ~std::uint64_t{0}), Error);
  EXPECT_THROW((void)read_range(file / "none", 0, 1), Error);
}

}  // namespace
}  // namespace skyglot
