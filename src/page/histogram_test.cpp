// SPDX-License-Identifier: Apache-2.0
#include "page/histogram.hpp"

#include "base/random.hpp"
#include "page/svg_histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace skyglot {
namespace {

std::uint64_t sum(const Histogram& histogram) {
  return std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::uint64_t{0});
}

TEST(ValueCounts, ThreeDigits) {
  EXPECT_EQ(three_digits(0.123456), 0.123);
  EXPECT_EQ(three_digits(0.30000001), 0.3);
  EXPECT_EQ(three_digits(123456), 123000);
  EXPECT_EQ(three_digits(0), 0);
}

TEST(ValueCounts, QuantilesAndMean) {
  const ValueCounts values{{1, 1}, {2, 2}, {10, 1}};
  EXPECT_EQ(quantile(values, 0), 1);
  EXPECT_EQ(quantile(values, 0.5), 2);
  EXPECT_EQ(quantile(values, 1), 10);
  EXPECT_EQ(mean(values), 3.75);
  EXPECT_EQ(quantile({}, 0.5), 0);
}

TEST(RoundStep, OneTwoFive) {
  EXPECT_DOUBLE_EQ(round_step(100, 10), 10);
  EXPECT_DOUBLE_EQ(round_step(101, 10), 20);
  EXPECT_DOUBLE_EQ(round_step(0.04, 10), 0.005);
  EXPECT_DOUBLE_EQ(round_step(7, 1), 10);
}

TEST(LinearHistogram, EdgesHoldTheirLowerValue) {
  const Histogram h = linear_histogram({{0, 1}, {10, 2}, {19, 3}, {20, 4}, {49, 5}}, 6);
  EXPECT_EQ(h.edges, (std::vector<double>{0, 10, 20, 30, 40, 50}));
  EXPECT_EQ(h.counts, (std::vector<std::uint64_t>{1, 5, 4, 0, 5}));
}

TEST(LinearHistogram, OneValueGetsRoomAroundIt) {
  const Histogram h = linear_histogram({{100, 7}}, 10, 1);
  EXPECT_GE(h.counts.size(), 5u);
  EXPECT_EQ(sum(h), 7u);
  EXPECT_TRUE(linear_histogram({}, 10).counts.empty());
}

TEST(LinearHistogram, SmallCountsHaveNoBinsBelowZero) {
  const Histogram h = linear_histogram({{0, 7}, {1, 2}}, 10, 1);
  EXPECT_EQ(h.edges.front(), 0);
  EXPECT_EQ(sum(h), 9u);
}

TEST(LogHistogram, EdgesArePreferredNumbers) {
  const Histogram h = log_histogram({{0.1, 1}, {0.3, 2}, {0.999, 3}}, 20);
  EXPECT_DOUBLE_EQ(h.edges.front(), 0.1);
  EXPECT_DOUBLE_EQ(h.edges[1], 0.125);
  EXPECT_DOUBLE_EQ(h.edges.back(), 1.0);
  EXPECT_EQ(h.counts[4], 2u);  // [0.25, 0.315)
  EXPECT_EQ(h.counts.back(), 3u);
}

TEST(LogHistogram, NothingIsLostAndBinsStayFew) {
  RandomStream random(1, "log");
  for (int round = 0; round < 200; ++round) {
    ValueCounts values;
    const double spread = random.uniform(0.1, 12);
    for (int i = 0; i < 30; ++i) ++values[three_digits(std::exp(random.uniform(-spread, spread)))];
    const Histogram h = log_histogram(values, 18);
    EXPECT_EQ(sum(h), 30u);
    EXPECT_LE(h.counts.size(), 18u);
    EXPECT_TRUE(std::is_sorted(h.edges.begin(), h.edges.end()));
  }
}

TEST(LogHistogram, ZeroHasNoLogarithm) {
  EXPECT_TRUE(log_histogram({{0, 5}}, 10).counts.empty());
}

TEST(DoublingHistogram, GroupsOfTwiceTheSize) {
  const Histogram h = doubling_histogram({{1, 5}, {2, 4}, {3, 3}, {4, 2}, {5, 1}, {8, 1}, {9, 7}});
  EXPECT_EQ(h.edges, (std::vector<double>{1, 2, 3, 5, 9, 17}));
  EXPECT_EQ(h.counts, (std::vector<std::uint64_t>{5, 4, 5, 2, 7}));
}

TEST(PositionAmong, GoesByBinsNotByValues) {
  const std::vector<double> edges{1, 10, 100};
  EXPECT_DOUBLE_EQ(position_among(edges, 1), 0);
  EXPECT_DOUBLE_EQ(position_among(edges, 10), 0.5);
  EXPECT_DOUBLE_EQ(position_among(edges, 55), 0.75);
  EXPECT_DOUBLE_EQ(position_among(edges, 0), 0);
  EXPECT_DOUBLE_EQ(position_among(edges, 1e9), 1);
}

}  // namespace
}  // namespace skyglot
