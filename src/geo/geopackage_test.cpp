// SPDX-License-Identifier: Apache-2.0
#include "geo/geopackage.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

fs::path write_sample(const std::string& name) {
  fs::path path = fs::path(testing::TempDir()) / name;
  fs::remove(path);
  GeoPackageWriter writer(path);
  writer.add_table({"places", "test", "GEOMETRY", {{"kind", "TEXT"}}});
  writer.add_table({"notes", "no shapes", "", {{"text", "TEXT"}}});
  Statement insert = writer.insert_into("places");
  for (std::int64_t fid = 1; fid <= 100; ++fid) {
    const Geometry shape = Geometry::point({static_cast<double>(fid) / 3, 47.1});
    const std::string blob = gpkg_blob(shape);
    insert.bind(1, fid).bind_blob(2, blob).bind(3, "tree").run();
    writer.add_extent("places", fid, bounding_box(shape));
  }
  writer.close();
  return path;
}

TEST(GeoPackage, RtreeFindsWhatItsBoxHolds) {
  Database database(write_sample("rtree.gpkg"), Database::Mode::read);
  EXPECT_EQ(database.query_integer(
                "SELECT count(*) FROM rtree_places_geom WHERE minx <= 2.1 AND maxx >= 1.9"),
            1);
  EXPECT_EQ(database.query_integer("SELECT fid FROM places JOIN rtree_places_geom ON fid = id "
                                   "WHERE minx <= 2.1 AND maxx >= 1.9"),
            6);
  EXPECT_EQ(database.query_integer("PRAGMA application_id"), 0x47504B47);
}

TEST(GeoPackage, SameContentSameBytes) {
  const fs::path first = write_sample("first.gpkg");
  const fs::path second = write_sample("second.gpkg");
  EXPECT_EQ(sha256_file(first), sha256_file(second));
}

TEST(GeoPackage, BlobReadsBack) {
  const Geometry shape = Geometry::rectangle({1, 2, 3, 4});
  EXPECT_EQ(geometry_of_gpkg(gpkg_blob(shape)), shape);
  EXPECT_THROW((void)geometry_of_gpkg("GP"), Error);
  EXPECT_THROW((void)geometry_of_gpkg("nonsense bytes"), Error);
}

}  // namespace
}  // namespace skyglot
