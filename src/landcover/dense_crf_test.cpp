// SPDX-License-Identifier: Apache-2.0
#include "landcover/dense_crf.hpp"

#include "base/error.hpp"
#include "base/random.hpp"

#include <gtest/gtest.h>
#include <tbb/task_arena.h>

#include <cmath>
#include <functional>

namespace skyglot {
namespace {

struct CrfCase {
  WindowScores scores;
  ShownGround shown;
};

struct CrfNoise {
  double margin = 1;  // of the right class's score, in deviations of the noise on all scores
  int colour = 3;     // steps, either way; classes are 20 apart
};

CrfCase noisy_case(const PixelWindow& window, std::int64_t classes, const CrfNoise& noise,
                   const std::function<int(int, int)>& right) {
  RandomStream random(4, "crf");
  CrfCase made;
  made.scores.window = window;
  made.scores.classes = classes;
  const std::size_t pixels = made.scores.pixels();
  made.scores.log_probabilities.resize(pixels * static_cast<std::size_t>(classes));
  made.shown.picture = {window.width, window.height, 3, std::vector<std::uint8_t>(3 * pixels)};
  made.shown.valid.assign(pixels, 1);
  for (std::size_t p = 0; p < pixels; ++p) {
    const auto width = static_cast<std::size_t>(window.width);
    const int label = right(static_cast<int>(p % width), static_cast<int>(p / width));
    for (std::size_t band = 0; band < 3; ++band)
      made.shown.picture.pixels[3 * p + band] =
          static_cast<std::uint8_t>(100 + 20 * label + random.integer(-noise.colour, noise.colour));
    for (std::int64_t c = 0; c < classes; ++c)
      made.scores.log_probabilities[static_cast<std::size_t>(c) * pixels + p] =
          static_cast<float>(random.normal() + (c == label ? noise.margin : 0));
  }
  return made;
}

std::vector<std::size_t> labels_of(const WindowScores& scores) {
  std::vector<std::size_t> labels(scores.pixels());
  for (std::size_t p = 0; p < labels.size(); ++p)
    for (std::size_t c = 1; c < static_cast<std::size_t>(scores.classes); ++c)
      if (scores.log_probabilities[c * labels.size() + p] >
          scores.log_probabilities[labels[p] * labels.size() + p])
        labels[p] = c;
  return labels;
}

// Both kernels as one matrix, each normalised on both sides.
std::vector<double> exact_kernels(const CrfCase& from, const CrfOptions& options) {
  const std::size_t pixels = from.scores.pixels();
  const auto width = static_cast<std::size_t>(from.scores.window.width);
  std::vector<double> near(pixels * pixels), alike(pixels * pixels), total(pixels * pixels);
  std::vector<double> near_sum(pixels), alike_sum(pixels);
  for (std::size_t i = 0; i < pixels; ++i)
    for (std::size_t j = 0; j < pixels; ++j) {
      const double dx = static_cast<double>(i % width) - static_cast<double>(j % width);
      const double dy = static_cast<double>(i / width) - static_cast<double>(j / width);
      double colours = 0;
      for (std::size_t band = 0; band < 3; ++band)
        colours += std::pow(double{1} * from.shown.picture.pixels[3 * i + band] -
                                from.shown.picture.pixels[3 * j + band],
                            2);
      const double place = dx * dx + dy * dy;
      near[i * pixels + j] = std::exp(-place / (2 * std::pow(options.near_deviation, 2)));
      alike[i * pixels + j] = std::exp(-place / (2 * std::pow(options.alike_deviation, 2)) -
                                       colours / (2 * std::pow(options.colour_deviation, 2)));
      near_sum[i] += near[i * pixels + j];
      alike_sum[i] += alike[i * pixels + j];
    }
  for (std::size_t i = 0; i < pixels; ++i)
    for (std::size_t j = 0; j < pixels; ++j)
      total[i * pixels + j] =
          options.near_weight * near[i * pixels + j] / std::sqrt(near_sum[i] * near_sum[j]) +
          options.alike_weight * alike[i * pixels + j] / std::sqrt(alike_sum[i] * alike_sum[j]);
  return total;
}

// Probabilities, class after class, by the definition.
std::vector<double> exact_field(const CrfCase& from, const CrfOptions& options) {
  const std::size_t pixels = from.scores.pixels();
  const auto classes = static_cast<std::size_t>(from.scores.classes);
  const std::vector<double> kernels = exact_kernels(from, options);
  std::vector<double> logits(from.scores.log_probabilities.begin(),
                             from.scores.log_probabilities.end());
  std::vector<double> field(logits.size());
  const auto normalise = [&] {
    for (std::size_t p = 0; p < pixels; ++p) {
      double sum = 0;
      for (std::size_t c = 0; c < classes; ++c) sum += std::exp(logits[c * pixels + p]);
      for (std::size_t c = 0; c < classes; ++c)
        field[c * pixels + p] = std::exp(logits[c * pixels + p]) / sum;
    }
  };
  normalise();
  for (int n = 0; n < options.iterations; ++n) {
    for (std::size_t c = 0; c < classes; ++c)
      for (std::size_t i = 0; i < pixels; ++i) {
        double& logit = logits[c * pixels + i];
        logit = from.scores.log_probabilities[c * pixels + i];
        for (std::size_t j = 0; j < pixels; ++j)
          logit += kernels[i * pixels + j] * field[c * pixels + j];
      }
    normalise();
  }
  return field;
}

int quarters(int x, int y) {
  return x < 12 ? 0 : y < 9 ? 1 : 2;
}

struct FieldsApart {
  double mean = 0;         // of the differences of probabilities
  double same_labels = 0;  // share of the pixels
};

FieldsApart apart_from_exact(const CrfCase& made) {
  WindowScores ours = made.scores, exact = made.scores;
  sharpen(ours, made.shown, {});
  const std::vector<double> field = exact_field(made, {});
  FieldsApart apart;
  for (std::size_t i = 0; i < field.size(); ++i) {
    exact.log_probabilities[i] = static_cast<float>(std::log(field[i]));
    apart.mean += std::abs(field[i] - std::exp(double{ours.log_probabilities[i]})) /
                  static_cast<double>(field.size());
  }
  const auto a = labels_of(ours), b = labels_of(exact);
  for (std::size_t p = 0; p < a.size(); ++p)
    apart.same_labels += a[p] == b[p] ? 1 / static_cast<double>(a.size()) : 0;
  return apart;
}

// What the lattice costs: next to nothing where colours are a few deviations apart, one label in a
// hundred where they are noisy, one in forty where every pixel has a colour of its own (vertices
// between them are missing then).
TEST(Sharpen, IsNearTheExactMeanField) {
  for (const CrfNoise noise : {CrfNoise{0.5, 3}, {2, 3}, {0.5, 12}, {1, 12}}) {
    const FieldsApart apart = apart_from_exact(noisy_case({0, 0, 24, 20}, 3, noise, quarters));
    EXPECT_LT(apart.mean, 0.005) << noise.colour;
    EXPECT_GE(apart.same_labels, 0.99) << noise.colour;
  }
  const FieldsApart apart = apart_from_exact(noisy_case({0, 0, 24, 20}, 3, {0.5, 40}, quarters));
  EXPECT_LT(apart.mean, 0.025);
  EXPECT_GE(apart.same_labels, 0.97);
}

// Without the kernel that is approximated nothing is.
TEST(Sharpen, SumsPlacesExactly) {
  const CrfCase made = noisy_case({0, 0, 24, 20}, 5, {}, quarters);
  CrfOptions options;
  options.alike_weight = 0;
  WindowScores ours = made.scores;
  sharpen(ours, made.shown, options);
  const std::vector<double> field = exact_field(made, options);
  for (std::size_t i = 0; i < field.size(); ++i)
    ASSERT_NEAR(field[i], std::exp(ours.log_probabilities[i]), 2e-3);
}

TEST(Sharpen, FollowsAnEdgeOfColours) {
  const auto half = [](int x, int y) { return x + y / 4 < 37 ? 0 : 1; };
  CrfCase made = noisy_case({0, 0, 80, 60}, 2, {}, half);
  const auto wrong = [&] {
    const auto labels = labels_of(made.scores);
    std::size_t count = 0;
    for (std::size_t p = 0; p < labels.size(); ++p)
      count += labels[p] == static_cast<std::size_t>(
                                half(static_cast<int>(p % 80), static_cast<int>(p / 80)))
                   ? 0
                   : 1;
    return count;
  };
  EXPECT_GT(wrong(), 900U);  // of 4800
  sharpen(made.scores, made.shown, {});
  EXPECT_LT(wrong(), 10U);
}

TEST(Sharpen, LeavesOutWhatHoldsNoData) {
  CrfCase made = noisy_case({5, 3, 40, 30}, 3, {}, quarters);
  for (std::size_t p = 0; p < made.shown.valid.size(); p += 1 + p % 3) made.shown.valid[p] = 0;
  CrfCase other = made;
  for (std::size_t p = 0; p < made.shown.valid.size(); ++p)
    if (made.shown.valid[p] == 0) {
      other.shown.picture.pixels[3 * p] = static_cast<std::uint8_t>(p % 256);
      other.scores.log_probabilities[p] = 50;
    }
  const WindowScores before = other.scores;
  sharpen(made.scores, made.shown, {});
  sharpen(other.scores, other.shown, {});
  const std::size_t pixels = made.shown.valid.size();
  for (std::size_t i = 0; i < made.scores.log_probabilities.size(); ++i) {
    const bool there = made.shown.valid[i % pixels] != 0;
    ASSERT_EQ(other.scores.log_probabilities[i],
              there ? made.scores.log_probabilities[i] : before.log_probabilities[i]);
  }
  other.shown.valid.assign(pixels, 0);
  WindowScores untouched = before;
  sharpen(untouched, other.shown, {});
  EXPECT_EQ(untouched.log_probabilities, before.log_probabilities);
}

// More classes than a group has lanes, and more pixels than one task.
TEST(Sharpen, GivesProbabilitiesWhateverTheThreads) {
  std::vector<WindowScores> results;
  for (const int threads : {1, 2}) {
    CrfCase made = noisy_case({0, 0, 90, 70}, 6, {}, quarters);
    tbb::task_arena arena(threads);
    arena.execute([&] { sharpen(made.scores, made.shown, {}); });
    results.push_back(made.scores);
  }
  EXPECT_EQ(results[0].log_probabilities, results[1].log_probabilities);
  for (std::size_t p = 0; p < results[0].pixels(); ++p) {
    double sum = 0;
    for (std::size_t c = 0; c < 6; ++c)
      sum += std::exp(double{results[0].log_probabilities[c * results[0].pixels() + p]});
    ASSERT_NEAR(sum, 1, 1e-5);
  }
}

TEST(CrfOptions, NamesEveryProblem) {
  CrfOptions options;
  options.iterations = 0;
  options.colour_deviation = 0;
  options.near_weight = std::nan("");
  try {
    options.validate();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    const std::string text = error.what();
    for (const char* word : {"iterations", "colours", "near pixels"})
      EXPECT_NE(text.find(word), std::string::npos) << text;
  }
  EXPECT_NO_THROW(CrfOptions{}.validate());
}

}  // namespace
}  // namespace skyglot
