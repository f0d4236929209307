// SPDX-License-Identifier: Apache-2.0
#include "base/progress.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

TEST(Progress, SaysRateAndTimeLeft) {
  EXPECT_EQ(progress_text("chips", 1000, 4000, 10), "chips  1,000 / 4,000  25%  100/s  0:30 left");
  EXPECT_EQ(progress_text("chips", 1, 7201, 1), "chips  1 / 7,201  0%  1/s  2:00:00 left");
}

TEST(Progress, UnknownTotalAndNoWorkYet) {
  EXPECT_EQ(progress_text("nodes", 50, 0, 10), "nodes  50  5/s");
  EXPECT_EQ(progress_text("nodes", 0, 10, 0), "nodes  0 / 10  0%");
}

}  // namespace
}  // namespace skyglot
