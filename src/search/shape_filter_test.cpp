// SPDX-License-Identifier: Apache-2.0
#include "search/shape_filter.hpp"

#include "search/search_testing.hpp"

namespace skyglot {
namespace {

class RowsShowing : public search_testing::OneIndex {};

TEST_F(RowsShowing, ThoseOverTheShapeItselfNotOverItsBox) {
  WindowIndex index = WindowIndex::open(folder_ / "index");
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
}

}  // namespace
}  // namespace skyglot
