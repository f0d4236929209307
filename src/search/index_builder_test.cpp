// SPDX-License-Identifier: Apache-2.0
#include "search/index_builder.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"

#include "search/place_pictures.hpp"
#include "search/search_testing.hpp"

#include <array>
#include <functional>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using search_testing::own_folder;
using search_testing::small_encoder;
using search_testing::small_request;
using search_testing::write_raster;

using search_testing::OneIndex;

TEST_F(OneIndex, HoldsTheWindowsWithDataInTheirPlaces) {
  // 11 x 11 windows of 16 pixels, 5 x 5 of 32; those of the empty quarter are left out.
  EXPECT_EQ(outcome_.windows + outcome_.skipped, 121 + 25);
  EXPECT_GT(outcome_.skipped, 30);
  EXPECT_TRUE(outcome_.joined);
  WindowIndex index = WindowIndex::open(folder_ / "index");
  EXPECT_EQ(index.size(), outcome_.windows);
  EXPECT_EQ(index.columns(), 24);
  const IndexedWindow window = index.windows().window(1);
  EXPECT_EQ(window.id, "a/8_0_16");
  EXPECT_EQ(window.pixels, (PixelWindow{8, 0, 16, 16}));
  EXPECT_NEAR(window.size_m, 160, 1);
  EXPECT_EQ(index.row_of("a/8_0_16"), 1);
  EXPECT_THROW((void)index.row_of("b/8_0_16"), Error);
  EXPECT_FALSE(index.picture_of(1));
}

TEST_F(OneIndex, AWindowFindsItselfAndNothingThatShowsItsGround) {
  WindowIndex index = WindowIndex::open(folder_ / "index");
  const Matrix query = index.vectors().block(40, 1);
  const auto scores = window_scores(index, query.values);
  const auto places = best_places(index, scores, nullptr, {.k = 100});
  ASSERT_GT(places.size(), 3u);
  EXPECT_LT(places.size(), 60u);
  EXPECT_EQ(places[0].row, 40);
  EXPECT_NEAR(places[0].score, 1, 1e-3);
  EXPECT_DOUBLE_EQ(places[0].percentile, 100);
  for (std::size_t i = 0; i < places.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      EXPECT_LE(shared_ground(bounding_box(places[i].window.footprint_lonlat),
                              bounding_box(places[k].window.footprint_lonlat)),
                0.1);
  const std::vector<std::int64_t> rows{3, 41};
  const auto chosen = best_places(index, scores, &rows, {.k = 9, .most_overlap = 1});
  ASSERT_EQ(chosen.size(), 2u);
  EXPECT_EQ(chosen[0].row, 41);
  EXPECT_LT(chosen[0].percentile, 100);
}

TEST_F(OneIndex, EveryMutationIsAnErrorThatNamesTheIndex) {
  const fs::path index = folder_ / "index";
  RandomStream random(1, "mutations");
  for (const char* name : {"index.json", "embeddings.json", "ids.txt", "vectors.f16",
                           "windows.gpkg", "imagery.gpkg"}) {
    const std::string whole = read_file(index / name);
    for (int i = 0; i < 60; ++i) {
      std::string bytes = whole;
      const auto at =
          static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(whole.size()) - 1));
      if (i % 10 == 0)
        bytes.resize(at);
      else
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.integer(0, 7)));
      write_file_atomically(index / name, bytes);
      try {
        WindowIndex opened = WindowIndex::open(index);
        // Of index.json not every byte says something that its files could contradict.
        EXPECT_STREQ(name, "index.json");
        (void)opened.model();
        (void)opened.picture_of(0);
      } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("index"), std::string::npos) << error.what();
        EXPECT_NE(error.kind(), ErrorKind::internal) << error.what();
      }
    }
    fs::remove(index / name);
    EXPECT_THROW((void)WindowIndex::open(index), Error) << name;
    write_file_atomically(index / name, whole);
  }
  EXPECT_NO_THROW((void)WindowIndex::open(index));
}

