// SPDX-License-Identifier: Apache-2.0
#include "scores/transductive.hpp"

#include "base/error.hpp"
#include "base/linear_algebra.hpp"
#include "base/strings.hpp"
#include "scores/nearest.hpp"
#include "scores/row_blocks.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace skyglot {
namespace {

// Variances below this share of the mean variance of unit vectors are taken for it: identical
// pictures have none.
constexpr double kVarianceFloor = 1e-4;
// A class with less than this many pictures keeps its mean.
constexpr double kEmptyClass = 1e-6;

struct Affinity {
  std::int64_t from = 0;
  std::int64_t to = 0;
  float weight = 0;
};

// Cosines of each picture with its nearest others, in the order of the pictures.
std::vector<Affinity> affinities(const RowSource& pictures, const TransductiveOptions& options) {
  std::vector<Affinity> result;
  if (options.neighbours == 0 || options.neighbour_weight == 0) return result;
  const double share = options.neighbour_weight / (2.0 * options.neighbours);
  for_each_nearest(pictures, pictures,
                   {.k = static_cast<std::size_t>(options.neighbours),
                    .without_self = true,
                    .block_rows = options.block_rows},
                   [&](std::int64_t i, const std::vector<Neighbour>& neighbours) {
                     for (const Neighbour& near : neighbours)
                       if (near.score > 0)
                         result.push_back({i, near.index, static_cast<float>(share * near.score)});
                   });
  return result;
}

void softmax(std::span<float> row) {
  const float highest = *std::ranges::max_element(row);
  double sum = 0;
  for (float& value : row) {
    value = std::exp(value - highest);
    sum += value;
  }
  for (float& value : row) value = static_cast<float>(value / sum);
}

void softmax_rows(Matrix& matrix) {
  for (std::int64_t i = 0; i < matrix.rows; ++i) softmax(matrix.row(i));
}

Matrix scaled(Matrix matrix, double factor) {
  for (float& value : matrix.values) value = static_cast<float>(value * factor);
  return matrix;
}

// Mean total variation between two sets of assignments.
double change(const Matrix& a, const Matrix& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.values.size(); ++i) sum += std::abs(a.values[i] - b.values[i]);
  return sum / (2 * static_cast<double>(a.rows));
}

class Model {
 public:
  Model(const RowSource& pictures, const Matrix& classes, const TransductiveOptions& options)
      : pictures_(pictures.kept(kMostKeptBytes)),
        classes_(classes),
        options_(options),
        affinities_(affinities(pictures_, options)),
        squares_(static_cast<std::size_t>(pictures.cols()), 0),
        variances_(squares_.size(), 1 / static_cast<double>(pictures.cols())),
        assignments_(all_scores(pictures_, scaled(classes, options.logit_scale))) {
    softmax_rows(assignments_);
    sum_squares();
    start_means();
  }

  // One round; returns how much the assignments changed.
  double round() {
    const Matrix before = assignments_;
    assign();
    const double moved = change(before, assignments_);
    update_gaussians();
    return moved;
  }

  Matrix take() { return std::move(assignments_); }

 private:
  void sum_squares() {
    for_each_block(pictures_, step(), [&](std::int64_t, const Matrix& block) {
      for (std::int64_t i = 0; i < block.rows; ++i) {
        const auto row = block.row(i);
        for (std::size_t d = 0; d < row.size(); ++d) squares_[d] += double{row[d]} * double{row[d]};
      }
    });
  }

  // Means of the most confident pictures of each class, weighted by the confidence.
  void start_means() {
    means_ = classes_;
    std::vector<float> column(static_cast<std::size_t>(pictures_.rows()));
    for (std::int64_t k = 0; k < classes_.rows; ++k) {
      for (std::int64_t i = 0; i < pictures_.rows(); ++i)
        column[static_cast<std::size_t>(i)] = assignments_.row(i)[static_cast<std::size_t>(k)];
      set_mean(k, weighted_sum(nearest(column, static_cast<std::size_t>(options_.anchors))));
    }
  }

