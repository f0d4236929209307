// SPDX-License-Identifier: Apache-2.0
#include "search/refine.hpp"

#include "base/error.hpp"
#include "base/linear_algebra.hpp"
#include "scores/linear_probe.hpp"

#include <algorithm>
#include <set>
#include <span>

namespace skyglot {
namespace {

// Of the means of what is meant and what is not, beside a question of weight 1.
constexpr float kLikeWeight = 1.0F;
constexpr float kUnlikeWeight = 0.5F;
// Windows of the index that stand for all that is not meant.
constexpr std::int64_t kSpreadRows = 200;
constexpr double kInversePenalty = 10;

std::vector<float> mean_of(const RowSource& rows, const std::vector<std::int64_t>& chosen) {
  std::vector<float> mean(static_cast<std::size_t>(rows.cols()));
  for (const std::int64_t row : chosen) {
    const Matrix vector = rows.block(row, 1);
    for (std::size_t i = 0; i < mean.size(); ++i)
      mean[i] += vector.values[i] / static_cast<float>(chosen.size());
  }
  return mean;
}

void add_scaled(std::span<const float> values, float weight, std::vector<float>& sum) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += weight * values[i];
}

std::vector<float> moved(const RowSource& rows, std::vector<float> query,
                         const Examples& examples) {
  add_scaled(mean_of(rows, examples.like), kLikeWeight, query);
  if (!examples.unlike.empty()) add_scaled(mean_of(rows, examples.unlike), -kUnlikeWeight, query);
  return query;
}

// Rows evenly over the index, without those that are meant.
std::vector<std::int64_t> spread(std::int64_t rows, const Examples& examples) {
  const std::int64_t count = std::min(rows, kSpreadRows);
  std::vector<std::int64_t> chosen;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t row = i * rows / count;
    if (std::ranges::count(examples.like, row) == 0) chosen.push_back(row);
  }
  return chosen;
}

std::vector<float> learned(const RowSource& rows, const Examples& examples) {
  std::vector<std::int64_t> chosen = examples.like;
  std::vector<std::int32_t> labels(chosen.size(), 1);
  for (const auto& others : {examples.unlike, spread(rows.rows(), examples)}) {
    chosen.insert(chosen.end(), others.begin(), others.end());
    labels.resize(chosen.size(), 0);
  }
  const ProbeData data{rows.chosen(chosen), labels, 2};
  const LinearProbe probe = fit_linear_probe(data, {.c = kInversePenalty});
  std::vector<float> direction(probe.weights.row(1).begin(), probe.weights.row(1).end());
  add_scaled(probe.weights.row(0), -1, direction);
  to_unit_length(direction);
  return direction;
}

void check(const Examples& examples, std::int64_t rows) {
  if (examples.like.empty())
    fail(ErrorKind::usage, "examples of what is not meant need one that is: give --like too");
  const std::set<std::int64_t> meant(examples.like.begin(), examples.like.end());
  for (const std::int64_t row : examples.unlike)
    if (meant.contains(row))
      fail(ErrorKind::usage, "one window cannot be both --like and --unlike");
  for (const auto& list : {examples.like, examples.unlike})
    for (const std::int64_t row : list) expect(row >= 0 && row < rows, "an example is a row");
}

}  // namespace

std::vector<float> refined_query(const RowSource& rows,
                                 const std::optional<std::vector<float>>& query,
                                 const Examples& examples) {
  check(examples, rows.rows());
  std::vector<float> direction =
      query.value_or(std::vector<float>(static_cast<std::size_t>(rows.cols())));
  if (examples.size() < kExamplesToLearn)
    direction = moved(rows, std::move(direction), examples);
  else
    add_scaled(learned(rows, examples), 1, direction);
  to_unit_length(direction);
  return direction;
}

}  // namespace skyglot
