// SPDX-License-Identifier: Apache-2.0
#include "scores/retrieval.hpp"

#include "base/error.hpp"
#include "scores/matrix_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace skyglot {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Property;
using testing::Throws;

// Texts seen from picture 0: scores 1, 0.5, 0; from picture 1: 0, 0.5, 1; picture 2 sees all alike.
const Matrix kPictures = matrix_of({{1, 0}, {0, 1}, {0, 0}});
const Matrix kTexts = matrix_of({{1, 0}, {0.5F, 0.5F}, {0, 1}});

TEST(BestRanks, ByHand) {
  const std::vector<RetrievalPair> pairs{{0, 2}, {0, 1}, {1, 0}, {2, 1}};
  EXPECT_THAT(best_ranks(kPictures, kTexts, pairs, 0), ElementsAre(2, 3, 2));
}

TEST(BestRanks, QueryWithoutPairHasNone) {
  const std::vector<RetrievalPair> pairs{{1, 2}};
  EXPECT_THAT(best_ranks(kPictures, kTexts, pairs, 0), ElementsAre(0, 1, 0));
}

TEST(Retrieval, BothDirectionsByHand) {
  const std::vector<RetrievalPair> pairs{{0, 2}, {0, 1}, {1, 0}, {2, 1}};
  const auto score = score_retrieval(kPictures, kTexts, pairs, {});
  // Text 0 looks for picture 1 among 1, 0, 0: rank 2. Text 1 for 0 or 2 among .5, .5, 0: rank 1.
  // Text 2 for picture 0 among 0, 1, 0: rank 2.
  EXPECT_EQ(score.picture_to_text.queries, 3);
  EXPECT_DOUBLE_EQ(score.picture_to_text.recall[0].percent, 0);
  EXPECT_DOUBLE_EQ(score.picture_to_text.recall[1].percent, 100);
  EXPECT_DOUBLE_EQ(score.picture_to_text.median_rank, 2);
  EXPECT_DOUBLE_EQ(score.picture_to_text.mean_recall, 200.0 / 3);
  EXPECT_DOUBLE_EQ(score.text_to_picture.recall[0].percent, 100.0 / 3);
  EXPECT_DOUBLE_EQ(score.text_to_picture.mean_recall, 700.0 / 9);
  EXPECT_DOUBLE_EQ(score.mean_recall_both, (0 + 100 + 100 + 100.0 / 3 + 100 + 100) / 6);
}

TEST(Retrieval, QueriesWithoutPairAreLeftOutButStayDistractors) {
  const std::vector<RetrievalPair> pairs{{0, 1}};
  const auto score = score_retrieval(kPictures, kTexts, pairs, {});
  EXPECT_EQ(score.picture_to_text.queries, 1);
  EXPECT_DOUBLE_EQ(score.picture_to_text.median_rank, 2);  // behind text 0, which nobody described
  EXPECT_EQ(score.text_to_picture.queries, 1);
}

TEST(Retrieval, MedianOfAnEvenNumberIsBetween) {
  const std::vector<RetrievalPair> pairs{{0, 0}, {1, 1}};
  EXPECT_DOUBLE_EQ(score_retrieval(kPictures, kTexts, pairs, {}).picture_to_text.median_rank, 1.5);
}

std::int64_t rank_by_sorting(const Matrix& queries, const Matrix& items, std::int64_t query,
                             const std::vector<RetrievalPair>& pairs) {
  std::vector<std::pair<double, std::int64_t>> order;
  for (std::int64_t j = 0; j < items.rows; ++j)
    order.emplace_back(-std::inner_product(queries.row(query).begin(), queries.row(query).end(),
                                           items.row(j).begin(), 0.0),
                       j);
  std::ranges::sort(order);
  for (std::size_t rank = 0; rank < order.size(); ++rank)
    for (const auto& pair : pairs)
      if (pair.picture == query && pair.text == order[rank].second)
        return static_cast<std::int64_t>(rank) + 1;
  return 0;
}

// Exact inner products with many ties, many-to-many pairs.
TEST(BestRanks, AgreesWithSortingForEveryBlockSize) {
  const Matrix queries = small_integers(37, 4, 1);
  const Matrix items = small_integers(53, 4, 2);
  RandomStream random(5, "pairs");
  std::vector<RetrievalPair> pairs;
  for (int i = 0; i < 80; ++i) pairs.push_back({random.integer(0, 36), random.integer(0, 52)});
  std::vector<std::int64_t> expected;
  for (std::int64_t i = 0; i < queries.rows; ++i)
    expected.push_back(rank_by_sorting(queries, items, i, pairs));
  for (const std::int64_t block : {1, 2, 5, 37, 1000})
    EXPECT_EQ(best_ranks(queries, items, pairs, block), expected) << block;
}

// Captions of one picture stand or fall together: five alike tell no more than one.
TEST(Retrieval, IntervalsDrawPicturesWithTheirCaptions) {
  Matrix pictures(60, 60);
  for (std::int64_t i = 0; i < 60; ++i) pictures.row(i)[static_cast<std::size_t>(i)] = 1;
  const auto score = [&](std::int64_t captions) {
    Matrix texts(60 * captions, 60);
    std::vector<RetrievalPair> pairs;
    for (std::int64_t text = 0; text < texts.rows; ++text) {
      const std::int64_t picture = text / captions;
      // Every third picture's captions lead to the next picture.
      const std::int64_t found = picture % 3 == 0 ? (picture + 1) % 60 : picture;
      texts.row(text)[static_cast<std::size_t>(found)] = 1;
      pairs.push_back({picture, text});
    }
    return score_retrieval(pictures, texts, pairs, {}).text_to_picture;
  };
  const DirectionScore one = score(1);
  const DirectionScore five = score(5);
  EXPECT_DOUBLE_EQ(five.recall[0].percent, one.recall[0].percent);
  EXPECT_DOUBLE_EQ(five.r1_interval.low, one.r1_interval.low);
  EXPECT_DOUBLE_EQ(five.r1_interval.high, one.r1_interval.high);
  EXPECT_GT(one.r1_interval.high - one.r1_interval.low, 20);
}

TEST(Retrieval, RefusesWhatDoesNotFit) {
  const auto run = [](const Matrix& pictures, std::vector<RetrievalPair> pairs) {
    (void)score_retrieval(pictures, kTexts, pairs, {});
  };
  EXPECT_THAT(
      ([&] {
        run(kPictures, {{0, 0}, {0, 3}});
      }),
      Throws<Error>(Property(&Error::what, HasSubstr("pair 1 joins picture 0 and text 3"))));
  EXPECT_THAT(([&] {
                run(kPictures, {{-1, 0}});
              }),
              Throws<Error>(Property(&Error::what, HasSubstr("pair 0"))));
  EXPECT_THAT(([&] { run(kPictures, {}); }),
              Throws<Error>(Property(&Error::what, HasSubstr("at least one pair"))));
  EXPECT_THAT(([&] {
                run(matrix_of({{1, 0, 0}}), {{0, 0}});
              }),
              Throws<Error>(Property(&Error::what, HasSubstr("3 values against vectors of 2"))));
  EXPECT_THAT(([&] {
                run(matrix_of({{1, std::numeric_limits<float>::quiet_NaN()}}), {{0, 0}});
              }),
              Throws<Error>(Property(&Error::what, HasSubstr("picture embeddings: row 0"))));
}

}  // namespace
}  // namespace skyglot
