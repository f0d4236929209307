// SPDX-License-Identifier: Apache-2.0
#include "landcover/teaching.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/progress.hpp"
#include "scores/k_means.hpp"
#include "scores/linear_probe.hpp"

#include "landcover/cluster_names.hpp"
#include <fmt/core.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>

namespace skyglot {
namespace {

constexpr int kLabelBlock = 1024;  // pixels a side that objects are burnt into at once

// The label that most pixels of a window of a block have, and their share.
std::pair<std::int32_t, float> majority_in(const std::vector<std::uint8_t>& labels, int width,
                                           const PixelWindow& window) {
  std::array<std::int64_t, 256> counts{};
  for (int y = window.y; y < window.y + window.height; ++y)
    for (int x = window.x; x < window.x + window.width; ++x)
      ++counts[labels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) +
                      static_cast<std::size_t>(x)]];
  const auto best = std::max_element(counts.begin() + 1, counts.end());
  const double pixels = double(window.width) * window.height;
  return {static_cast<std::int32_t>(best - counts.begin() - 1),
          static_cast<float>(static_cast<double>(*best) / pixels)};
}

// Labelled cells in the order of the sample.
struct Lessons {
  Matrix codes;
  std::vector<std::int32_t> labels;
  std::vector<float> weights;
  std::vector<std::string> names;
};

// Share of each centre's cells that have each label.
std::vector<std::vector<double>> coverage_of(const std::vector<std::int32_t>& centre_of,
                                             std::size_t centres, const PatchLabels& labels) {
  // A centre of few cells says little.
  constexpr double kDoubt = 20;
  std::vector<std::vector<double>> coverage(centres, std::vector<double>(labels.names.size()));
  std::vector<double> cells(centres, kDoubt);
  for (std::size_t i = 0; i < centre_of.size(); ++i) {
    const auto centre = static_cast<std::size_t>(centre_of[i]);
    cells[centre] += 1;
    if (labels.label[i] >= 0) coverage[centre][static_cast<std::size_t>(labels.label[i])] += 1;
  }
  for (std::size_t k = 0; k < centres; ++k)
    for (double& share : coverage[k]) share /= cells[k];
  return coverage;
}

// How much each cell's label counts by the clusters, in (0, 1].
std::vector<float> agreement_weights(const Matrix& codes, const Matrix& centres,
                                     const PatchLabels& labels) {
  constexpr double kLeast = 0.05;
  const std::vector<std::int32_t> centre_of = nearest_centres(codes, centres);
  const auto coverage = coverage_of(centre_of, static_cast<std::size_t>(centres.rows), labels);
  std::vector<double> most(labels.names.size());
  for (const auto& row : coverage)
    for (std::size_t n = 0; n < row.size(); ++n) most[n] = std::max(most[n], row[n]);
  std::vector<float> weights(centre_of.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (labels.label[i] < 0) continue;
    const auto label = static_cast<std::size_t>(labels.label[i]);
    const double share = coverage[static_cast<std::size_t>(centre_of[i])][label];
    weights[i] = static_cast<float>(std::max(kLeast, share / most[label]));
  }
  return weights;
}

// Classes that at least two cells teach get numbers without gaps.
std::vector<std::int32_t> numbers_of_taught(const PatchLabels& labels) {
  std::vector<std::int64_t> counts(labels.names.size());
  for (const std::int32_t label : labels.label)
    if (label >= 0) ++counts[static_cast<std::size_t>(label)];
  std::vector<std::int32_t> numbers;
  std::int32_t next = 0;
  for (const std::int64_t count : counts) numbers.push_back(count >= 2 ? next++ : -1);
  if (next < 2)
    fail(ErrorKind::input,
         "the map's objects teach {} class of land here, two are needed: is it a map of this "
         "place? Smaller --inset and --least-share let smaller objects count",
         next);
  return numbers;
}

Lessons lessons_of(const Matrix& codes, const PatchLabels& labels,
                   const std::vector<float>& agreement) {
  const std::vector<std::int32_t> numbers = numbers_of_taught(labels);
  Lessons lessons{Matrix(0, codes.cols), {}, {}, {}};
  for (std::size_t n = 0; n < numbers.size(); ++n)
    if (numbers[n] >= 0) lessons.names.push_back(labels.names[n]);
  for (std::size_t i = 0; i < labels.label.size(); ++i) {
    const std::int32_t label = labels.label[i];
    if (label < 0 || numbers[static_cast<std::size_t>(label)] < 0) continue;
    const auto row = codes.row(static_cast<std::int64_t>(i));
    lessons.codes.values.insert(lessons.codes.values.end(), row.begin(), row.end());
    ++lessons.codes.rows;
    lessons.labels.push_back(numbers[static_cast<std::size_t>(label)]);
    lessons.weights.push_back(labels.share[i] * agreement[i]);
  }
  return lessons;
}

