// SPDX-License-Identifier: Apache-2.0
#include "landcover/head_training.hpp"

#include "base/error.hpp"

#include "landcover/landcover_testing.hpp"
#include "landcover/landcover_training.hpp"
#include <gtest/gtest.h>
#include <tbb/task_arena.h>

namespace skyglot {
namespace {

using landcover_testing::fresh_folder;
using landcover_testing::small_backbone;
using landcover_testing::write_ground;

// Tiles of 3 x 3 patches whose vectors are one of two directions with a little noise: the first
// half of each tile's patches the one, the rest the other.
TileFeatures two_kinds(std::int64_t tiles) {
  TileFeatures features;
  features.grid = 3;
  features.depth = 6;
  auto rows = std::make_shared<Matrix>(random_rows(tiles, 9 * 7, 3));
  for (std::int64_t t = 0; t < tiles; ++t) {
    features.tiles.push_back({0, {static_cast<int>(t) * 24, 0, 24, 24}});
    for (std::size_t p = 0; p < 9; ++p) {
      for (std::size_t d = 0; d < 6; ++d) rows->row(t)[p * 6 + d] *= 0.1F;
      rows->row(t)[p * 6 + (p < 5 ? 0 : 1)] += 1;
      rows->row(t)[54 + p] = 1;
    }
  }
  features.rows = RowSource(std::shared_ptr<const Matrix>(rows));
  return features;
}

HeadTraining small_training() {
  HeadTraining training;
  training.stego.dimensions = 4;
  training.stego.samples = 4;
  training.batch = 4;
  training.neighbours = 2;
  training.rate = 5e-3;
  return training;
}

TEST(TileNeighbours, ShareNoGround) {
  TileFeatures features = two_kinds(6);
  for (std::size_t t = 0; t < 6; ++t) features.tiles[t].window.x = static_cast<int>(t) * 12;
  const auto neighbours = tile_neighbours(features, 3);
  for (std::size_t t = 0; t < 6; ++t)
    for (const std::int64_t other : neighbours[t])
      EXPECT_GE(std::abs(other - static_cast<std::int64_t>(t)), 2);
  EXPECT_EQ(neighbours[0].size(), 3U);
}

TEST(TileNeighbours, SaysWhenThereAreTooFew) {
  TileFeatures features = two_kinds(3);
  for (GroundTile& tile : features.tiles) tile.window.x = 0;
  EXPECT_THROW((void)tile_neighbours(features, 3), Error);
}

TEST(TrainHead, CodesOfOneKindAgreeAndOfTwoDoNot) {
  const TileFeatures features = two_kinds(12);
  const auto neighbours = tile_neighbours(features, 2);
  HeadTraining training = small_training();
  training.epochs = 40;
  tune_shifts(training.stego, feature_agreement(features, neighbours, training));
  const TrainedHead trained = train_head(features, neighbours, training);
  EXPECT_LT(trained.epochs.back().loss, trained.epochs.front().loss);
  Matrix kinds(2, 6);
  kinds.row(0)[0] = kinds.row(1)[1] = 1;
  const Matrix codes = trained.head.codes(kinds);
  EXPECT_LT(inner_product(codes.row(0), codes.row(1)), 0.3);
}

TEST(TrainHead, DoesNotDependOnThreads) {
  const TileFeatures features = two_kinds(12);
  const auto neighbours = tile_neighbours(features, 2);
  HeadTraining training = small_training();
  training.epochs = 2;
  training.clusters = 3;
  std::vector<TrainedHead> heads;
  for (const int threads : {1, 3})
    tbb::task_arena(threads).execute(
        [&] { heads.push_back(train_head(features, neighbours, training)); });
  EXPECT_EQ(heads[0].head.hidden.weights.values, heads[1].head.hidden.weights.values);
  EXPECT_EQ(heads[0].probe.values, heads[1].probe.values);
  EXPECT_EQ(heads[0].probe.rows, 3);
}

TEST(CollapseOf, TellsAlikeAndOrthogonalCodes) {
  EXPECT_TRUE(collapse_of({10, 0, .99, .98, .97}));
  EXPECT_TRUE(collapse_of({10, 0, .30, .30, .29}));
  EXPECT_TRUE(collapse_of({10, 0, .01, .0, -.05}));
  EXPECT_FALSE(collapse_of({10, 0, .5, .3, .02}));
}

TEST(StegoPresets, AreThePublishedOnes) {
  EXPECT_EQ(stego_presets().size(), 10U);
  const StegoSettings cityscapes = stego_preset("cityscapes-vitb");
  EXPECT_FALSE(cityscapes.pointwise);
  EXPECT_EQ(cityscapes.dimensions, 100);
  EXPECT_DOUBLE_EQ(cityscapes.random.weight, .9058763);
  const StegoSettings standard = stego_preset("default");
  EXPECT_DOUBLE_EQ(standard.self.shift, StegoSettings().self.shift);
  EXPECT_DOUBLE_EQ(standard.random.weight, StegoSettings().random.weight);
  EXPECT_THROW((void)stego_preset("mars"), Error);
}

class LandcoverTrainingTest : public testing::Test {
 protected:
  LandcoverTrainingTest()
      : backbone_(small_backbone(), compute_context({Device::cpu, Precision::fp32, 2})) {
    recipe_.layout.side = 32;
    recipe_.clustering.classes = 3;
    recipe_.clustering.centres = 8;
    recipe_.training = small_training();
    recipe_.training.epochs = 2;
    recipe_.cache = folder_ / "cache";
  }

