// SPDX-License-Identifier: Apache-2.0
#include "geo/covered_cells.hpp"

#include "base/random.hpp"
#include "geo/overlay.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <set>

namespace skyglot {
namespace {

std::set<Cell> all_of(CoveredCells& cells) {
  std::set<Cell> found;
  for (std::uint64_t rank = 0; rank < cells.size(); ++rank) found.insert(cells.at(rank));
  EXPECT_EQ(found.size(), cells.size()) << "every rank is another cell";
  return found;
}

// The definition: look at every cell around the footprint.
std::set<Cell> by_looking(const std::vector<Geometry>& footprints, double cell_deg) {
  std::set<Cell> found;
  for (const Geometry& footprint : footprints) {
    const Box box = bounding_box(footprint);
    const std::int64_t last_row = cell_index(box.max_y, -90, cell_deg);
    const std::int64_t last_column = cell_index(box.max_x, -180, cell_deg);
    for (auto row = cell_index(box.min_y, -90, cell_deg); row <= last_row; ++row)
      for (auto column = cell_index(box.min_x, -180, cell_deg); column <= last_column; ++column) {
        const Cell cell{static_cast<std::int32_t>(column), static_cast<std::int32_t>(row)};
        if (overlaps(footprint, cell_box_lonlat(cell, cell_deg)))
          found.insert({wrapped_column(column, cell_deg), cell.row});
      }
  }
  return found;
}

// A ring that is not convex, with a hole.
Geometry star(Point middle, double radius, RandomStream& random) {
  const auto ring = [&](double least, double most) {
    Path path;
    for (int i = 0; i < 12; ++i) {
      const double angle = 2 * std::numbers::pi * i / 12;
      const double r = random.uniform(least, most);
      path.push_back({middle.x + r * std::cos(angle), middle.y + r * std::sin(angle)});
    }
    path.push_back(path.front());
    return path;
  };
  return {GeometryKind::polygon, {{ring(radius / 2, radius), ring(radius / 8, radius / 3)}}};
}

TEST(CoveredCells, AreExactlyThoseThatTheFootprintsMeet) {
  RandomStream random(3, "covered");
  for (int round = 0; round < 30; ++round) {
    std::vector<Geometry> footprints;
    for (int i = 0; i < 4; ++i)
      footprints.push_back(star({random.uniform(179.8, 180.2), random.uniform(49.8, 50.2)},
                                random.uniform(0.005, 0.2), random));
    CoveredCells cells(footprints, 0.01);
    ASSERT_EQ(all_of(cells), by_looking(footprints, 0.01)) << round;
  }
}

TEST(CoveredCells, CoverARectangleAndNothingElse) {
  CoveredCells cells({Geometry::rectangle({10.001, 50.001, 10.029, 50.019})}, 0.01);
  EXPECT_EQ(cells.size(), 6U);
  EXPECT_TRUE(all_of(cells).contains(cell_at({10.025, 50.015}, 0.01)));
  EXPECT_FALSE(all_of(cells).contains(cell_at({10.035, 50.015}, 0.01)));
}

TEST(CoveredCells, WrapOverTheAntimeridian) {
  CoveredCells cells({Geometry::rectangle({179.995, 0.001, 180.005, 0.009})}, 0.01);
  EXPECT_EQ(all_of(cells),
            (std::set<Cell>{cell_at({-179.999, 0.005}, 0.01), cell_at({179.999, 0.005}, 0.01)}));
}

TEST(CoveredCells, OfTheWholeEarthAreCountedAndDrawnWithoutAList) {
  const Geometry earth = Geometry::rectangle({-180, -90, 180, 90});
  CoveredCells cells({earth, Geometry::rectangle({10, 50, 11, 51})}, 0.01);
  EXPECT_EQ(cells.size(), 648'000'000U);
  EXPECT_EQ(cells.at(0), (Cell{0, 0}));
  EXPECT_EQ(cells.at(647'999'999), (Cell{35999, 17999}));
  EXPECT_EQ(cells.at(36'001), (Cell{1, 1})) << "ranks may go back";
  // Latitudes of the drawn cells lie as evenly as the cells do.
  int northern = 0;
  const auto ranks = draw_ranks(cells.size(), 2000, 1);
  for (const std::uint64_t rank : ranks) northern += cells.at(rank).row >= 9000 ? 1 : 0;
  EXPECT_NEAR(northern, 1000, 120);
}

TEST(CoveredCells, OfNothingAreNone) {
  EXPECT_EQ(CoveredCells({}, 0.01).size(), 0U);
  EXPECT_EQ(CoveredCells({Geometry{GeometryKind::polygon, {}}}, 0.01).size(), 0U);
}

TEST(DrawnRanks, AreDifferentSortedAndDependOnTheSeed) {
  const auto drawn = draw_ranks(1000, 300, 1);
  EXPECT_EQ(drawn.size(), 300U);
  EXPECT_EQ(std::ranges::adjacent_find(drawn), drawn.end());
  EXPECT_TRUE(std::ranges::is_sorted(drawn));
  EXPECT_LT(drawn.back(), 1000U);
  EXPECT_EQ(drawn, draw_ranks(1000, 300, 1));
  EXPECT_NE(drawn, draw_ranks(1000, 300, 2));
  EXPECT_EQ(draw_ranks(5, 9, 1), (std::vector<std::uint64_t>{0, 1, 2, 3, 4}));
}

TEST(DrawnRanks, TakeEveryRankEquallyOften) {
  std::vector<int> taken(20);
  for (std::uint64_t seed = 0; seed < 4000; ++seed)
    for (const std::uint64_t rank : draw_ranks(20, 5, seed)) ++taken[rank];
  for (const int count : taken) EXPECT_NEAR(count, 1000, 150);
}

}  // namespace
}  // namespace skyglot
