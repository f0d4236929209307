// SPDX-License-Identifier: Apache-2.0
#include "train/learning_rate.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(RateAt, WarmsUpThenFallsAsACosine) {
  const RateSchedule schedule{4, 10, 110};
  EXPECT_DOUBLE_EQ(rate_at(schedule, 0), 0.4);
  EXPECT_DOUBLE_EQ(rate_at(schedule, 9), 4);
  EXPECT_DOUBLE_EQ(rate_at(schedule, 10), 4);
  EXPECT_NEAR(rate_at(schedule, 60), 2, 1e-12);
  EXPECT_NEAR(rate_at(schedule, 35), 4 * 0.85355339, 1e-7);
  EXPECT_NEAR(rate_at(schedule, 110), 0, 1e-12);
}

TEST(RateAt, WithoutWarmUpBeginsAtItsHeight) {
  EXPECT_DOUBLE_EQ(rate_at({3, 0, 50}, 0), 3);
}

TEST(RateAt, AWarmUpLongerThanTheTrainingOnlyRises) {
  EXPECT_DOUBLE_EQ(rate_at({2, 100, 50}, 49), 1);
}

}  // namespace
}  // namespace skyglot
