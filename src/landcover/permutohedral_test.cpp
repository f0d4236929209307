// SPDX-License-Identifier: Apache-2.0
#include "landcover/permutohedral.hpp"

#include "base/error.hpp"
#include "base/random.hpp"

#include <gtest/gtest.h>
#include <tbb/task_arena.h>

#include <cmath>

namespace skyglot {
namespace {

// Points of a grid with smooth colours and some noise, as pixels of a picture are.
std::vector<float> smooth_features(int side, int dimensions) {
  RandomStream random(1, "features");
  std::vector<float> features;
  for (int y = 0; y < side; ++y)
    for (int x = 0; x < side; ++x)
      for (int d = 0; d < dimensions; ++d) {
        const double colour = std::sin((x + d * y) / 9.0);
        const double place = d == 0 ? x / 6.0 : y / 6.0;
        features.push_back(static_cast<float>((d < 2 ? place : colour) + random.uniform(0, 0.2)));
      }
  return features;
}

// Ones, and noise in the other lanes.
std::vector<Lanes> ones_and_noise(std::size_t points) {
  RandomStream random(2, "values");
  std::vector<Lanes> values(points);
  for (Lanes& value : values) {
    value[0] = 1;
    for (std::size_t i = 1; i < value.size(); ++i) value[i] = static_cast<float>(random.normal());
  }
  return values;
}

std::vector<Lanes> filtered(PermutohedralLattice& lattice, const std::vector<Lanes>& values) {
  std::vector<Lanes> out(values.size());
  lattice.filter(values, out);
  return out;
}

double gaussian_between(const std::vector<float>& features, std::size_t dimensions, std::size_t i,
                        std::size_t j) {
  double square = 0;
  for (std::size_t d = 0; d < dimensions; ++d) {
    const double apart =
        double{features[i * dimensions + d]} - double{features[j * dimensions + d]};
    square += apart * apart;
  }
  return std::exp(-square / 2);
}

// Weighted means of noise of deviation 1 are off by a hundredth of it, at worst by a tenth.
TEST(PermutohedralLattice, IsNearTheExactGaussian) {
  for (const int dimensions : {1, 2, 3, 5}) {
    const std::vector<float> features = smooth_features(30, dimensions);
    PermutohedralLattice lattice(features, dimensions);
    const std::vector<Lanes> values = ones_and_noise(lattice.points());
    const std::vector<Lanes> ours = filtered(lattice, values);
    double squares = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      double sum = 0, weights = 0;
      for (std::size_t j = 0; j < ours.size(); ++j) {
        const double weight =
            gaussian_between(features, static_cast<std::size_t>(dimensions), i, j);
        weights += weight;
        sum += weight * double{values[j][1]};
      }
      const double error = sum / weights - double{ours[i][1]} / double{ours[i][0]};
      ASSERT_LT(std::abs(error), 0.1) << dimensions;
      squares += error * error;
    }
    EXPECT_LT(std::sqrt(squares / static_cast<double>(ours.size())), 0.02) << dimensions;
  }
}

TEST(PermutohedralLattice, IsLinear) {
  PermutohedralLattice lattice(smooth_features(20, 5), 5);
  const std::vector<Lanes> values = ones_and_noise(lattice.points());
  std::vector<Lanes> mixed = values;
  for (Lanes& value : mixed) value[3] = 7 * value[0] - 2 * value[1];
  const std::vector<Lanes> out = filtered(lattice, mixed);
  for (const Lanes& value : out)
    ASSERT_NEAR(value[3], 7 * value[0] - 2 * value[1], 1e-5F * (1 + std::abs(value[3])));
}

// Not to the last digit: the axes are blurred one after another, and vertices are missing.
TEST(PermutohedralLattice, IsSymmetric) {
  for (const int dimensions : {2, 5}) {
    PermutohedralLattice lattice(smooth_features(30, dimensions), dimensions);
    const std::vector<Lanes> values = ones_and_noise(lattice.points());
    const std::vector<Lanes> out = filtered(lattice, values);
    double one = 0, other = 0, size = 0;
    for (std::size_t p = 0; p < out.size(); ++p) {
      one += double{values[p][1]} * double{out[p][2]};
      other += double{out[p][1]} * double{values[p][2]};
      size += std::abs(double{values[p][1]} * double{out[p][2]});
    }
    EXPECT_NEAR(one, other, 0.01 * size) << dimensions;
  }
}

// A vertex is shared by all points around it, so a lattice of one point has d + 1 of them.
TEST(PermutohedralLattice, HoldsOnePointAndNone) {
  const std::vector<float> one{3.25F, -100, 7};
  PermutohedralLattice lattice(one, 3);
  EXPECT_EQ(lattice.vertices(), 4U);
  EXPECT_GT(filtered(lattice, {{1, 2, 0, 0}})[0][1], 0);
  PermutohedralLattice empty(std::vector<float>{}, 3);
  EXPECT_EQ(empty.points(), 0U);
  EXPECT_TRUE(filtered(empty, {}).empty());
}

// Points apart do not touch; at one place they are one.
TEST(PermutohedralLattice, SeparatesWhatIsFarApart) {
  PermutohedralLattice lattice(std::vector<float>{0, 0, 500, -500, 0, 0}, 2);
  const std::vector<Lanes> out = filtered(lattice, {{1, 0}, {0, 1}, {1, 0}});
  EXPECT_EQ(out[0], out[2]);
  EXPECT_EQ(out[0][1], 0);
  EXPECT_EQ(out[1][0], 0);
  EXPECT_GT(out[1][1], 0);
}

TEST(PermutohedralLattice, DoesNotDependOnThreads) {
  const std::vector<float> features = smooth_features(50, 5);
  std::vector<std::vector<Lanes>> outs;
  for (const int threads : {1, 2}) {
    tbb::task_arena arena(threads);
    arena.execute([&] {
      PermutohedralLattice lattice(features, 5);
      outs.push_back(filtered(lattice, ones_and_noise(lattice.points())));
    });
  }
  EXPECT_EQ(outs[0], outs[1]);
}

TEST(PermutohedralLattice, RefusesWhatItCannotNumber) {
  std::vector<float> features(10, 0);
  for (std::size_t i = 5; i < 10; ++i) features[i] = 1e6F;
  EXPECT_THROW(PermutohedralLattice(features, 5), Error);
}

}  // namespace
}  // namespace skyglot
