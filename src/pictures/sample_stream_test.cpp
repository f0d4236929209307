// SPDX-License-Identifier: Apache-2.0
#include "pictures/sample_stream.hpp"

#include "base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace skyglot {
namespace {

using Numbers = std::vector<std::uint64_t>;

Numbers rest_of(SampleStream& stream) {
  Numbers numbers;
  while (const auto number = stream.next()) numbers.push_back(*number);
  EXPECT_FALSE(stream.next().has_value());
  return numbers;
}

Numbers counted(std::uint64_t size) {
  Numbers numbers(size);
  std::iota(numbers.begin(), numbers.end(), std::uint64_t{0});
  return numbers;
}

Numbers sorted(Numbers numbers) {
  std::ranges::sort(numbers);
  return numbers;
}

TEST(Permutation, HoldsEveryNumberOnce) {
  for (const std::uint64_t size : {1, 2, 3, 4, 5, 16, 17, 255, 256, 257, 1000, 4097}) {
    const Permutation order(size, RandomStream(7, "test"));
    Numbers numbers;
    for (std::uint64_t place = 0; place < size; ++place) numbers.push_back(order.at(place));
    EXPECT_EQ(sorted(numbers), counted(size)) << size;
  }
}

TEST(Permutation, IsComputedForSizesThatCouldNotBeStored) {
  constexpr std::uint64_t kSize = std::uint64_t{1} << 40;
  const Permutation order(kSize, RandomStream(7, "test"));
  for (const std::uint64_t place : {std::uint64_t{0}, kSize / 3, kSize - 1})
    EXPECT_LT(order.at(place), kSize);
  EXPECT_THROW((void)order.at(kSize), Error);
}

// Over many keys every number comes as often to every place, and neighbours part: chi-squared of
// 99 degrees of freedom is below 160 but once in ten thousand times.
TEST(Permutation, PlacesAreUniformAndNeighboursPart) {
  constexpr std::uint64_t kSize = 100;
  constexpr int kKeys = 10'000;
  std::vector<int> first(kSize);
  std::vector<int> step(kSize);
  for (int key = 0; key < kKeys; ++key) {
    const Permutation order(kSize, RandomStream(static_cast<std::uint64_t>(key), "test"));
    ++first[order.at(0)];
    ++step[(order.at(51) + kSize - order.at(50)) % kSize];
  }
  const auto chi_squared = [](const std::vector<int>& counts, double expected) {
    return std::accumulate(counts.begin(), counts.end(), 0.0, [&](double sum, int count) {
      return sum + std::pow(count - expected, 2) / expected;
    });
  };
  EXPECT_LT(chi_squared(first, kKeys / 100.0), 160);
  EXPECT_EQ(step[0], 0);
  step.erase(step.begin());
  EXPECT_LT(chi_squared(step, kKeys / 99.0), 160);
}

TEST(SampleStream, RanksShareEveryEpoch) {
  for (const int world : {1, 2, 3, 7}) {
    Numbers all;
    std::size_t least = 1000;
    std::size_t most = 0;
    for (int rank = 0; rank < world; ++rank) {
      SampleStream stream(101, {.seed = 3, .rank = rank, .world = world});
      stream.begin_epoch(5);
      const Numbers share = rest_of(stream);
      EXPECT_EQ(share.size(), stream.epoch_size());
      least = std::min(least, share.size());
      most = std::max(most, share.size());
      all.insert(all.end(), share.begin(), share.end());
    }
    EXPECT_LE(most - least, 1U);
    EXPECT_EQ(sorted(all), counted(101));
  }
}

TEST(SampleStream, TheOrderIsOneWhateverTheRanks) {
  SampleStream alone(50, {.seed = 9});
  const Numbers order = rest_of(alone);
  for (int rank = 0; rank < 3; ++rank) {
    SampleStream stream(50, {.seed = 9, .rank = rank, .world = 3});
    for (std::size_t at = static_cast<std::size_t>(rank); at < order.size(); at += 3)
      EXPECT_EQ(stream.next(), order[at]);
  }
}

TEST(SampleStream, EqualSharesLeaveOthersOutEachEpoch) {
  std::vector<Numbers> left_out;
  for (std::uint64_t epoch = 0; epoch < 8; ++epoch) {
    Numbers all;
    for (int rank = 0; rank < 4; ++rank) {
      SampleStream stream(103, {.rank = rank, .world = 4, .equal_shares = true});
      stream.begin_epoch(epoch);
      const Numbers share = rest_of(stream);
      EXPECT_EQ(share.size(), 25U);
      EXPECT_EQ(stream.epoch_size(), 25U);
      all.insert(all.end(), share.begin(), share.end());
    }
    Numbers missing;
    std::ranges::set_difference(counted(103), sorted(all), std::back_inserter(missing));
    EXPECT_EQ(missing.size(), 3U);
    left_out.push_back(missing);
  }
  EXPECT_NE(left_out.front(), left_out.back());
}

TEST(SampleStream, SeedAndEpochDecideTheOrder) {
  const auto order = [](std::uint64_t seed, std::uint64_t epoch, bool shuffle) {
    SampleStream stream(200, {.seed = seed, .shuffle = shuffle});
    stream.begin_epoch(epoch);
    return rest_of(stream);
  };
  EXPECT_EQ(order(1, 2, true), order(1, 2, true));
  EXPECT_NE(order(1, 2, true), order(1, 3, true));
  EXPECT_NE(order(1, 2, true), order(2, 2, true));
  EXPECT_EQ(order(1, 2, false), counted(200));
}

TEST(SampleStream, GoesOnWhereItWas) {
  SampleStream whole(77, {.seed = 4, .rank = 1, .world = 2});
  whole.begin_epoch(3);
  const Numbers order = rest_of(whole);
  SampleStream cut(77, {.seed = 4, .rank = 1, .world = 2});
  cut.begin_epoch(3);
  Numbers numbers;
  for (int i = 0; i < 10; ++i) numbers.push_back(*cut.next());
  const std::string saved = cut.saved();
  EXPECT_EQ(saved, "epoch 3 drawn 20 of 77 samples, seed 4");
  SampleStream resumed(77, {.seed = 4, .rank = 1, .world = 2});
  resumed.resume(saved);
  EXPECT_EQ(resumed.position(), (SamplePosition{3, 20}));
  const Numbers rest = rest_of(resumed);
  numbers.insert(numbers.end(), rest.begin(), rest.end());
  EXPECT_EQ(numbers, order);
  resumed.resume(resumed.saved());
  EXPECT_FALSE(resumed.next().has_value()) << "the end is a place, too";
}

TEST(SampleStream, GoesOnWithOtherRanks) {
  Numbers all;
  std::string saved;
  for (int rank = 0; rank < 2; ++rank) {
    SampleStream stream(60, {.seed = 4, .rank = rank, .world = 2});
    for (int i = 0; i < 11; ++i) all.push_back(*stream.next());
    saved = stream.saved();
  }
  for (int rank = 0; rank < 3; ++rank) {
    SampleStream stream(60, {.seed = 4, .rank = rank, .world = 3});
    stream.resume(saved);
    const Numbers share = rest_of(stream);
    all.insert(all.end(), share.begin(), share.end());
  }
  EXPECT_EQ(sorted(all), counted(60));
}

TEST(SampleStream, RefusesPositionsOfOtherStreams) {
  SampleStream stream(60, {.seed = 4});
  for (const char* other :
       {"epoch 0 drawn 3 of 61 samples, seed 4", "epoch 0 drawn 3 of 60 samples, seed 5",
        "epoch 0 drawn 3 of 60 samples, in order", "", "epoch x drawn 3 of 60 samples, seed 4",
        "epoch 0 drawn -3 of 60 samples, seed 4"})
    EXPECT_THROW(stream.resume(other), Error) << other;
  stream.resume("epoch 0 drawn 3 of 60 samples, seed 4");
  EXPECT_EQ(stream.position().drawn, 3U);
}

TEST(SampleStream, OptionsAreChecked) {
  EXPECT_THROW(SampleStream(10, {.rank = 2, .world = 2}), Error);
  EXPECT_THROW(SampleStream(10, {.world = 0}), Error);
  EXPECT_THROW(SampleStream(3, {.world = 4}), Error);
  EXPECT_THROW(SampleStream(0, {}), Error);
}

}  // namespace
}  // namespace skyglot