  [[nodiscard]] std::vector<double> weighted_sum(const std::vector<Neighbour>& anchors) const {
    std::vector<double> sum(static_cast<std::size_t>(pictures_.cols()), 0);
    for (const Neighbour& anchor : anchors) {
      const Matrix picture = pictures_.block(anchor.index, 1);
      const auto row = picture.row(0);
      for (std::size_t d = 0; d < sum.size(); ++d) sum[d] += double{anchor.score} * double{row[d]};
    }
    return sum;
  }

  // To unit length; a sum of nothing leaves the mean as it was.
  void set_mean(std::int64_t k, const std::vector<double>& sum) {
    double square = 0;
    for (const double value : sum) square += value * value;
    if (!(square > 0)) return;
    const double scale = 1 / std::sqrt(square);
    std::ranges::transform(sum, means_.row(k).begin(),
                           [&](double value) { return static_cast<float>(scale * value); });
  }

  // What of log z does not depend on the neighbours: linear in the picture. The Gaussians are taken
  // relative to their common mean m, f.(mu_k - m)/v - (mu_k + m).(mu_k - m)/2v, which differs
  // from -|f - mu_k|^2/2v by what is the same for every class and keeps the digits.
  [[nodiscard]] Matrix unary() const {
    const std::vector<double> middle = mean_of_means();
    Matrix slopes = scaled(classes_, options_.text_weight * options_.logit_scale);
    std::vector<float> offsets;
    for (std::int64_t k = 0; k < means_.rows; ++k)
      offsets.push_back(static_cast<float>(add_gaussian(middle, means_.row(k), slopes.row(k))));
    Matrix result = all_scores(pictures_, slopes);
    for (std::int64_t i = 0; i < result.rows; ++i)
      std::ranges::transform(result.row(i), offsets, result.row(i).begin(), std::minus<>());
    return result;
  }

  [[nodiscard]] double add_gaussian(const std::vector<double>& middle, std::span<const float> mean,
                                    std::span<float> slope) const {
    double offset = 0;
    for (std::size_t d = 0; d < middle.size(); ++d) {
      const double pull = options_.likelihood_weight * (mean[d] - middle[d]) / variances_[d];
      slope[d] = static_cast<float>(slope[d] + pull);
      offset += pull * (mean[d] + middle[d]) / 2;
    }
    return offset;
  }

  [[nodiscard]] std::vector<double> mean_of_means() const {
    std::vector<double> middle(static_cast<std::size_t>(means_.cols), 0);
    for (std::int64_t k = 0; k < means_.rows; ++k)
      for (std::size_t d = 0; d < middle.size(); ++d)
        middle[d] += means_.row(k)[d] / static_cast<double>(means_.rows);
    return middle;
  }

  void assign() {
    const Matrix fixed = unary();
    for (int step = 0; step < options_.assignment_steps; ++step) {
      Matrix next = fixed;
      for (const Affinity& pair : affinities_) {
        follow(next.row(pair.from), assignments_.row(pair.to), pair.weight);
        follow(next.row(pair.to), assignments_.row(pair.from), pair.weight);
      }
      softmax_rows(next);
      assignments_ = std::move(next);
    }
  }

  static void follow(std::span<float> row, std::span<const float> other, float weight) {
    for (std::size_t k = 0; k < row.size(); ++k) row[k] += weight * other[k];
  }

  void update_gaussians() {
    const Matrix sums = class_sums();
    const std::vector<double> counts = class_counts();
    for (std::int64_t k = 0; k < means_.rows; ++k)
      if (counts[static_cast<std::size_t>(k)] >= kEmptyClass)
        set_mean(k, {sums.row(k).begin(), sums.row(k).end()});
    update_variances(sums, counts);
  }

