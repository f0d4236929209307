// SPDX-License-Identifier: Apache-2.0
#include "curate/stage_search.hpp"

#include "base/error.hpp"
#include "scores/folds.hpp"
#include "scores/metrics.hpp"
#include "scores/ordinal_regression.hpp"
#include "scores/principal_components.hpp"
#include "scores/row_blocks.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace skyglot {
namespace {

constexpr int kMostIterations = 5000;
constexpr double kTolerance = 1e-6;

// A softmax of two classes splits w into -w/2 and w/2, whose penalty is half of that of w.
LinearStage fit_binary(const ProbeData& data, ProbeFitOptions options) {
  options.c /= 2;
  const LinearProbe probe = fit_linear_probe(data, options);
  LinearStage stage{Matrix(1, data.features.cols()), {probe.bias[1] - probe.bias[0]}};
  std::ranges::transform(probe.weights.row(1), probe.weights.row(0), stage.weights.row(0).begin(),
                         std::minus<>());
  return stage;
}

LinearStage fit_ordinal(const ProbeData& data, const ProbeFitOptions& options) {
  const OrdinalRegression found = fit_ordinal_regression(data, options);
  LinearStage stage{Matrix(1, data.features.cols()), {}};
  std::ranges::copy(found.weights, stage.weights.row(0).begin());
  for (const float threshold : found.thresholds) stage.bias.push_back(-threshold);
  return stage;
}

Matrix columns(const Matrix& matrix, std::int64_t count) {
  Matrix result(matrix.rows, count);
  for (std::int64_t i = 0; i < matrix.rows; ++i)
    std::ranges::copy(matrix.row(i).first(static_cast<std::size_t>(count)), result.row(i).begin());
  return result;
}

// weights * axes, and the bias that the mean was: the stage for rows as they are.
LinearStage unfolded(const LinearStage& stage, const PrincipalComponents& components) {
  LinearStage result{Matrix(stage.weights.rows, components.axes.cols), stage.bias};
  for (std::int64_t k = 0; k < stage.weights.rows; ++k) {
    std::vector<double> row(static_cast<std::size_t>(components.axes.cols), 0);
    for (std::int64_t j = 0; j < components.axes.rows; ++j)
      for (std::size_t d = 0; d < row.size(); ++d)
        row[d] += double{stage.weights.row(k)[static_cast<std::size_t>(j)]} *
                  double{components.axes.row(j)[d]};
    const double offset = std::inner_product(row.begin(), row.end(), components.mean.begin(), 0.0);
    std::ranges::transform(row, result.weights.row(k).begin(),
                           [](double value) { return static_cast<float>(value); });
    // An ordinal stage has one row and several biases, all shifted alike.
    const bool shared = stage.weights.rows == 1;
    for (std::size_t b = 0; b < result.bias.size(); ++b)
      if (shared || b == static_cast<std::size_t>(k))
        result.bias[b] = static_cast<float>(double{result.bias[b]} - offset);
  }
  return result;
}

std::vector<std::int64_t> possible_components(const std::vector<std::int64_t>& asked,
                                              std::int64_t rows, std::int64_t columns) {
  std::vector<std::int64_t> possible;
  for (const std::int64_t count : asked)
    if (count <= std::min(rows, columns)) possible.push_back(count);
  if (possible.empty()) possible.push_back(std::min(rows, columns));
  std::ranges::sort(possible);
  possible.erase(std::ranges::unique(possible).begin(), possible.end());
  return possible;
}

// The grid on every fold: what each trial says of the tags it has not seen.
class CrossValidation {
 public:
  CrossValidation(const StageData& data, const VisibilityTraining& options)
      : data_(data),
        c_(options.c),
        folds_(stratified_folds(data.labels, data.ids, options.folds, options.seed)) {
    std::int64_t least = data.vectors.rows();
    for (int fold = 0; fold < options.folds; ++fold)
      least = std::min<std::int64_t>(least, std::ssize(rows(fold, false).rows));
    components_ = possible_components(options.components, least, data.vectors.cols());
    std::ranges::sort(c_);
    const auto classes = static_cast<std::int64_t>(data.classes.size());
    said_.assign(components_.size() * c_.size(), Matrix(data.vectors.rows(), classes));
    for (int fold = 0; fold < options.folds; ++fold) run_fold(fold);
  }

