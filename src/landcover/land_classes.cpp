// SPDX-License-Identifier: Apache-2.0
#include "landcover/land_classes.hpp"

#include "base/error.hpp"
#include "base/linear_algebra.hpp"
#include "base/random.hpp"
#include "scores/k_means.hpp"
#include "scores/linkage.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

// Kelly's colours of maximal contrast (1965), those that maps of land seldom need last.
constexpr std::array<Colour, 20> kContrast{
    {{243, 195, 0},   {0, 136, 86},  {0, 103, 165},  {190, 0, 50},    {161, 202, 241},
     {141, 182, 0},   {136, 45, 23}, {243, 132, 0},  {135, 86, 146},  {194, 178, 128},
     {230, 143, 172}, {101, 69, 34}, {220, 211, 0},  {96, 78, 151},   {249, 147, 121},
     {43, 61, 38},    {226, 88, 34}, {179, 68, 108}, {132, 132, 130}, {246, 166, 0}}};

// log softmax(scale * value) in the values' place.
void log_softmax(std::span<float> values, double scale) {
  const double highest = double{*std::ranges::max_element(values)};
  double sum = 0;
  for (const float value : values) sum += std::exp(scale * (double{value} - highest));
  const double offset = scale * highest + std::log(sum);
  for (float& value : values) value = static_cast<float>(scale * double{value} - offset);
}

// A class's cosine is that of its nearest centre: sums over centres would favour classes that were
// joined from many.
void nearest_of_classes(std::span<const float> cosines, const LandClasses& classes,
                        std::span<float> out) {
  std::ranges::fill(out, -1.F);
  for (std::size_t k = 0; k < cosines.size(); ++k) {
    float& best = out[static_cast<std::size_t>(classes.class_of[k])];
    best = std::max(best, cosines[k]);
  }
}

}  // namespace

void ClusteringOptions::validate() const {
  std::string problems;
  if (classes < 2 || classes > kMostClasses)
    problems +=
        fmt::format("; {} classes were asked for, 2 to {} are possible", classes, kMostClasses);
  if (restarts < 1) problems += fmt::format("; restarts is {}, at least 1 is needed", restarts);
  if (centres < 1) problems += fmt::format("; centres is {}, at least 1 is needed", centres);
  if (!problems.empty()) fail(ErrorKind::usage, "classes: {}", problems.substr(2));
}

LandClasses cluster_codes(const Matrix& codes, const ClusteringOptions& options) {
  options.validate();
  KMeansOptions fit;
  fit.clusters = std::max(options.centres, options.classes);
  LandClasses classes;
  classes.centres = Matrix(0, codes.cols);
  for (std::int64_t i = 0; i < options.restarts; ++i) {
    fit.seed = RandomStream(options.seed, "restart", {static_cast<std::uint64_t>(i)}).next();
    const Matrix found = k_means(codes, fit).centres;
    classes.centres.values.insert(classes.centres.values.end(), found.values.begin(),
                                  found.values.end());
    classes.centres.rows += found.rows;
  }
  classes.class_of = average_linkage(classes.centres, options.classes);
  classes.classes = unnamed_classes(options.classes);
  return classes;
}

std::vector<CoverClass> unnamed_classes(std::int64_t count) {
  std::vector<CoverClass> classes;
  for (std::int64_t i = 0; i < count; ++i) {
    const Colour base = kContrast[static_cast<std::size_t>(i) % kContrast.size()];
    const auto shade = [&](std::uint8_t value) {
      return static_cast<std::uint8_t>(value * (10 - i / std::ssize(kContrast) % 10) / 10);
    };
    classes.push_back(
        {fmt::format("class {}", i + 1), {shade(base[0]), shade(base[1]), shade(base[2])}});
  }
  return classes;
}

Matrix class_log_probabilities(const Matrix& codes, const LandClasses& classes, double sharpness) {
  if (classes.probe.weights.rows > 0) {
    Matrix logits = classes.probe.apply(codes);
    for (std::int64_t i = 0; i < logits.rows; ++i) log_softmax(logits.row(i), 1);
    return logits;
  }
  const Matrix cosines = inner_products(codes, 0, codes.rows, classes.centres);
  Matrix result(codes.rows, std::ssize(classes.classes));
  for (std::int64_t i = 0; i < codes.rows; ++i) {
    nearest_of_classes(cosines.row(i), classes, result.row(i));
    log_softmax(result.row(i), sharpness);
  }
  return result;
}

}  // namespace skyglot