  // Of each class, its pictures weighted by their assignments.
  [[nodiscard]] Matrix class_sums() const {
    Matrix sums(means_.rows, means_.cols);
    for_each_block(pictures_, step(), [&](std::int64_t first, const Matrix& block) {
      const Matrix weights = RowSource(assignments_).block(first, block.rows);
      const Matrix part = transposed_product(weights, block);
      std::ranges::transform(sums.values, part.values, sums.values.begin(), std::plus<>());
    });
    return sums;
  }

  [[nodiscard]] std::int64_t step() const { return rows_per_block(pictures_.cols(), 0); }

  [[nodiscard]] std::vector<double> class_counts() const {
    std::vector<double> counts(static_cast<std::size_t>(means_.rows), 0);
    for (std::int64_t i = 0; i < assignments_.rows; ++i)
      for (std::size_t k = 0; k < counts.size(); ++k) counts[k] += assignments_.row(i)[k];
    return counts;
  }

  // Mean over the pictures of sum_k z_k (f - mu_k)^2, multiplied out.
  void update_variances(const Matrix& sums, const std::vector<double>& counts) {
    const auto pictures = static_cast<double>(pictures_.rows());
    const double least = kVarianceFloor / static_cast<double>(pictures_.cols());
    for (std::size_t d = 0; d < variances_.size(); ++d) {
      double sum = squares_[d];
      for (std::size_t k = 0; k < counts.size(); ++k) {
        const double mean = means_.row(static_cast<std::int64_t>(k))[d];
        sum += mean * (counts[k] * mean - 2 * sums.row(static_cast<std::int64_t>(k))[d]);
      }
      variances_[d] = std::max(sum / pictures, least);
    }
  }

  RowSource pictures_;
  const Matrix& classes_;
  const TransductiveOptions& options_;
  std::vector<Affinity> affinities_;
  std::vector<double> squares_;    // sum over the pictures, per dimension
  std::vector<double> variances_;  // per dimension, of all classes
  Matrix means_;                   // unit rows
  Matrix assignments_;
};

void require_embeddings(const RowSource& pictures, const Matrix& classes) {
  if (pictures.rows() == 0 || classes.rows == 0)
    fail(ErrorKind::input, "transduction needs pictures and classes, there are {} and {}",
         pictures.rows(), classes.rows);
  require_same_length(pictures, classes, "transduction");
  require_finite(pictures, "picture embeddings");
  require_finite(classes, "class embeddings");
}

}  // namespace

void TransductiveOptions::validate() const {
  std::vector<std::string> problems;
  const auto need = [&](bool good, const char* name, double value, const char* range) {
    if (!good) problems.push_back(fmt::format("{} {} ({})", name, value, range));
  };
  const auto weight = [&](const char* name, double value) {
    need(std::isfinite(value) && value >= 0, name, value, "at least 0");
  };
  weight("text weight", text_weight);
  weight("likelihood weight", likelihood_weight);
  weight("neighbour weight", neighbour_weight);
  weight("logit scale", logit_scale);
  weight("tolerance", tolerance);
  need(neighbours >= 0, "neighbours", neighbours, "at least 0");
  need(anchors >= 1, "anchors", anchors, "at least 1");
  need(max_rounds >= 1, "rounds", max_rounds, "at least 1");
  need(assignment_steps >= 1, "assignment steps", assignment_steps, "at least 1");
  if (!problems.empty()) fail(ErrorKind::usage, "transduction: {}", join(problems, "; "));
}

Transduction transduce(const RowSource& pictures, const Matrix& classes,
                       const TransductiveOptions& options) {
  options.validate();
  require_embeddings(pictures, classes);
  Model model(pictures, classes, options);
  Transduction result;
  while (!result.converged && result.rounds < options.max_rounds) {
    result.converged = model.round() <= options.tolerance;
    ++result.rounds;
  }
  result.assignments = model.take();
  return result;
}

Matrix transductive_scores(const RowSource& pictures, const Matrix& classes,
                           const TransductiveOptions& options) {
  return transduce(pictures, classes, options).assignments;
}

}  // namespace skyglot
