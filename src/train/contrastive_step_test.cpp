// SPDX-License-Identifier: Apache-2.0
#include "train/contrastive_step.hpp"

#include "base/strings.hpp"
#include "nn/encoder.hpp"
#include "nn/lively_model.hpp"

#include "train/train_testing.hpp"
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using namespace testing_support;

std::shared_ptr<Parameters> parameters() {
  auto result = std::make_shared<Parameters>(lively_model(small_clip(), 2));
  result->require_gradients([](const std::string&) { return true; });
  return result;
}

TrainingBatch batch_of(int count) {
  TrainingBatch batch;
  for (int i = 0; i < count; ++i) {
    Picture picture = field(i);
    picture.width = picture.height = 32;
    picture.pixels.resize(32 * 32 * 3);
    batch.pictures.push_back(picture);
    batch.captions.push_back(fmt::format("a {} field", kColours[static_cast<std::size_t>(i % 4)]));
  }
  batch.meanings = batch.captions;
  return batch;
}

TEST(ContrastiveStep, TheLossIsThatOfTheFrozenVectors) {
  const auto live = parameters();
  const TrainingBatch batch = batch_of(5);
  const double loss = ContrastiveStep(live, {0, Repeats::ignored}).run(batch);
  const Encoders encoders(live->stored(), compute_context({}));
  Matrix images = encoders.image().encode(batch.pictures);
  Matrix texts = encoders.text().encode(batch.captions);
  const auto unit = [](Matrix& m) {
    return torch::nn::functional::normalize(
        torch::from_blob(m.values.data(), {m.rows, m.cols}).clone(),
        torch::nn::functional::NormalizeFuncOptions().dim(1));
  };
  const double expected = contrastive_loss(unit(images), unit(texts), live->at("logit_scale"),
                                           caption_groups(batch.captions), Repeats::ignored)
                              .item<double>();
  EXPECT_NEAR(loss, expected, 1e-4);
}

// The largest difference of two gradients, of the largest number in the second (at least 1).
double gradient_difference(const Parameters& a, const Parameters& b) {
  double most = 0;
  for (std::size_t i = 0; i < b.entries().size(); ++i) {
    const torch::Tensor got = a.entries()[i].tensor.grad();
    const torch::Tensor expected = b.entries()[i].tensor.grad();
    EXPECT_EQ(expected.defined(), got.defined()) << b.entries()[i].name;
    if (!expected.defined() || !got.defined()) continue;
    EXPECT_EQ(got.scalar_type(), torch::kFloat32);
    const double size = std::max(1.0, expected.abs().max().item<double>());
    most = std::max(most, (expected - got).abs().max().item<double>() / size);
  }
  return most;
}

TEST(ContrastiveStep, MicroBatchesGiveTheGradientsOfTheWhole) {
  const auto whole = parameters();
  const TrainingBatch batch = batch_of(8);
  const double loss = ContrastiveStep(whole, {0, Repeats::positives}).run(batch);
  for (const std::int64_t micro : {2, 3}) {
    const auto parts = parameters();
    EXPECT_NEAR(ContrastiveStep(parts, {micro, Repeats::positives}).run(batch), loss, 1e-5);
    EXPECT_LT(gradient_difference(*parts, *whole), 1e-4);
  }
}

TEST(ContrastiveStep, FourTimesSixtyFourIsOnceTwoHundredAndFiftySix) {
  const auto whole = parameters();
  const TrainingBatch batch = batch_of(256);
  const double loss = ContrastiveStep(whole, {0, Repeats::negatives}).run(batch);
  const auto parts = parameters();
  EXPECT_NEAR(ContrastiveStep(parts, {64, Repeats::negatives}).run(batch), loss, 1e-4);
  EXPECT_LT(gradient_difference(*parts, *whole), 1e-4);
}

TEST(ContrastiveStep, Bfloat16ProductsLeaveTheWeightsAndTheirGradientsFloat32) {
  const auto plain = parameters();
  const TrainingBatch batch = batch_of(8);
  const double loss = ContrastiveStep(plain, {0, Repeats::positives}).run(batch);
  for (const std::int64_t micro : {0, 4}) {
    const auto mixed = parameters();
    StepOptions options{micro, Repeats::positives};
    options.precision = Precision::bf16;
    const double rounded = ContrastiveStep(mixed, options).run(batch);
    EXPECT_NEAR(rounded, loss, 0.02 * loss);
    EXPECT_NE(rounded, loss);
    const double difference = gradient_difference(*mixed, *plain);
    EXPECT_GT(difference, 1e-6);
    EXPECT_LT(difference, 0.05);
    for (const Parameters::Entry& entry : mixed->entries())
      EXPECT_EQ(entry.tensor.scalar_type(), torch::kFloat32) << entry.name;
  }
  // Nothing of it stays.
  EXPECT_EQ(ContrastiveStep(parameters(), {0, Repeats::positives}).run(batch), loss);
}

TEST(ContrastiveStep, CaptionsThatAreCutAreCounted) {
  TrainingBatch batch = batch_of(4);
  const auto context = static_cast<std::size_t>(small_clip().text->context_length);
  // With start and end one fills the context, one is longer.
  batch.captions[1] = replace_all(std::string(context - 2, '.'), ".", "a ");
  batch.captions[2] = replace_all(std::string(context - 1, '.'), ".", "a ");
  ContrastiveStep step(parameters(), {});
  (void)step.run(batch);
  EXPECT_EQ(step.cut_captions(), 1);
  (void)step.run(batch);
  EXPECT_EQ(step.cut_captions(), 2);
}

TEST(ContrastiveStep, LockedTowersGetNoGradients) {
  for (const std::int64_t micro : {0, 2}) {
    auto live = std::make_shared<Parameters>(lively_model(small_clip(), 2));
    live->require_gradients([](const std::string& name) { return !name.starts_with("visual."); });
    StepOptions options{micro, Repeats::negatives, true, false};
    (void)ContrastiveStep(live, options).run(batch_of(4));
    for (const Parameters::Entry& entry : live->entries())
      EXPECT_EQ(entry.tensor.grad().defined(), !entry.name.starts_with("visual.")) << entry.name;
  }
}

}  // namespace
}  // namespace skyglot
