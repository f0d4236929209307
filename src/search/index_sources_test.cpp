// SPDX-License-Identifier: Apache-2.0
#include "search/index_sources.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "pictures/png.hpp"

#include "search/search_testing.hpp"

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using search_testing::own_folder;
using search_testing::write_raster;

class IndexSourcesOf : public ::testing::Test {
 protected:
  void SetUp() override { folder_ = own_folder(); }
  void TearDown() override { fs::remove_all(folder_); }
  void write_picture(const fs::path& path) const {
    fs::create_directories(path.parent_path());
    write_file_atomically(path, encode_png({4, 4, 3, std::vector<std::uint8_t>(48, 9)}));
  }
  fs::path folder_;
};

TEST_F(IndexSourcesOf, RastersThatLookAlikeShareACollection) {
  write_raster(folder_ / "a.tif");
  write_raster(folder_ / "b.tif");
  write_raster(folder_ / "c.tif", {.type = SampleType::u16, .brightest = 3000});
  const IndexSources sources = read_index_sources({folder_}, {}, 2);
  ASSERT_EQ(sources.catalogue.scenes.size(), 3u);
  ASSERT_EQ(sources.catalogue.collections.size(), 2u);
  EXPECT_EQ(sources.catalogue.scenes[0].collection_code, "00");
  EXPECT_EQ(sources.catalogue.scenes[1].collection_code, "00");
  EXPECT_EQ(sources.catalogue.scenes[2].collection_code, "01");
  EXPECT_TRUE(sources.catalogue.collection("00").stretches.empty());
  EXPECT_EQ(sources.catalogue.collection("01").stretches.size(), 3u);
  EXPECT_EQ(sources.catalogue.scenes[2].fid, 3);
}

TEST_F(IndexSourcesOf, ARastersStretchIsItsOwnWhateverLiesBesideIt) {
  write_raster(folder_ / "c.tif", {.type = SampleType::u16, .brightest = 3000});
  const IndexSources alone = read_index_sources({folder_ / "c.tif"}, {}, 1);
  write_raster(folder_ / "d.tif", {.type = SampleType::u16, .brightest = 60000});
  const IndexSources both = read_index_sources({folder_ / "d.tif", folder_ / "c.tif"}, {}, 1);
  ASSERT_EQ(both.catalogue.collections.size(), 2u);
  EXPECT_EQ(both.catalogue.collection("00").stretches, alone.catalogue.collection("00").stretches);
  EXPECT_EQ(read_index_sources({folder_, folder_ / "c.tif"}, {}, 1).catalogue.scenes.size(), 2u);
}

TEST_F(IndexSourcesOf, FoldersOfPicturesHaveNoPlace) {
  write_picture(folder_ / "pictures" / "a.png");
  const IndexSources sources = read_index_sources({folder_ / "pictures"}, {}, 1);
  EXPECT_TRUE(sources.catalogue.scenes.empty());
  EXPECT_EQ(sources.pictures.size(), 1u);
  EXPECT_EQ(read_index_sources({folder_ / "pictures" / "a.png"}, {}, 1).pictures.size(), 1u);
}

TEST_F(IndexSourcesOf, CataloguesKeepTheirCodes) {
  write_raster(folder_ / "a.tif");
  write_raster(folder_ / "c.tif", {.type = SampleType::u16, .brightest = 3000});
  write_catalogue(folder_ / "one.gpkg", read_index_sources({folder_ / "a.tif"}, {}, 1).catalogue);
  write_catalogue(folder_ / "two.gpkg", read_index_sources({folder_ / "c.tif"}, {}, 1).catalogue);
  const IndexSources sources = read_index_sources({folder_ / "c.tif", folder_ / "one.gpkg"}, {}, 1);
  ASSERT_EQ(sources.catalogue.scenes.size(), 2u);
  EXPECT_EQ(sources.catalogue.scenes[0].name, "a");
  EXPECT_EQ(sources.catalogue.scenes[1].collection_code, "01");
  EXPECT_THROW((void)read_index_sources({folder_ / "one.gpkg", folder_ / "two.gpkg"}, {}, 1),
               Error);
}

TEST_F(IndexSourcesOf, WhatHoldsNothingIsNamed) {
  EXPECT_THROW((void)read_index_sources({folder_ / "nowhere"}, {}, 1), Error);
  write_file_atomically(folder_ / "a.tif", "no raster");
  EXPECT_THROW((void)read_index_sources({folder_ / "a.tif"}, {}, 1), Error);
  write_raster(folder_ / "b.tif", {.crs = ""});
  EXPECT_THROW((void)read_index_sources({folder_ / "b.tif"}, {}, 1), Error);
}

}  // namespace
}  // namespace skyglot
