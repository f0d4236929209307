// SPDX-License-Identifier: Apache-2.0
#include "landcover/segmenter.hpp"

#include "landcover/landcover_testing.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using landcover_testing::fresh_folder;
using landcover_testing::small_backbone;
using landcover_testing::small_model;
using landcover_testing::write_ground;

TEST(LatticeStarts, StandOnTheLatticeAndCover) {
  using testing::ElementsAre;
  EXPECT_THAT(lattice_starts(0, 64, 64, 32, 16, 0), ElementsAre(-16, 0, 16, 32, 48));
  EXPECT_THAT(lattice_starts(0, 64, 64, 32, 16, -5), ElementsAre(-5, 11, 27, 43));
  EXPECT_THAT(lattice_starts(20, 30, 64, 32, 16, 0), ElementsAre(0, 16));
  EXPECT_THAT(lattice_starts(0, 64, 64, 32, 32, 7), ElementsAre(-25, 7, 39));
}

class SegmenterTest : public testing::Test {
 protected:
  SegmenterTest()
      : backbone_(small_backbone(), compute_context({Device::cpu, Precision::fp32, 2})) {}

  [[nodiscard]] WindowScores scores(const std::filesystem::path& raster,
                                    const PixelWindow& window) const {
    const Ground ground = Ground::open({raster}, {});
    return Segmenter(ground, backbone_, model_, {}).scores(0, window);
  }

  // Compares scores in `part` (in the pixels of `a`), which lies `dx`, `dy` further in b's scene.
  static void expect_same(const WindowScores& a, const WindowScores& b, const PixelWindow& part,
                          int dx, int dy) {
    for (std::int64_t c = 0; c < a.classes; ++c)
      for (int y = part.y; y < part.y + part.height; ++y)
        for (int x = part.x; x < part.x + part.width; ++x)
          ASSERT_EQ(at(a, c, x, y), at(b, c, x + dx, y + dy)) << c << " at " << x << ", " << y;
  }

  static float at(const WindowScores& scores, std::int64_t c, int x, int y) {
    const PixelWindow& w = scores.window;
    return scores.log_probabilities[static_cast<std::size_t>(c) * scores.pixels() +
                                    static_cast<std::size_t>((y - w.y) * w.width + x - w.x)];
  }

  std::filesystem::path folder_ = fresh_folder();
  LandcoverModel model_ = small_model();
  ImageEncoder backbone_;
};

TEST_F(SegmenterTest, DoesNotDependOnTheWindow) {
  const auto raster = write_ground(folder_ / "a.tif", 0, 0, 150, 130);
  const WindowScores whole = scores(raster, {0, 0, 150, 130});
  expect_same(scores(raster, {37, 21, 50, 64}), whole, {37, 21, 50, 64}, 0, 0);
  expect_same(scores(raster, {149, 129, 1, 1}), whole, {149, 129, 1, 1}, 0, 0);
}

// The same ground out of a raster that begins elsewhere, a tile's side away from both edges.
TEST_F(SegmenterTest, DoesNotDependOnWhereTheRasterWasCut) {
  const WindowScores whole =
      scores(write_ground(folder_ / "a.tif", 0, 0, 200, 180), {0, 0, 200, 180});
  const WindowScores cut =
      scores(write_ground(folder_ / "b.tif", 23, 41, 150, 130), {0, 0, 150, 130});
  expect_same(cut, whole, {32, 32, 150 - 64, 130 - 64}, 23, 41);
}

TEST_F(SegmenterTest, GivesLogProbabilitiesThatDiffer) {
  const WindowScores some = scores(write_ground(folder_ / "a.tif", 0, 0, 64, 64), {0, 0, 64, 64});
  float least = 0, most = -100;
  for (const float value : some.log_probabilities) {
    least = std::min(least, value);
    most = std::max(most, value);
  }
  EXPECT_LE(most, 0);
  EXPECT_LT(least, most - 0.5F);
}

TEST_F(SegmenterTest, TakesARasterSmallerThanATile) {
  const WindowScores some = scores(write_ground(folder_ / "a.tif", 3, 5, 7, 20), {0, 0, 7, 20});
  for (const float value : some.log_probabilities) EXPECT_TRUE(std::isfinite(value));
}

}  // namespace
}  // namespace skyglot