TEST_F(OneIndex, TheSameCommandMendsADamagedIndex) {
  const auto request = small_request({folder_ / "a.tif"}, folder_ / "index");
  for (const char* name : {"index.json", "vectors.f16", "windows.gpkg", "imagery.gpkg"}) {
    const std::string whole = read_file(folder_ / "index" / name);
    write_file_atomically(folder_ / "index" / name,
                          std::string(name) == "index.json" ? "[]" : whole.substr(1));
    EXPECT_EQ(build_index(request, small_encoder()).new_parts, 0u);
    EXPECT_EQ(read_file(folder_ / "index" / name), whole) << name;
  }
}

TEST_F(OneIndex, KnowsWhatACatalogueSaysNow) {
  auto sources = read_index_sources({folder_ / "a.tif"}, {}, 1);
  const auto dated = [&](const char* date) {
    for (Scene& scene : sources.catalogue.scenes) scene.date = date;
    write_catalogue(folder_ / "scenes.gpkg", sources.catalogue);
    const auto request = small_request({folder_ / "scenes.gpkg"}, folder_ / "dated");
    (void)build_index(request, small_encoder());
    return WindowIndex::open(folder_ / "dated").windows().passing({.first_date = "2023-01-01"});
  };
  EXPECT_TRUE(dated("2020-01-01").empty());
  EXPECT_FALSE(dated("2023-05-05").empty());
}

TEST_F(OneIndex, AFileOfTwoCollectionsIsOneScene) {
  const auto sources = read_index_sources({folder_ / "a.tif"}, {}, 1);
  ImageryCatalogue other = sources.catalogue;
  other.collections[0].code = "ZZ";
  for (Scene& scene : other.scenes) scene.collection_code = "ZZ";
  write_catalogue(folder_ / "scenes.gpkg", other);
  const auto both = read_index_sources({folder_ / "scenes.gpkg", folder_ / "a.tif"}, {}, 1);
  ASSERT_EQ(both.catalogue.scenes.size(), 1u);
  EXPECT_EQ(both.catalogue.scenes[0].collection_code, "ZZ");
}

TEST_F(OneIndex, ARasterThatIsGoneStopsTheRunAndIsNoHole) {
  auto request = small_request({folder_ / "a.tif"}, folder_ / "other");
  request.sources = {folder_ / "scenes.gpkg"};
  const auto sources = read_index_sources({folder_ / "a.tif"}, {}, 1);
  write_catalogue(folder_ / "scenes.gpkg", sources.catalogue);
  fs::rename(folder_ / "a.tif", folder_ / "away.tif");
  try {
    (void)build_index(request, small_encoder());
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::io);
    EXPECT_NE(std::string(error.what()).find("a.tif"), std::string::npos);
  }
  fs::rename(folder_ / "away.tif", folder_ / "a.tif");
  EXPECT_EQ(build_index(request, small_encoder()).windows, outcome_.windows);
}

TEST(BuildIndex, WhatLiesOnTheBorderOfTwoRastersIsSeenWhole) {
  const fs::path folder = own_folder();
  const fs::path a = write_raster(folder / "a.tif");
  const fs::path b = write_raster(folder / "b.tif", {.easting = 500960});
  (void)build_index(small_request({a, b}, folder / "index"), small_encoder());
  WindowIndex index = WindowIndex::open(folder / "index");
  const IndexedWindow window = index.windows().window(index.row_of("a/88_0_16"));
  EXPECT_EQ(window.pixels, (PixelWindow{88, 0, 16, 16}));
  EXPECT_NO_THROW((void)place_pictures(index, {{.row = 0, .window = window}}, 100));
  // With its neighbour gone the border is an edge again, and the same as without history.
  auto alone = small_request({a}, folder / "index");
  alone.drop = true;
  EXPECT_EQ(build_index(alone, small_encoder()).new_parts, 1u);
  EXPECT_THROW((void)WindowIndex::open(folder / "index").row_of("a/88_0_16"), Error);
  fs::remove_all(folder);
}

TEST(BuildIndex, WithoutAnyWindowIsAnError) {
  const fs::path folder = own_folder();
  auto request = small_request({write_raster(folder / "a.tif")}, folder / "index");
  request.layout.sizes_m = {960};
  request.layout.least_valid = 1;
  EXPECT_THROW((void)build_index(request, small_encoder()), Error);
  EXPECT_FALSE(fs::exists(folder / "index" / "index.json"));
  fs::remove_all(folder);
}

}  // namespace
}  // namespace skyglot