  [[nodiscard]] LandcoverTraining train(const std::vector<std::filesystem::path>& inputs) const {
    return train_landcover(Ground::open(inputs, {}), backbone_, recipe_);
  }

  std::filesystem::path folder_ = fresh_folder();
  LandcoverRecipe recipe_;
  ImageEncoder backbone_;
};

TEST_F(LandcoverTrainingTest, KeepsFeaturesForTheNextRun) {
  const auto raster = write_ground(folder_ / "a.tif", 0, 0, 120, 100);
  const LandcoverTraining first = train({raster});
  ASSERT_FALSE(std::filesystem::is_empty(recipe_.cache));
  std::filesystem::path vectors;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(recipe_.cache))
    if (entry.path().filename() == "vectors.f16") vectors = entry.path();
  const auto written = std::filesystem::last_write_time(vectors);
  const LandcoverTraining second = train({raster});
  EXPECT_EQ(std::filesystem::last_write_time(vectors), written);
  EXPECT_EQ(first.model.classes.centres.values, second.model.classes.centres.values);
  EXPECT_EQ(first.shares.size(), 3U);
  EXPECT_NEAR(first.shares[0] + first.shares[1] + first.shares[2], 1, 1e-9);
}

TEST_F(LandcoverTrainingTest, TakesTheSeedMostAgreeWith) {
  recipe_.seeds = 3;
  const LandcoverTraining training = train({write_ground(folder_ / "a.tif", 0, 0, 120, 100)});
  ASSERT_EQ(training.seeds.size(), 3U);
  for (const SeedOutcome& one : training.seeds) {
    EXPECT_GT(one.agreement, 1. / 3);
    EXPECT_LE(one.agreement, training.seeds[training.chosen].agreement);
  }
}

TEST_F(LandcoverTrainingTest, BaselinesNeedNoHead) {
  const auto raster = write_ground(folder_ / "a.tif", 0, 0, 120, 100);
  for (const auto method : {LandcoverMethod::features, LandcoverMethod::colour}) {
    recipe_.method = method;
    const LandcoverTraining training = train({raster});
    EXPECT_TRUE(training.seeds.empty());
    EXPECT_EQ(training.model.head.is_identity(), method == LandcoverMethod::features);
    EXPECT_EQ(training.model.classes.classes.size(), 3U);
  }
}

TEST_F(LandcoverTrainingTest, SaysWhenOnlyNoDataIsThere) {
  const auto raster = landcover_testing::write_file_of(folder_ / "a.tif", {0, 0, 64, 64, 0.0},
                                                       [](int, int, int) { return 0; });
  EXPECT_THROW((void)train({raster}), Error);
}

TEST_F(LandcoverTrainingTest, SaysWhenTilesAreTooFew) {
  EXPECT_THROW((void)train({write_ground(folder_ / "a.tif", 0, 0, 40, 40)}), Error);
}

}  // namespace
}  // namespace skyglot
