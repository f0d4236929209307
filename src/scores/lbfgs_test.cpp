// SPDX-License-Identifier: Apache-2.0
#include "scores/lbfgs.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace skyglot {
namespace {

TEST(Lbfgs, QuadraticOfAnyScale) {
  // sum_i s_i (x_i - i)^2 with s_i from 1e-3 to 1e3
  const SmoothFunction function = [](std::span<const double> x, std::span<double> gradient) {
    double value = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double scale = std::pow(10.0, static_cast<double>(i) - 3);
      const double off = x[i] - static_cast<double>(i);
      value += scale * off * off;
      gradient[i] = 2 * scale * off;
    }
    return value;
  };
  const Minimum minimum = minimise(function, std::vector<double>(7, 0.0), {10, 500, 1e-9});
  EXPECT_TRUE(minimum.converged);
  for (std::size_t i = 0; i < 7; ++i) EXPECT_NEAR(minimum.x[i], static_cast<double>(i), 1e-5);
}

TEST(Lbfgs, RosenbrockValley) {
  int calls = 0;
  const SmoothFunction function = [&](std::span<const double> x, std::span<double> gradient) {
    ++calls;
    const double a = 1 - x[0];
    const double b = x[1] - x[0] * x[0];
    gradient[0] = -2 * a - 400 * x[0] * b;
    gradient[1] = 200 * b;
    return a * a + 100 * b * b;
  };
  const Minimum minimum = minimise(function, {-1.2, 1}, {10, 200, 1e-9});
  EXPECT_TRUE(minimum.converged);
  EXPECT_NEAR(minimum.x[0], 1, 1e-7);
  EXPECT_NEAR(minimum.x[1], 1, 1e-7);
  EXPECT_LT(calls, 120);  // steepest descent needs thousands
}

TEST(Lbfgs, StopsAtTheIterationsAllowed) {
  const SmoothFunction function = [](std::span<const double> x, std::span<double> gradient) {
    gradient[0] = 4 * x[0] * x[0] * x[0];
    return x[0] * x[0] * x[0] * x[0];
  };
  const Minimum minimum = minimise(function, {100}, {10, 2, 1e-12});
  EXPECT_FALSE(minimum.converged);
  EXPECT_EQ(minimum.iterations, 2);
  EXPECT_LT(minimum.value, 1e8);
}

TEST(Lbfgs, ValuesThatAreNoNumbersAreStepsTooFar) {
  const SmoothFunction function = [](std::span<const double> x, std::span<double> gradient) {
    gradient[0] = 1 - 0.01 / x[0];  // x - 0.01 log x, nothing left of 0
    return x[0] - 0.01 * std::log(x[0]);
  };
  const Minimum minimum = minimise(function, {0.5}, {10, 100, 1e-9});
  EXPECT_TRUE(minimum.converged);
  EXPECT_NEAR(minimum.x[0], 0.01, 1e-7);
}

TEST(Lbfgs, AtTheMinimumAlready) {
  const SmoothFunction flat = [](std::span<const double>, std::span<double> gradient) {
    gradient[0] = 0;
    return 3.0;
  };
  const Minimum minimum = minimise(flat, {5}, {});
  EXPECT_TRUE(minimum.converged);
  EXPECT_EQ(minimum.iterations, 0);
  EXPECT_EQ(minimum.x[0], 5);
}

}  // namespace
}  // namespace skyglot
