// SPDX-License-Identifier: Apache-2.0
#include "scores/metrics.hpp"

#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/random.hpp"
#include "base/strings.hpp"
#include "scores/binomial.hpp"
#include "scores/row_blocks.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

namespace skyglot {
namespace {

// As numpy's percentile: linear between order statistics.
double quantile(const std::vector<double>& sorted, double share) {
  const double at = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], at - static_cast<double>(below));
}

void require_no_nan(std::span<const float> scores, std::int64_t row) {
  if (std::ranges::none_of(scores, [](float v) { return std::isnan(v); })) return;
  fail(ErrorKind::input,
       "row {} has a score that is not a number; its embedding is damaged, make it anew", row);
}

// How many classes come before `label`: a higher score, or the same and a lower index.
std::size_t classes_before(std::span<const float> scores, std::size_t label) {
  const float own = scores[label];
  const auto higher = std::ranges::count_if(scores, [&](float v) { return v > own; });
  const auto ties = std::ranges::count(scores.first(label), own);
  return static_cast<std::size_t>(higher + ties);
}

void fill_classes(ClassificationScore& score) {
  double sum = 0;
  int seen = 0;
  for (std::size_t k = 0; k < score.confusion.classes(); ++k) {
    const ClassCount count{score.confusion.names[k], score.confusion.row_total(k),
                           score.confusion.at(k, k)};
    score.per_class.push_back(count);
    if (count.count == 0) continue;
    sum += percent_of(count.correct, count.count);
    ++seen;
  }
  score.mean_class_accuracy = seen == 0 ? 0 : sum / seen;
}

// The value of every sample, each from a stream of its own, as an interval.
Interval interval_of(const BootstrapOptions& options,
                     const std::function<double(RandomStream&)>& sample) {
  std::vector<double> values(static_cast<std::size_t>(options.samples));
  for (std::size_t b = 0; b < values.size(); ++b) {
    RandomStream random(options.seed, "bootstrap", {b});
    values[b] = sample(random);
  }
  std::ranges::sort(values);
  const double tail = (1 - options.level) / 2;
  return {quantile(values, tail), quantile(values, 1 - tail)};
}

// A multinomial draw: how often each kind comes among `count`, one binomial after the other.
Cluster draw_clusters(RandomStream& random, const std::map<Cluster, std::int64_t>& kinds,
                      std::int64_t count) {
  Cluster sum;
  std::int64_t of = count;
  std::int64_t left = count;
  for (const auto& [kind, times] : kinds) {
    const double share = static_cast<double>(times) / static_cast<double>(of);
    const auto drawn = static_cast<double>(draw_binomial(random, left, share));
    sum.hits += drawn * kind.hits;
    sum.items += drawn * kind.items;
    left -= static_cast<std::int64_t>(drawn);
    of -= times;
  }
  return sum;
}

struct BinaryCounts {
  std::int64_t true_positive = 0;
  std::int64_t false_positive = 0;
  std::int64_t false_negative = 0;
};

BinaryCounts counts_at(float threshold, std::span<const float> scores,
                       std::span<const std::int32_t> labels) {
  BinaryCounts counts;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const bool found = scores[i] >= threshold;
    counts.true_positive += found && labels[i] == 1 ? 1 : 0;
    counts.false_positive += found && labels[i] == 0 ? 1 : 0;
    counts.false_negative += !found && labels[i] == 1 ? 1 : 0;
  }
  return counts;
}

BinaryScore score_of(const BinaryCounts& counts, double threshold) {
  constexpr double kSmall = 1e-9;
  const auto hits = static_cast<double>(counts.true_positive);
  BinaryScore score;
  score.threshold = threshold;
  score.precision = (hits + kSmall) / (hits + static_cast<double>(counts.false_positive) + kSmall);
  score.recall = (hits + kSmall) / (hits + static_cast<double>(counts.false_negative) + kSmall);
  score.f1 = 2 * score.precision * score.recall / (score.precision + score.recall + kSmall);
  return score;
}

}  // namespace

void BootstrapOptions::validate() const {
  std::vector<std::string> problems;
  if (samples < 1) problems.push_back(fmt::format("{} samples (at least 1)", samples));
  if (!(level > 0 && level < 1))
    problems.push_back(fmt::format("level {} (between 0 and 1, such as 0.95)", level));
  if (!problems.empty()) fail(ErrorKind::usage, "bootstrap interval: {}", join(problems, "; "));
}

Interval bootstrap_share(std::int64_t hits, std::int64_t count, const BootstrapOptions& options) {
  options.validate();
  if (count == 0) return {};
  const double share = static_cast<double>(hits) / static_cast<double>(count);
  return interval_of(options, [&](RandomStream& random) {
    return percent_of(draw_binomial(random, count, share), count);
  });
}

Interval bootstrap_clusters(std::span<const Cluster> clusters, const BootstrapOptions& options) {
  options.validate();
  std::map<Cluster, std::int64_t> kinds;  // equal ones are drawn as one
  for (const Cluster& cluster : clusters) ++kinds[cluster];
  return interval_of(options, [&](RandomStream& random) {
    const Cluster sum = draw_clusters(random, kinds, std::ssize(clusters));
    return sum.items > 0 ? 100 * sum.hits / sum.items : 0.0;
  });
}

std::size_t best_column(std::span<const float> scores) {
  return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
}

ClassificationScore score_classification(const Matrix& scores, std::span<const std::int32_t> labels,
                                         std::span<const std::string> class_names,
                                         const BootstrapOptions& options, ZeroScore zero) {
  expect(scores.cols == std::ssize(class_names), "as many columns of scores as class names");
  if (scores.rows == 0) fail(ErrorKind::input, "there is no picture with a known class to score");
  require_labels(labels, scores.rows, scores.cols);
  ClassificationScore score;
  score.count = scores.rows;
  score.confusion = ConfusionMatrix(class_names);
  std::int64_t top1 = 0;
  std::int64_t top5 = 0;
  for (std::int64_t i = 0; i < scores.rows; ++i) {
    require_no_nan(scores.row(i), i);
    const auto label = static_cast<std::size_t>(labels[static_cast<std::size_t>(i)]);
    const std::size_t before = classes_before(scores.row(i), label);
    top1 += before == 0 ? 1 : 0;
    const bool absent = zero == ZeroScore::is_absence && scores.row(i)[label] == 0;
    top5 += before < 5 && !absent ? 1 : 0;
    score.confusion.add(label, best_column(scores.row(i)));
  }
  score.top1 = percent_of(top1, score.count);
  score.top5 = percent_of(top5, score.count);
  score.top1_interval = bootstrap_share(top1, score.count, options);
  fill_classes(score);
  return score;
}

BinaryScore best_f1(std::span<const float> scores, std::span<const std::int32_t> labels) {
  if (scores.empty()) fail(ErrorKind::input, "there is no picture with a known label to score");
  require_labels(labels, std::ssize(scores), 2);
  for (std::size_t i = 0; i < scores.size(); ++i)
    require_no_nan(scores.subspan(i, 1), static_cast<std::int64_t>(i));
  BinaryScore best;
  for (int step = 0; step <= 100; ++step) {
    const double threshold = (step - 50) / 50.0;
    const BinaryScore score =
        score_of(counts_at(static_cast<float>(threshold), scores, labels), threshold);
    if (score.f1 > best.f1) best = score;
  }
  return best;
}

}  // namespace skyglot
