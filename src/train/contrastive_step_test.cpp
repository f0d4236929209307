// SPDX-License-Identifier: Apache-2.0
#include "train/contrastive_step.hpp"

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

TEST(ContrastiveStep, MicroBatchesGiveTheGradientsOfTheWhole) {
  const auto whole = parameters();
  const TrainingBatch batch = batch_of(8);
  const double loss = ContrastiveStep(whole, {0, Repeats::positives}).run(batch);
  for (const std::int64_t micro : {2, 3}) {
    const auto parts = parameters();
    EXPECT_NEAR(ContrastiveStep(parts, {micro, Repeats::positives}).run(batch), loss, 1e-5);
    for (std::size_t i = 0; i < whole->entries().size(); ++i) {
      const torch::Tensor expected = whole->entries()[i].tensor.grad();
      const torch::Tensor got = parts->entries()[i].tensor.grad();
      ASSERT_EQ(expected.defined(), got.defined()) << whole->entries()[i].name;
      if (!expected.defined()) continue;
      EXPECT_LT((expected - got).abs().max().item<double>(),
                1e-4 * std::max(1.0, expected.abs().max().item<double>()))
          << whole->entries()[i].name;
    }
  }
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