// The gradient of (1 - p^q) / q is that of cross-entropy times p^q, so rounds of weighted
// cross-entropy end where that loss has a minimum.
LinearProbe robust_probe(const Lessons& lessons, const TeachingOptions& options) {
  ProbeFitOptions fit;
  fit.c = options.c;
  fit.tolerance = 1e-5;
  std::vector<float> weights = lessons.weights;
  LinearProbe probe;
  for (int round = 0; round < options.rounds; ++round) {
    check_interrupt();
    const ProbeData data{lessons.codes, lessons.labels, std::ssize(lessons.names), weights};
    probe = fit_linear_probe(data, fit, round == 0 ? nullptr : &probe);
    if (options.robustness == 0) break;
    LandClasses classes;
    classes.probe = {probe.weights, probe.bias};
    const Matrix said = class_log_probabilities(lessons.codes, classes, 1);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const float own =
          said.row(static_cast<std::int64_t>(i))[static_cast<std::size_t>(lessons.labels[i])];
      weights[i] =
          lessons.weights[i] * static_cast<float>(std::exp(options.robustness * double{own}));
    }
  }
  return probe;
}

}  // namespace

void TeachingOptions::validate() const {
  std::string problems;
  if (!(inset_m >= 0)) problems += fmt::format("; the inset is {} m, not 0 or more", inset_m);
  if (!(least_share > 0 && least_share <= 1))
    problems += fmt::format("; the least share is {}, not in (0, 1]", least_share);
  if (!(robustness >= 0 && robustness < 1))
    problems += fmt::format("; the robustness is {}, not in [0, 1)", robustness);
  if (!(c > 0)) problems += fmt::format("; C is {}, not above 0", c);
  if (rounds < 1) problems += fmt::format("; rounds is {}, at least 1 is needed", rounds);
  if (!problems.empty()) fail(ErrorKind::usage, "teach: {}", problems.substr(2));
}

PatchLabels patch_labels(const Ground& ground, const PatchSample& sample, ObjectLabels& objects,
                         const TeachingOptions& options) {
  options.validate();
  PatchLabels result{objects.names(), std::vector<std::int32_t>(sample.places.size(), -1),
                     std::vector<float>(sample.places.size())};
  std::map<std::tuple<std::size_t, int, int>, std::vector<std::size_t>> blocks;
  for (std::size_t i = 0; i < sample.places.size(); ++i) {
    const GroundTile& one = sample.places[i];
    blocks[{one.scene, one.window.y / kLabelBlock, one.window.x / kLabelBlock}].push_back(i);
  }
  Progress progress("blocks of the map", blocks.size());
  for (const auto& [key, cells] : blocks) {
    check_interrupt();
    const auto& [scene, row, column] = key;
    int margin = 0;  // cells begin in the block and may end beyond it
    for (const std::size_t i : cells) margin = std::max(margin, sample.places[i].window.width);
    const PixelWindow block{column * kLabelBlock, row * kLabelBlock, kLabelBlock + margin,
                            kLabelBlock + margin};
    const auto labels = objects.over(ground.scenes()[scene], block, options.inset_m);
    for (const std::size_t i : cells) {
      PixelWindow window = sample.places[i].window;
      window.x -= block.x;
      window.y -= block.y;
      const auto [label, share] = majority_in(labels, block.width, window);
      if (double{share} < options.least_share) continue;
      result.label[i] = label;
      result.share[i] = share;
    }
    progress.advance();
  }
  return result;
}

TaughtClasses taught_classes(const Matrix& codes, const Matrix& centres, const PatchLabels& labels,
                             const TeachingOptions& options) {
  options.validate();
  const std::vector<float> agreement = options.agreement
                                           ? agreement_weights(codes, centres, labels)
                                           : std::vector<float>(labels.label.size(), 1);
  const Lessons lessons = lessons_of(codes, labels, agreement);
  TaughtClasses taught;
  LinearProbe probe = robust_probe(lessons, options);
  taught.classes.probe = {std::move(probe.weights), std::move(probe.bias)};
  taught.classes.classes = named_classes(lessons.names);
  taught.patches.resize(lessons.names.size());
  taught.agreement.resize(lessons.names.size());
  for (std::size_t i = 0; i < lessons.labels.size(); ++i) {
    const auto label = static_cast<std::size_t>(lessons.labels[i]);
    ++taught.patches[label];
    taught.agreement[label] += double{lessons.weights[i]};
  }
  for (std::size_t n = 0; n < taught.agreement.size(); ++n)
    taught.agreement[n] /= static_cast<double>(taught.patches[n]);
  return taught;
}

TaughtClasses taught_by_map(const Ground& ground, const ImageEncoder& backbone,
                            const LandcoverModel& model, ObjectLabels& objects,
                            const TeachingRequest& request) {
  if (model.classes.centres.rows == 0)
    fail(ErrorKind::input, "the model was taught already; teach the one that it was made from");
  const TileFeatures features =
      tile_features(ground, backbone, {request.layout, model.features, 0.25, request.cache});
  tbb::task_arena arena(backbone.context().threads());
  return arena.execute([&] {
    const PatchSample sample = sampled_patches(features, request.patches);
    const Matrix codes = blended_codes(sample, model.head.codes(sample.vectors));
    const PatchLabels labels = patch_labels(ground, sample, objects, request.options);
    return taught_classes(codes, model.classes.centres, labels, request.options);
  });
}

}  // namespace skyglot
