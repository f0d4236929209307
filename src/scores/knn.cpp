// SPDX-License-Identifier: Apache-2.0
#include "scores/knn.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "scores/nearest.hpp"
#include "scores/row_blocks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace skyglot {
namespace {

struct Voters {
  std::span<const std::int32_t> labels;
  const KnnOptions& options;
};

// Relative to the nearest, so that no temperature overflows; the shares are the same.
void vote(const std::vector<Neighbour>& neighbours, const Voters& voters, std::span<float> shares) {
  std::vector<double> votes(shares.size(), 0);
  std::vector<bool> voted(shares.size(), false);
  for (const Neighbour& near : neighbours) {
    const double behind = double{near.score} - double{neighbours.front().score};
    const auto label =
        static_cast<std::size_t>(voters.labels[static_cast<std::size_t>(near.index)]);
    votes[label] += std::exp(behind / voters.options.temperature);
    voted[label] = true;
  }
  const double sum = std::accumulate(votes.begin(), votes.end(), 0.0);
  // A vote stays one however little it weighs.
  constexpr float kLeast = std::numeric_limits<float>::min();
  for (std::size_t k = 0; k < votes.size(); ++k)
    shares[k] = voted[k] ? std::max(static_cast<float>(votes[k] / sum), kLeast) : 0;
}

// The votes of each query's nearest rows.
Matrix votes_of(const RowSource& queries, const RowSource& train, const Voters& voters,
                std::int64_t classes, bool without_self) {
  Matrix shares(queries.rows(), classes);
  for_each_nearest(queries, train,
                   {.k = static_cast<std::size_t>(voters.options.k),
                    .without_self = without_self,
                    .block_rows = voters.options.block_rows},
                   [&](std::int64_t i, const std::vector<Neighbour>& neighbours) {
                     vote(neighbours, voters, shares.row(i));
                   });
  return shares;
}

void require_training(const RowSource& train, const Voters& voters, std::int64_t classes) {
  voters.options.validate();
  if (train.rows() == 0)
    fail(ErrorKind::input, "nearest neighbours need at least one labelled vector");
  require_labels(voters.labels, train.rows(), classes);
  require_finite(train, "labelled vectors");
}

}  // namespace

void KnnOptions::validate() const {
  std::vector<std::string> problems;
  if (k < 1) problems.push_back(fmt::format("k {} (at least 1)", k));
  if (!(temperature > 0) || !std::isfinite(temperature))
    problems.push_back(fmt::format("temperature {} (above 0, such as 0.07)", temperature));
  if (!problems.empty()) fail(ErrorKind::usage, "nearest neighbours: {}", join(problems, "; "));
}

Matrix knn_scores(const RowSource& train, std::span<const std::int32_t> labels,
                  std::int64_t classes, const RowSource& queries, const KnnOptions& options) {
  const Voters voters{labels, options};
  require_training(train, voters, classes);
  require_same_length(train, queries, "nearest neighbours");
  require_finite(queries, "vectors to classify");
  return votes_of(queries, train, voters, classes, false);
}

Matrix knn_leave_one_out(const RowSource& vectors, std::span<const std::int32_t> labels,
                         std::int64_t classes, const KnnOptions& options) {
  const Voters voters{labels, options};
  require_training(vectors, voters, classes);
  if (vectors.rows() < 2)
    fail(ErrorKind::input, "leaving one out needs at least two labelled vectors, there is one");
  return votes_of(vectors, vectors, voters, classes, true);
}

}  // namespace skyglot