  [[nodiscard]] std::size_t trials() const { return said_.size(); }
  [[nodiscard]] std::int64_t components(std::size_t trial) const {
    return components_[trial / c_.size()];
  }
  [[nodiscard]] double c(std::size_t trial) const { return c_[trial % c_.size()]; }
  [[nodiscard]] const Matrix& said(std::size_t trial) const { return said_[trial]; }

 private:
  [[nodiscard]] FoldRows rows(int fold, bool inside) const {
    return rows_of_fold(data_.labels, data_.ids, folds_, fold, inside);
  }

  void run_fold(int fold) {
    const FoldRows training = rows(fold, false);
    const FoldRows held = rows(fold, true);
    if (held.rows.empty()) return;
    const RowSource vectors = data_.vectors.chosen(training.rows);
    const PrincipalComponents axes = principal_components(vectors, components_.back());
    const Matrix train_rows = axes.project(vectors);
    const Matrix held_rows = axes.project(data_.vectors.chosen(held.rows));
    tbb::parallel_for(std::size_t{0}, said_.size(), [&](std::size_t trial) {
      const Matrix features = columns(train_rows, components(trial));
      const auto classes = static_cast<std::int64_t>(data_.classes.size());
      const LinearStage stage =
          fit_stage(data_.kind, {features, training.labels, classes}, c(trial));
      const Matrix p =
          stage_probabilities(data_.kind, stage, columns(held_rows, components(trial)), classes);
      for (std::size_t i = 0; i < held.rows.size(); ++i)
        std::ranges::copy(p.row(static_cast<std::int64_t>(i)),
                          said_[trial].row(held.rows[i]).begin());
    });
  }

  const StageData& data_;
  std::vector<double> c_;
  std::vector<std::int64_t> components_;
  std::vector<int> folds_;
  std::vector<Matrix> said_;
};

}  // namespace

LinearStage fit_stage(StageKind kind, const ProbeData& data, double c) {
  ProbeFitOptions options{c, kMostIterations, kTolerance};
  if (kind == StageKind::binary) return fit_binary(data, options);
  if (kind == StageKind::ordinal) return fit_ordinal(data, options);
  LinearProbe probe = fit_linear_probe(data, options);
  return {std::move(probe.weights), std::move(probe.bias)};
}

Matrix stage_probabilities(StageKind kind, const LinearStage& stage, const RowSource& rows,
                           std::int64_t classes) {
  const Matrix along = all_scores(rows, stage.weights);
  Matrix result(along.rows, classes);
  for (std::int64_t i = 0; i < along.rows; ++i) {
    const std::vector<double> p = probabilities_of(kind, along.row(i), stage.bias);
    std::ranges::transform(p, result.row(i).begin(),
                           [](double value) { return static_cast<float>(value); });
  }
  return result;
}

SearchedStage search_stage(const StageData& data, const VisibilityTraining& options) {
  const CrossValidation validation(data, options);
  SearchedStage result;
  std::size_t best = 0;
  for (std::size_t trial = 0; trial < validation.trials(); ++trial) {
    StageReport judged;
    judge_stage(data, validation.said(trial), options.worst, judged);
    const double score = data.kind == StageKind::binary ? judged.f1 : judged.accuracy;
    result.report.trials.push_back({validation.components(trial), validation.c(trial), score});
    if (score > result.report.trials[best].score) best = trial;
  }
  judge_stage(data, validation.said(best), options.worst, result.report);
  result.report.components = validation.components(best);
  result.report.c = validation.c(best);
  const PrincipalComponents axes = principal_components(data.vectors, result.report.components);
  const auto classes = static_cast<std::int64_t>(data.classes.size());
  const Matrix features = axes.project(data.vectors);
  result.stage =
      unfolded(fit_stage(data.kind, {features, data.labels, classes}, result.report.c), axes);
  return result;
}

}  // namespace skyglot
