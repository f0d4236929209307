// SPDX-License-Identifier: Apache-2.0
#include "landcover/patch_maps.hpp"

#include "base/linear_algebra.hpp"
#include "scores/matrix_testing.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

PatchMaps small_maps() {
  return {3, random_rows(2 * 9, 4, 1)};
}

TEST(SampledAt, GivesPatchesBetweenThemAndTheEdgePastThem) {
  const PatchMaps maps{2, matrix_of({{1}, {3}, {5}, {7}})};
  const MapPoints points{{{-1, -1}, {1, 1}, {0, 0}, {0, -1}, {5, -9}}, {0}};
  const Matrix values = sampled_at(maps, points);
  EXPECT_EQ(values.values, (std::vector<float>{1, 7, 4, 2, 3}));
}

// <sampled(m), g> = <m, adjoint(g)> for all m and g, also where a picture stands twice.
TEST(SampledGradient, IsTheAdjointOfSampling) {
  const PatchMaps maps = small_maps();
  MapPoints points;
  points.pictures = {1, 0, 1};
  for (int i = 0; i < 15; ++i)
    points.points.push_back(
        {-1.2F + 0.17F * static_cast<float>(i), 1.F - 0.13F * static_cast<float>(i)});
  const Matrix by_sampled = random_rows(15, 4, 2);
  Matrix gradient(18, 4);
  add_sampled_gradient(by_sampled, points, 3, gradient);
  EXPECT_NEAR(inner_product(sampled_at(maps, points).values, by_sampled.values),
              inner_product(maps.rows.values, gradient.values), 1e-5);
}

}  // namespace
}  // namespace skyglot
