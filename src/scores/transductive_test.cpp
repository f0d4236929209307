// SPDX-License-Identifier: Apache-2.0
#include "scores/transductive.hpp"

#include "base/error.hpp"
#include "scores/matrix_testing.hpp"
#include "scores/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace skyglot {
namespace {

using testing::HasSubstr;
using testing::Property;
using testing::Throws;

// The published formulas written out densely in double precision (numpy).
TEST(Transduction, AgreesWithTheFormulasWrittenOut) {
  const Matrix pictures = wave_rows(9, 6, {3, 7, 1});
  const Matrix classes = wave_rows(3, 6, {5, 2, 0.5});
  TransductiveOptions options;
  options.logit_scale = 10;
  options.neighbours = 2;
  options.anchors = 3;
  options.max_rounds = 4;
  options.assignment_steps = 3;
  options.tolerance = 0;
  const std::vector<float> expected{
      0.99194426F, 0.00641165F, 0.0016441F,  0.00184735F, 0.13300073F, 0.86515193F, 0.99109088F,
      0.00698853F, 0.00192059F, 0.00244527F, 0.11639759F, 0.88115714F, 0.98633019F, 0.01036256F,
      0.00330725F, 0.00722932F, 0.14608314F, 0.84668753F, 0.93345838F, 0.04658537F, 0.01995625F,
      0.04438568F, 0.23371911F, 0.72189521F, 0.72002092F, 0.16829332F, 0.11168576F};
  EXPECT_THAT(transductive_scores(pictures, classes, options).values,
              testing::Pointwise(testing::FloatNear(2e-5F), expected));
  options.text_weight = 0.3;
  options.likelihood_weight = 0.5;
  options.neighbour_weight = 2;
  const Matrix strong = transductive_scores(pictures, classes, options);
  EXPECT_NEAR(strong.row(5)[1], 0.35405848, 2e-4);
  EXPECT_NEAR(strong.row(7)[1], 0.92841389, 2e-4);
}

constexpr std::int64_t kClasses = 6;
constexpr std::int64_t kLength = 512;

struct World {
  Matrix centres;
  Matrix pictures;
  Matrix classes;
  std::vector<std::int32_t> labels;
};

// As in contrastive models: pictures scatter around their class more than classes differ; all texts
// lie far off in one direction and hold little of their class beside much that is their own.
World noisy_world(std::int64_t per_class) {
  Matrix centres = random_rows(kClasses, kLength, 1);
  normalise_rows(centres);
  const Matrix apart = random_rows(1, kLength, 4);
  World world{centres,
              random_rows(kClasses * per_class, kLength, 2),
              random_rows(kClasses, kLength, 3),
              {}};
  for (std::int64_t i = 0; i < world.pictures.rows; ++i) {
    const std::int64_t label = i % kClasses;
    world.labels.push_back(static_cast<std::int32_t>(label));
    for (std::size_t d = 0; d < kLength; ++d)
      world.pictures.row(i)[d] = centres.row(label)[d] + 0.066F * world.pictures.row(i)[d];
  }
  for (std::int64_t k = 0; k < kClasses; ++k)
    for (std::size_t d = 0; d < kLength; ++d)
      world.classes.row(k)[d] =
          0.12F * centres.row(k)[d] + 0.09F * apart.row(0)[d] + 0.03F * world.classes.row(k)[d];
  normalise_rows(world.pictures);
  normalise_rows(world.classes);
  return world;
}

double top1(const Matrix& scores, const std::vector<std::int32_t>& labels) {
  std::int64_t hits = 0;
  for (std::int64_t i = 0; i < scores.rows; ++i)
    hits += static_cast<std::int32_t>(best_column(scores.row(i))) ==
            labels[static_cast<std::size_t>(i)];
  return 100 * static_cast<double>(hits) / static_cast<double>(scores.rows);
}

TEST(Transduction, RaisesTheAccuracyOfWeakTexts) {
  const World world = noisy_world(60);
  const double plain =
      top1(inner_products(world.pictures, 0, world.pictures.rows, world.classes), world.labels);
  const Transduction result = transduce(world.pictures, world.classes, {});
  EXPECT_LT(plain, 82);
  EXPECT_GT(top1(result.assignments, world.labels), 98);
  EXPECT_TRUE(result.converged);
}

TEST(Transduction, BlocksDoNotMatter) {
  const World world = noisy_world(12);
  TransductiveOptions tiny;
  tiny.block_rows = 5;
  EXPECT_THAT(transductive_scores(world.pictures, world.classes, tiny).values,
              testing::Pointwise(testing::FloatNear(1e-4F),
                                 transductive_scores(world.pictures, world.classes, {}).values));
}

TEST(Transduction, RowsAreProbabilities) {
  const World world = noisy_world(10);
  const Matrix z = transductive_scores(world.pictures, world.classes, {});
  for (std::int64_t i = 0; i < z.rows; ++i)
    EXPECT_NEAR(std::accumulate(z.row(i).begin(), z.row(i).end(), 0.0), 1, 1e-5);
}

std::vector<float> softmax_of(std::vector<double> logits) {
  double sum = 0;
  for (double& logit : logits) sum += logit = std::exp(logit);
  std::vector<float> result;
  for (const double value : logits) result.push_back(static_cast<float>(value / sum));
  return result;
}

TEST(Transduction, OnePictureIsItsTextPrediction) {
  const Matrix picture = matrix_of({{1, 0, 0}});
  const Matrix classes = matrix_of({{0.6F, 0.8F, 0}, {0.58F, 0, 0.8146F}});
  const Matrix z = transductive_scores(picture, classes, {});
  EXPECT_THAT(z.values, testing::Pointwise(testing::FloatNear(1e-4F), softmax_of({60, 58})));
}

TEST(Transduction, IdenticalPicturesAreTheirTextPrediction) {
  Matrix pictures(20, 3);
  for (std::int64_t i = 0; i < 20; ++i)
    std::ranges::copy(std::vector{0.36F, 0.48F, 0.8F}, pictures.row(i).begin());
  const Matrix classes = matrix_of({{1, 0, 0}, {0.9798F, 0.2F, 0}});
  const Matrix z = transductive_scores(pictures, classes, {});
  for (std::int64_t i = 0; i < 20; ++i)
    for (const float value : z.row(i)) ASSERT_TRUE(std::isfinite(value));
  EXPECT_GT(z.row(7)[1], 0.99F);  // text: 0.4487 against 0.36
}

TEST(Transduction, OneClassTakesAll) {
  const World world = noisy_world(3);
  Matrix one(1, world.classes.cols);
  std::ranges::copy(world.classes.row(0), one.row(0).begin());
  for (const float value : transductive_scores(world.pictures, one, {}).values) EXPECT_EQ(value, 1);
}

TEST(Transduction, AClassNobodyBelongsToStaysEmpty) {
  const World world = noisy_world(30);
  Matrix more(kClasses + 1, kLength);
  std::ranges::copy(world.classes.values, more.values.begin());
  for (std::size_t d = 0; d < kLength; ++d)  // the common part of the texts, away from all pictures
    for (std::int64_t k = 0; k < kClasses; ++k)
      more.row(kClasses)[d] += world.classes.row(k)[d] - world.centres.row(k)[d];
  normalise_rows(more);
  const Matrix z = transductive_scores(world.pictures, more, {});
  for (std::int64_t i = 0; i < z.rows; ++i) {
    ASSERT_TRUE(std::isfinite(z.row(i)[kClasses]));
    EXPECT_NE(best_column(z.row(i)), static_cast<std::size_t>(kClasses)) << i;
  }
}

TEST(Transduction, RefusesWhatDoesNotFit) {
  const Matrix two = matrix_of({{1, 0}, {0, 1}});
  EXPECT_THAT([&] { (void)transductive_scores(Matrix(0, 2), two, {}); },
              Throws<Error>(Property(&Error::what, HasSubstr("there are 0 and 2"))));
  EXPECT_THAT(
      [&] {
        (void)transductive_scores(matrix_of({{1, 0, 0}}), two, {});
      },
      Throws<Error>(Property(&Error::what, HasSubstr("3 values"))));
  TransductiveOptions bad;
  bad.neighbours = -1;
  bad.text_weight = -2;
  EXPECT_THAT([&] { (void)transductive_scores(two, two, bad); },
              Throws<Error>(Property(&Error::what, testing::AllOf(HasSubstr("neighbours -1"),
                                                                  HasSubstr("text weight -2")))));
}

}  // namespace
}  // namespace skyglot
