// SPDX-License-Identifier: Apache-2.0
#include "scores/linear_probe.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/linear_algebra.hpp"
#include "base/strings.hpp"
#include "scores/metrics.hpp"
#include "scores/row_blocks.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <map>
#include <utility>

namespace skyglot {
namespace {

void require_data(const ProbeData& data) {
  if (data.features.rows() == 0) fail(ErrorKind::input, "a linear probe needs labelled vectors");
  require_labels(data.labels, data.features.rows(), data.classes);
  require_finite(data.features, "labelled vectors");
  expect(data.weights.empty() || std::ssize(data.weights) == data.features.rows(),
         "a weight for each row");
}

// Logits become probabilities minus the one-hot truth; the row's cross-entropy is returned.
double residual(std::span<float> logits, std::size_t label) {
  const double highest = *std::ranges::max_element(logits);
  const double own = logits[label];
  double sum = 0;
  for (const float logit : logits) sum += std::exp(double{logit} - highest);
  const double log_sum = highest + std::log(sum);
  for (float& logit : logits) logit = static_cast<float>(std::exp(double{logit} - log_sum));
  logits[label] = static_cast<float>(std::expm1(own - log_sum));
  return log_sum - own;
}

// Weights row by row, then the bias.
void unpack(std::span<const double> x, Matrix& weights, std::vector<float>& bias) {
  const auto narrow = [](double value) { return static_cast<float>(value); };
  std::ranges::transform(x.first(weights.values.size()), weights.values.begin(), narrow);
  std::ranges::transform(x.subspan(weights.values.size()), bias.begin(), narrow);
}

// The regularised mean loss as a function of the classes x features weights followed by the bias.
class ProbeLoss {
 public:
  ProbeLoss(const ProbeData& data, double c)
      : data_(data),
        penalty_(1 / (c * static_cast<double>(data.features.rows()))),
        weights_(data.classes, data.features.cols()),
        bias_(static_cast<std::size_t>(data.classes)) {}

  double operator()(std::span<const double> x, std::span<double> gradient) {
    unpack(x, weights_, bias_);
    std::ranges::fill(gradient, 0.0);
    double loss = 0;
    const std::int64_t rows = data_.features.rows();
    const std::int64_t step = rows_per_block(data_.classes, 0);
    for (std::int64_t first = 0; first < rows; first += step)
      loss += add_block(first, std::min(step, rows - first), gradient);
    for (double& value : gradient) value /= static_cast<double>(rows);
    return loss / static_cast<double>(rows) + add_penalty(x, gradient);
  }

 private:
  double add_block(std::int64_t first, std::int64_t count, std::span<double> gradient) {
    const Matrix features = data_.features.block(first, count);
    Matrix block = inner_products(features, 0, count, weights_);
    double loss = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::span<float> row = block.row(i);
      for (std::size_t k = 0; k < row.size(); ++k) row[k] += bias_[k];
      const auto label = data_.labels[static_cast<std::size_t>(first + i)];
      loss += weighted(row, residual(row, static_cast<std::size_t>(label)), first + i);
      for (std::size_t k = 0; k < row.size(); ++k) gradient[weights_.values.size() + k] += row[k];
    }
    const Matrix product = transposed_product(block, features);
    for (std::size_t i = 0; i < product.values.size(); ++i) gradient[i] += product.values[i];
    return loss;
  }

  [[nodiscard]] double weighted(std::span<float> residuals, double loss, std::int64_t row) const {
    if (data_.weights.empty()) return loss;
    const float weight = data_.weights[static_cast<std::size_t>(row)];
    for (float& value : residuals) value *= weight;
    return weight * loss;
  }

  [[nodiscard]] double add_penalty(std::span<const double> x, std::span<double> gradient) const {
    double square = 0;
    for (std::size_t i = 0; i < weights_.values.size(); ++i) {
      square += x[i] * x[i];
      gradient[i] += penalty_ * x[i];
    }
    return penalty_ * square / 2;
  }

