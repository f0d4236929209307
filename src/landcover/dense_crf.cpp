// SPDX-License-Identifier: Apache-2.0
#include "landcover/dense_crf.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"

#include "landcover/permutohedral.hpp"
#include <fmt/core.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace skyglot {
namespace {

constexpr int kCrfDimensions = 5;  // column, row, three colours
constexpr std::size_t kLanes = std::tuple_size_v<Lanes>;
constexpr double kTinyNorm = 1e-20;  // as published, for points without neighbours

std::size_t groups_of(std::int64_t classes) {
  return (static_cast<std::size_t>(classes) + kLanes - 1) / kLanes;
}

// Sums over nearby pixels with the weights of a Gaussian, four deviations wide.
class NearSum {
 public:
  NearSum(int width, int height, const std::vector<std::uint32_t>& pixels, double deviation)
      : width_(width),
        height_(height),
        pixels_(pixels),
        grid_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height)),
        rows_(grid_.size()) {
    const int radius = static_cast<int>(std::ceil(4 * deviation));
    for (int i = 0; i <= radius; ++i)
      weights_.push_back(static_cast<float>(std::exp(-0.5 * i * i / (deviation * deviation))));
  }

  // A value in, a value out, for each of the pixels.
  void filter(const std::vector<Lanes>& values, std::vector<Lanes>& filtered) {
    tbb::parallel_for(std::size_t{0}, pixels_.size(),
                      [&](std::size_t p) { grid_[pixels_[p]] = values[p]; });
    tbb::parallel_for(0, height_, [&](int y) {
      for (int x = 0; x < width_; ++x)
        rows_[at(x, y)] = sum_along(grid_, at(x, y), 1, {x, width_ - 1 - x});
    });
    tbb::parallel_for(std::size_t{0}, pixels_.size(), [&](std::size_t p) {
      const auto y = static_cast<int>(pixels_[p] / static_cast<std::uint32_t>(width_));
      filtered[p] =
          sum_along(rows_, pixels_[p], static_cast<std::size_t>(width_), {y, height_ - 1 - y});
    });
  }

 private:
  // Pixels there are on either side.
  struct Reach {
    int before, after;
  };

  [[nodiscard]] std::size_t at(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
           static_cast<std::size_t>(x);
  }

  [[nodiscard]] Lanes sum_along(const std::vector<Lanes>& values, std::size_t pixel,
                                std::size_t step, Reach reach) const {
    Lanes sum = values[pixel];
    const auto add = [&](std::size_t from, float weight) {
      for (std::size_t i = 0; i < kLanes; ++i) sum[i] += weight * values[from][i];
    };
    const int radius = static_cast<int>(weights_.size()) - 1;
    for (int i = 1; i <= std::min(radius, reach.before); ++i)
      add(pixel - static_cast<std::size_t>(i) * step, weights_[static_cast<std::size_t>(i)]);
    for (int i = 1; i <= std::min(radius, reach.after); ++i)
      add(pixel + static_cast<std::size_t>(i) * step, weights_[static_cast<std::size_t>(i)]);
    return sum;
  }

  int width_, height_;
  const std::vector<std::uint32_t>& pixels_;
  std::vector<float> weights_;
  std::vector<Lanes> grid_, rows_;  // pixels without data stay 0
};

// Places in the scene, not in the window: the lattice is the same whatever window is drawn.
std::vector<float> crf_features(const PixelWindow& window, const ShownGround& shown,
                                const std::vector<std::uint32_t>& pixels,
                                const CrfOptions& options) {
  std::vector<float> features(pixels.size() * kCrfDimensions);
  const auto width = static_cast<std::uint32_t>(window.width);
  tbb::parallel_for(std::size_t{0}, pixels.size(), [&](std::size_t p) {
    float* feature = features.data() + p * kCrfDimensions;
    const std::uint32_t pixel = pixels[p];
    const double x = window.x + static_cast<double>(pixel % width);
    const double y = window.y + static_cast<double>(pixel / width);
    feature[0] = static_cast<float>(x / options.alike_deviation);
    feature[1] = static_cast<float>(y / options.alike_deviation);
    for (std::size_t band = 0; band < 3; ++band)
      feature[2 + band] = static_cast<float>(shown.picture.pixels[std::size_t{3} * pixel + band] /
                                             options.colour_deviation);
  });
  return features;
}

// The mean field: classes in groups of lanes, those past the last class 0 throughout.
class MeanField {
 public:
  MeanField(const WindowScores& scores, const ShownGround& shown, const CrfOptions& options)
      : classes_(static_cast<std::size_t>(scores.classes)),
        options_(options),
        pixels_(pixels_with_data(shown)),
        near_(scores.window.width, scores.window.height, pixels_, options.near_deviation),
        alike_(crf_features(scores.window, shown, pixels_, options), kCrfDimensions),
        scaled_(pixels_.size()),
        message_(pixels_.size()),
        logits_(groups_of(scores.classes), std::vector<Lanes>(pixels_.size())) {
    gather(scores);
    near_norm_ = norm_of([&] { near_.filter(scaled_, message_); });
    alike_norm_ = norm_of([&] { alike_.filter(scaled_, message_); });
  }

  void run() {
    field_ = logits_;
    to_probabilities();
    for (int i = 0; i < options_.iterations; ++i) {
      check_interrupt();
      for (std::size_t group = 0; group < field_.size(); ++group) pass_messages(group);
      to_probabilities();
    }
  }

