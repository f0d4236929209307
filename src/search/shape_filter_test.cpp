// SPDX-License-Identifier: Apache-2.0
#include "search/shape_filter.hpp"

#include "search/search_testing.hpp"

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using search_testing::own_folder;
using search_testing::small_encoder;
using search_testing::small_request;
using search_testing::write_raster;

TEST(RowsShowing, ThoseOverTheShapeItselfNotOverItsBox) {
  const fs::path folder = own_folder();
  (void)build_index(small_request({write_raster(folder / "a.tif")}, folder / "index"),
                    small_encoder());
  WindowIndex index = WindowIndex::open(folder / "index");
  const Box first = bounding_box(index.windows().window(0).footprint_lonlat);
  const Point middle = first.centre();
  const auto at_point = rows_showing(index, nullptr, {Geometry::point(middle)});
  EXPECT_EQ(at_point, index.windows().holding(middle));
  // A line around the first window, whose box holds it.
  const Box around = grown(first, first.width());
  const Geometry line = Geometry::line({{around.min_x, around.max_y},
                                        {around.min_x, around.min_y - 1},
                                        {around.max_x + 1, around.min_y - 1}});
  EXPECT_TRUE(rows_showing(index, nullptr, {line}).empty());
  const std::vector<std::int64_t> rows{0, 5};
  EXPECT_EQ(rows_showing(index, &rows, {Geometry::point(middle)}), std::vector<std::int64_t>{0});
  EXPECT_TRUE(rows_showing(index, nullptr, {}).empty());
  const Geometry turned = Geometry::point({middle.x - 360, middle.y});
  EXPECT_EQ(rows_showing(index, nullptr, {turned}), at_point);
  fs::remove_all(folder);
}

}  // namespace
}  // namespace skyglot
