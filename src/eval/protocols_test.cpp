// SPDX-License-Identifier: Apache-2.0
// The protocols as a trainer calls them: on functions that embed, without a file.
#include "eval/protocols.hpp"

#include "base/error.hpp"
#include "base/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using ::testing::HasSubstr;
using ::testing::Property;
using ::testing::Throws;

const std::vector<std::string> kNames{"river", "sea"};

// Two groups along the axes; every tenth row lies in the other's.
LabelledRows two_groups(std::int64_t rows) {
  RandomStream random(5, "protocols");
  auto matrix = std::make_shared<Matrix>(rows, 3);
  LabelledRows result;
  for (std::int64_t i = 0; i < rows; ++i) {
    const auto label = static_cast<std::int32_t>(i % 2);
    const auto axis = static_cast<std::size_t>(i % 10 == 9 ? 1 - label : label);
    matrix->row(i)[axis] = 1;
    matrix->row(i)[2] = static_cast<float>(random.uniform(-0.1, 0.1));
    result.labels.push_back(label);
  }
  result.vectors = RowSource(std::shared_ptr<const Matrix>(matrix));
  return result;
}

Matrix axes() {
  Matrix classes(2, 3);
  classes.row(0)[0] = classes.row(1)[1] = 1;
  return classes;
}

TEST(Protocols, ZeroshotOfALiveModel) {
  ZeroshotRequest request{
      .pictures = two_groups(40), .classes = axes(), .class_names = kNames, .transduction = {}};
  const ZeroshotResult result = score_zeroshot(request);
  EXPECT_DOUBLE_EQ(result.classified.score.top1, 90);
  EXPECT_EQ(result.classified.scores.rows, 40);
  EXPECT_FALSE(result.transduction.has_value());
}

TEST(Protocols, TransductionMovesThePicturesTogether) {
  ZeroshotRequest request{
      .pictures = two_groups(40), .classes = axes(), .class_names = kNames, .transduction = {}};
  // Class vectors that hardly tell: alone they are wrong for a part of one group.
  request.classes.row(0)[1] = 0.95F;
  request.classes.row(1)[0] = 0.95F;
  request.transduction.emplace();
  const ZeroshotResult result = score_zeroshot(request);
  ASSERT_TRUE(result.transduction.has_value());
  EXPECT_GT(result.transduction->rounds, 0);
  EXPECT_DOUBLE_EQ(result.top1_alone, 90);
  EXPECT_DOUBLE_EQ(result.classified.score.top1, 90);
  for (std::int64_t i = 0; i < 40; ++i)
    EXPECT_NEAR(result.classified.scores.row(i)[0] + result.classified.scores.row(i)[1], 1, 1e-5);
}

TEST(Protocols, NeighboursAndProbesHoldOutInTurn) {
  const SupervisedRequest alone{.train = {}, .pictures = two_groups(60), .class_names = kNames};
  EXPECT_DOUBLE_EQ(score_knn(alone, {.k = 5}).score.top1, 90);
  const LinearResult linear = score_linear(alone, {.search = {}, .c = 1.0});
  EXPECT_EQ(linear.fits.size(), 5u);
  EXPECT_DOUBLE_EQ(linear.classified.score.top1, 90);
  SupervisedRequest trained = alone;
  trained.train = two_groups(20);
  const LinearResult searched = score_linear(trained, {});
  ASSERT_EQ(searched.fits.size(), 1u);
  EXPECT_TRUE(searched.fits[0].search.has_value());
  EXPECT_EQ(searched.fits[0].c, searched.fits[0].search->c);
  EXPECT_GT(searched.classified.score.top1, 80);  // a tenth of the labels are wrong
}

TEST(Protocols, OneClassAloneIsRefused) {
  SupervisedRequest request{.train = {}, .pictures = two_groups(10), .class_names = kNames};
  request.pictures.labels.assign(10, 1);
  for (const bool linear : {false, true})
    EXPECT_THAT(
        [&] {
          if (linear)
            (void)score_linear(request, {});
          else
            (void)score_knn(request, {});
        },
        Throws<Error>(Property(&Error::what, HasSubstr("have the label 'sea'"))));
}

TEST(Protocols, ClassesAreWordedFilledAndAveraged) {
  std::vector<std::size_t> texts;
  const TextModel model{[&](std::span<const std::string> prompts) {
    Matrix rows(std::ssize(prompts), 2);
    texts.push_back(prompts.size());
    for (std::int64_t i = 0; i < rows.rows; ++i) {
      const auto tokens = clip_tokenizer().context(prompts[static_cast<std::size_t>(i)]);
      rows.row(i)[0] = static_cast<float>(tokens[1] % 7 + 1);
      rows.row(i)[1] = 1;
    }
    return rows;
  }};
  const Matrix classes =
      class_vectors(model, {.wordings = kNames, .templates = {"a {c}", "{c}"}}, {});
  EXPECT_EQ(classes.rows, 2);
  EXPECT_EQ(texts, std::vector<std::size_t>{4});
  for (std::int64_t i = 0; i < 2; ++i)
    EXPECT_NEAR(classes.row(i)[0] * classes.row(i)[0] + classes.row(i)[1] * classes.row(i)[1], 1,
                1e-6);
  EXPECT_THAT([&] { (void)class_vectors(model, {.wordings = kNames, .templates = {"a"}}, {}); },
              Throws<Error>(Property(&Error::what, HasSubstr("{c}"))));
}

}  // namespace
}  // namespace skyglot