  void scatter(WindowScores& scores) const {
    constexpr float kLeast = std::numeric_limits<float>::min();
    tbb::parallel_for(std::size_t{0}, pixels_.size(), [&](std::size_t p) {
      for (std::size_t c = 0; c < classes_; ++c)
        scores.log_probabilities[c * scores.pixels() + pixels_[p]] =
            std::log(std::max(field_[c / kLanes][p][c % kLanes], kLeast));
    });
  }

 private:
  static std::vector<std::uint32_t> pixels_with_data(const ShownGround& shown) {
    std::vector<std::uint32_t> pixels;
    for (std::size_t p = 0; p < shown.valid.size(); ++p)
      if (shown.valid[p] != 0) pixels.push_back(static_cast<std::uint32_t>(p));
    return pixels;
  }

  void gather(const WindowScores& scores) {
    tbb::parallel_for(std::size_t{0}, pixels_.size(), [&](std::size_t p) {
      for (std::size_t c = 0; c < classes_; ++c)
        logits_[c / kLanes][p][c % kLanes] =
            scores.log_probabilities[c * scores.pixels() + pixels_[p]];
    });
  }

  template <typename Filter>
  std::vector<float> norm_of(const Filter& filter) {
    std::ranges::fill(scaled_, Lanes{1});
    filter();
    std::vector<float> norm(pixels_.size());
    std::ranges::transform(message_, norm.begin(), [](const Lanes& sum) {
      return static_cast<float>(1 / std::sqrt(double{sum[0]} + kTinyNorm));
    });
    return norm;
  }

  // Puts logits plus both kernels' messages in place of the probabilities of a group.
  void pass_messages(std::size_t group) {
    scale(field_[group], near_norm_);
    near_.filter(scaled_, message_);
    std::vector<Lanes>& target = field_[group];
    const std::vector<float>& alike = alike_norm_;
    const auto near_weight = static_cast<float>(options_.near_weight);
    const auto alike_weight = static_cast<float>(options_.alike_weight);
    tbb::parallel_for(std::size_t{0}, pixels_.size(), [&](std::size_t p) {
      for (std::size_t i = 0; i < kLanes; ++i) {
        scaled_[p][i] = alike[p] * target[p][i];
        target[p][i] = logits_[group][p][i] + near_weight * near_norm_[p] * message_[p][i];
      }
    });
    alike_.filter(scaled_, message_);
    tbb::parallel_for(std::size_t{0}, pixels_.size(), [&](std::size_t p) {
      for (std::size_t i = 0; i < kLanes; ++i)
        target[p][i] += alike_weight * alike[p] * message_[p][i];
    });
  }

  void scale(const std::vector<Lanes>& values, const std::vector<float>& norm) {
    tbb::parallel_for(std::size_t{0}, pixels_.size(), [&](std::size_t p) {
      for (std::size_t i = 0; i < kLanes; ++i) scaled_[p][i] = norm[p] * values[p][i];
    });
  }

  void to_probabilities() {
    tbb::parallel_for(std::size_t{0}, pixels_.size(), [&](std::size_t p) {
      float most = -std::numeric_limits<float>::infinity();
      for (std::size_t c = 0; c < classes_; ++c)
        most = std::max(most, field_[c / kLanes][p][c % kLanes]);
      float sum = 0;
      for (std::size_t c = 0; c < classes_; ++c) {
        float& value = field_[c / kLanes][p][c % kLanes];
        value = std::exp(value - most);
        sum += value;
      }
      for (std::size_t c = 0; c < classes_; ++c) field_[c / kLanes][p][c % kLanes] /= sum;
    });
  }

  std::size_t classes_;
  const CrfOptions& options_;
  std::vector<std::uint32_t> pixels_;  // that hold data
  NearSum near_;
  PermutohedralLattice alike_;
  std::vector<Lanes> scaled_, message_;
  std::vector<std::vector<Lanes>> logits_, field_;
  std::vector<float> near_norm_, alike_norm_;
};

}  // namespace

void CrfOptions::validate() const {
  std::string problems;
  const auto demand = [&](bool good, const char* what, double value) {
    if (!good) problems += fmt::format("; {} is {}", what, value);
  };
  demand(iterations >= 1 && iterations <= 1000, "the iterations, in [1, 1000]:", iterations);
  demand(near_deviation > 0 && near_deviation <= 100,
         "the deviation of near pixels, in (0, 100]:", near_deviation);
  demand(alike_deviation >= 1 && alike_deviation <= 1e6,
         "the deviation of places, in [1, 1e6]:", alike_deviation);
  demand(colour_deviation >= 1 && colour_deviation <= 1e6,
         "the deviation of colours, in [1, 1e6]:", colour_deviation);
  demand(near_weight >= 0 && std::isfinite(near_weight),
         "the weight of near pixels, not below 0:", near_weight);
  demand(alike_weight >= 0 && std::isfinite(alike_weight),
         "the weight of pixels alike, not below 0:", alike_weight);
  if (!problems.empty()) fail(ErrorKind::usage, "CRF: {}", problems.substr(2));
}

void sharpen(WindowScores& scores, const ShownGround& shown, const CrfOptions& options) {
  options.validate();
  expect(shown.valid.size() == scores.pixels(), "the picture of the scores' window");
  if (std::ranges::find(shown.valid, std::uint8_t{1}) == shown.valid.end()) return;
  MeanField field(scores, shown, options);
  field.run();
  field.scatter(scores);
}

std::uint64_t crf_bytes_a_pixel(std::int64_t classes) {
  // Logits and field; values before and after a filter, twice over for near pixels; two norms and
  // the pixel's number.
  return PermutohedralLattice::bytes_a_point(kCrfDimensions) +
         sizeof(Lanes) * (2 * groups_of(classes) + 4) + 12;
}

}  // namespace skyglot