  ProbeData data_;
  double penalty_;
  Matrix weights_;
  std::vector<float> bias_;
};

std::vector<double> start_values(const ProbeData& data, const LinearProbe* start) {
  std::vector<double> x(static_cast<std::size_t>(data.classes * (data.features.cols() + 1)), 0);
  if (start == nullptr) return x;
  const auto rest = std::ranges::copy(start->weights.values, x.begin()).out;
  std::ranges::copy(start->bias, rest);
  return x;
}

// --- the search for C ---

// C as steps of an eighth of a decade, so that it is one of 97 values whatever way leads to it.
constexpr int kStepsPerDecade = 8;
constexpr int kLastStep = 6 * kStepsPerDecade;
constexpr int kCoarseStep = 2 * kStepsPerDecade;

double c_of(int step) {
  return std::pow(10.0, static_cast<double>(step) / kStepsPerDecade);
}

struct Split {
  std::vector<std::int64_t> training;
  std::vector<std::int64_t> validation;
};

struct HashedRow {
  std::uint64_t hash = 0;
  std::int64_t row = 0;
  auto operator<=>(const HashedRow&) const = default;
};

std::vector<std::vector<HashedRow>> rows_by_class(const ProbeData& data,
                                                  std::span<const std::string> ids,
                                                  std::uint64_t seed) {
  std::vector<std::vector<HashedRow>> classes(static_cast<std::size_t>(data.classes));
  for (std::int64_t i = 0; i < data.features.rows(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    const std::uint64_t key = ids.empty() ? at : stable_hash(ids[at]);
    classes[static_cast<std::size_t>(data.labels[at])].push_back({mix(seed, key), i});
  }
  return classes;
}

Split split_rows(const ProbeData& data, std::span<const std::string> ids,
                 const ProbeSearchOptions& options) {
  Split split;
  for (auto& rows : rows_by_class(data, ids, options.seed)) {
    std::ranges::sort(rows);
    const auto wanted = std::llround(options.validation_share * static_cast<double>(rows.size()));
    const auto held =
        std::clamp<std::int64_t>(wanted, 0, std::max<std::int64_t>(std::ssize(rows) - 1, 0));
    for (std::int64_t i = 0; i < std::ssize(rows); ++i)
      (i < held ? split.validation : split.training)
          .push_back(rows[static_cast<std::size_t>(i)].row);
  }
  if (split.validation.empty())
    fail(ErrorKind::input,
         "no class has enough rows to hold out {} of them for choosing C; give more rows, a larger "
         "share, or C itself",
         options.validation_share);
  std::ranges::sort(split.training);
  std::ranges::sort(split.validation);
  return split;
}

struct Rows {
  RowSource features;
  std::vector<std::int32_t> labels;
};

Rows rows_of(const ProbeData& data, const std::vector<std::int64_t>& chosen) {
  Rows rows{data.features.chosen(chosen), {}};
  for (const std::int64_t row : chosen)
    rows.labels.push_back(data.labels[static_cast<std::size_t>(row)]);
  return rows;
}

double accuracy(const LinearProbe& probe, const Rows& rows) {
  const Matrix scores = probe.scores(rows.features);
  std::int64_t hits = 0;
  for (std::int64_t i = 0; i < scores.rows; ++i) {
    const auto label = static_cast<std::size_t>(rows.labels[static_cast<std::size_t>(i)]);
    hits += best_column(scores.row(i)) == label ? 1 : 0;
  }
  return 100 * static_cast<double>(hits) / static_cast<double>(scores.rows);
}

// Tries values of C on a training and a validation part, each from the solution of the best so far.
class Search {
 public:
  Search(const ProbeData& data, const Split& split, const ProbeFitOptions& fit)
      : training_(rows_of(data, split.training)),
        validation_(rows_of(data, split.validation)),
        data_{training_.features, training_.labels, data.classes},
        fit_(fit) {}

  void try_step(int step) {
    if (step < -kLastStep || step > kLastStep || trials_.contains(step)) return;
    fit_.c = c_of(step);
    LinearProbe probe = fit_linear_probe(data_, fit_, trials_.empty() ? nullptr : &best_probe_);
    const ProbeTrial trial{fit_.c, accuracy(probe, validation_), probe.converged};
    trials_.emplace(step, trial);
    if (best_step() == step) best_probe_ = std::move(probe);
  }

  [[nodiscard]] int best_step() const {
    const auto worse = [](const auto& a, const auto& b) {
      return a.second.accuracy < b.second.accuracy;
    };
    return std::ranges::max_element(trials_, worse)->first;
  }

  [[nodiscard]] std::vector<ProbeTrial> trials() const {
    std::vector<ProbeTrial> list;
    for (const auto& [step, trial] : trials_) list.push_back(trial);
    return list;
  }

  [[nodiscard]] const LinearProbe& best_probe() const { return best_probe_; }

 private:
  Rows training_;
  Rows validation_;
  ProbeData data_;
  ProbeFitOptions fit_;
  std::map<int, ProbeTrial> trials_;
  LinearProbe best_probe_;
};

void run_search(Search& search) {
  for (int step = -kLastStep; step <= kLastStep; step += kCoarseStep) search.try_step(step);
  for (int beside = kCoarseStep / 2; beside >= 1; beside /= 2) {
    const int best = search.best_step();
    search.try_step(best - beside);
    search.try_step(best + beside);
  }
}

}  // namespace

void ProbeFitOptions::validate() const {
  std::vector<std::string> problems;
  if (!(c > 0) || !std::isfinite(c)) problems.push_back(fmt::format("C {} (above 0)", c));
  if (max_iterations < 1)
    problems.push_back(fmt::format("{} iterations (at least 1)", max_iterations));
  if (!(tolerance > 0)) problems.push_back(fmt::format("tolerance {} (above 0)", tolerance));
  if (!problems.empty()) fail(ErrorKind::usage, "linear probe: {}", join(problems, "; "));
}

void ProbeSearchOptions::validate() const {
  ProbeFitOptions rest = fit;
  rest.c = 1;
  rest.validate();
  if (validation_share > 0 && validation_share < 1) return;
  fail(ErrorKind::usage, "linear probe: validation share {} (between 0 and 1, such as 0.2)",
       validation_share);
}

Matrix LinearProbe::scores(const RowSource& features) const {
  require_same_length(features, weights, "linear probe");
  Matrix logits = all_scores(features, weights);
  for (std::int64_t i = 0; i < logits.rows; ++i)
    std::ranges::transform(logits.row(i), bias, logits.row(i).begin(), std::plus<>());
  return logits;
}

SmoothFunction probe_loss(const ProbeData& data, double c) {
  return ProbeLoss(data, c);
}

LinearProbe fit_linear_probe(const ProbeData& data, const ProbeFitOptions& options,
                             const LinearProbe* start) {
  options.validate();
  require_data(data);
  LbfgsOptions how;
  how.max_iterations = options.max_iterations;
  how.tolerance = options.tolerance;
  ProbeData kept = data;
  kept.features = data.features.kept(kMostKeptBytes);
  const Minimum minimum = minimise(probe_loss(kept, options.c), start_values(data, start), how);
  LinearProbe probe{Matrix(data.classes, data.features.cols()),
                    std::vector<float>(static_cast<std::size_t>(data.classes)), minimum.value,
                    minimum.iterations, minimum.converged};
  unpack(minimum.x, probe.weights, probe.bias);
  return probe;
}

ProbeSearch search_linear_probe(const ProbeData& data, std::span<const std::string> ids,
                                const ProbeSearchOptions& options) {
  options.validate();
  require_data(data);
  expect(data.weights.empty(), "C is searched for rows that count alike");
  expect(ids.empty() || std::ssize(ids) == data.features.rows(), "as many ids as rows");
  const Split split = split_rows(data, ids, options);
  Search search(data, split, options.fit);
  run_search(search);
  ProbeSearch result;
  result.c = c_of(search.best_step());
  result.training_rows = std::ssize(split.training);
  result.validation_rows = std::ssize(split.validation);
  result.trials = search.trials();
  ProbeFitOptions fit = options.fit;
  fit.c = result.c;
  result.probe = fit_linear_probe(data, fit, &search.best_probe());
  return result;
}

}  // namespace skyglot
