// SPDX-License-Identifier: Apache-2.0
#include "landcover/live_head.hpp"

#include "base/error.hpp"
#include "base/linear_algebra.hpp"
#include "scores/matrix_testing.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace skyglot {
namespace {

// Three steps by hand: rate 0.1, gradient 1, 1, -1 at 0 (formulas of the paper, algorithm 1).
TEST(AdamSteps, FollowThePaper) {
  Adam adam(0.1);
  std::vector<float> values{0};
  double m = 0, v = 0, x = 0;
  for (int step = 1; step <= 3; ++step) {
    const double g = step == 3 ? -1 : 1;
    adam.step(values, {static_cast<float>(g)});
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    x -=
        0.1 * (m / (1 - std::pow(0.9, step))) / (std::sqrt(v / (1 - std::pow(0.999, step))) + 1e-8);
    EXPECT_NEAR(values[0], x, 1e-6);
  }
}

// Steps along the gradient of sum(target * codes) make it smaller: all layers take part.
TEST(LiveHeadSteps, MakeALinearLossSmaller) {
  RandomStream random(1, "head");
  LiveHead live(random, 6, 3, 1e-3);
  const Matrix features = random_rows(8, 6, 4), target = random_rows(8, 3, 5);
  const auto loss = [&] {
    RandomStream draws(2, "dropout");
    return inner_product(live.forward(features, 4, 0, draws).codes.values, target.values);
  };
  double last = loss();
  const SegmentationHead before = live.head();
  for (int i = 0; i < 5; ++i) {
    RandomStream draws(2, "dropout");
    live.step(live.forward(features, 4, 0, draws), target);
    const double now = loss();
    EXPECT_LT(now, last);
    last = now;
  }
  EXPECT_NE(before.linear.weights.values, live.head().linear.weights.values);
  EXPECT_NE(before.hidden.weights.values, live.head().hidden.weights.values);
  EXPECT_NE(before.output.bias, live.head().output.bias);
}

TEST(LiveHeadDropout, DropsWholeChannelsOfAPicture) {
  RandomStream random(1, "head");
  const LiveHead live(random, 40, 3, 1e-3);
  Matrix ones(6, 40);
  for (float& value : ones.values) value = 1;
  const HeadPass pass = live.forward(ones, 3, 0.5, random);
  EXPECT_NE(pass.straight.values, pass.bent.values);
  for (std::int64_t picture = 0; picture < 2; ++picture)
    for (std::size_t d = 0; d < 40; ++d) {
      const float value = pass.straight.row(3 * picture)[d];
      EXPECT_TRUE(value == 0 || value == 2);
      EXPECT_EQ(pass.straight.row(3 * picture + 2)[d], value);
    }
}

TEST(SegmentationHeadTensors, GoToFilesAndBack) {
  RandomStream random(1, "head");
  const SegmentationHead head = LiveHead(random, 6, 3, 1e-3).head();
  const SegmentationHead back = head_of(head_tensors(head), 6);
  const Matrix features = random_rows(5, 6, 1);
  EXPECT_EQ(head.codes(features).values, back.codes(features).values);
  EXPECT_THROW((void)head_of(head_tensors(head), 7), Error);
  TensorMap less = head_tensors(head);
  less.erase("cluster2.0.weight");
  EXPECT_THROW((void)head_of(less, 6), Error);
}

}  // namespace
}  // namespace skyglot
