// SPDX-License-Identifier: Apache-2.0
#include "train/contrastive.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace skyglot {
namespace {

struct Case {
  torch::Tensor images, texts, scale, groups;
};

Case random_case(const std::vector<std::string>& captions) {
  torch::manual_seed(3);
  const auto n = static_cast<std::int64_t>(captions.size());
  const auto unit = [&] {
    return torch::nn::functional::normalize(torch::randn({n, 6}, torch::kFloat64),
                                            torch::nn::functional::NormalizeFuncOptions().dim(1));
  };
  return {unit(), unit(), torch::tensor(std::log(9.0), torch::kFloat64), caption_groups(captions)};
}

// The formula by hand, in double, for one direction.
double plain(const Case& c, bool by_rows, Repeats repeats) {
  const torch::Tensor logits = c.scale.exp() * torch::mm(c.images, c.texts.t());
  const std::int64_t n = logits.size(0);
  const auto at = [&](std::int64_t i, std::int64_t j) {
    return (by_rows ? logits[i][j] : logits[j][i]).item<double>();
  };
  const auto same = [&](std::int64_t i, std::int64_t j) {
    return c.groups[i].item<std::int64_t>() == c.groups[j].item<std::int64_t>();
  };
  double total = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    double sum = 0;
    double right = 0;
    std::int64_t rights = 0;
    for (std::int64_t j = 0; j < n; ++j) {
      if (i == j || repeats != Repeats::ignored || !same(i, j)) sum += std::exp(at(i, j));
      if (i == j || (repeats == Repeats::positives && same(i, j))) {
        right += at(i, j);
        ++rights;
      }
    }
    total += std::log(sum) - right / static_cast<double>(rights);
  }
  return total / static_cast<double>(n);
}

const std::vector<std::string> kCaptions{"a lake", "a farm", "a lake", "a road", "a lake"};

TEST(ContrastiveLoss, IsTheFormulaInEveryWayWithRepeats) {
  const Case c = random_case(kCaptions);
  for (const Repeats repeats : {Repeats::negatives, Repeats::positives, Repeats::ignored}) {
    const double loss =
        contrastive_loss(c.images, c.texts, c.scale, c.groups, repeats).item<double>();
    EXPECT_NEAR(loss, (plain(c, true, repeats) + plain(c, false, repeats)) / 2, 1e-5)
        << to_string(repeats);
  }
}

TEST(ContrastiveLoss, GradientsAreWhatFiniteDifferencesGive) {
  for (const Repeats repeats : {Repeats::negatives, Repeats::positives, Repeats::ignored}) {
    Case c = random_case(kCaptions);
    for (torch::Tensor* input : {&c.images, &c.texts, &c.scale}) input->requires_grad_(true);
    contrastive_loss(c.images, c.texts, c.scale, c.groups, repeats).backward();
    const torch::NoGradGuard no_grad;
    for (torch::Tensor* input : {&c.images, &c.texts, &c.scale}) {
      const torch::Tensor flat = input->view({-1});
      const torch::Tensor slope = input->grad().view({-1});
      for (std::int64_t i = 0; i < flat.size(0); i += 7) {
        constexpr double kStep = 1e-5;
        const auto loss_at = [&](double shift) {
          flat[i] += shift;
          const double loss =
              contrastive_loss(c.images, c.texts, c.scale, c.groups, repeats).item<double>();
          flat[i] -= shift;
          return loss;
        };
        const double expected = (loss_at(kStep) - loss_at(-kStep)) / (2 * kStep);
        EXPECT_NEAR(slope[i].item<double>(), expected, 1e-5) << to_string(repeats) << " " << i;
      }
    }
  }
}

TEST(ContrastiveLoss, WithoutRepeatsAllWaysAreOne) {
  const Case c = random_case({"a", "b", "c", "d"});
  const auto loss = [&](Repeats repeats) {
    return contrastive_loss(c.images, c.texts, c.scale, c.groups, repeats).item<double>();
  };
  EXPECT_NEAR(loss(Repeats::negatives), loss(Repeats::positives), 1e-12);
  EXPECT_NEAR(loss(Repeats::negatives), loss(Repeats::ignored), 1e-12);
}

TEST(CaptionGroups, EqualTextsShareTheFirstOnesNumber) {
  EXPECT_TRUE(
      torch::equal(caption_groups(kCaptions), torch::tensor({0, 1, 0, 3, 0}, torch::kInt64)));
}

}  // namespace
}  // namespace skyglot
