// SPDX-License-Identifier: Apache-2.0
#include "scores/k_means.hpp"

#include "base/error.hpp"
#include "base/linear_algebra.hpp"
#include "base/random.hpp"
#include "scores/metrics.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <utility>

namespace skyglot {
namespace {

constexpr std::int64_t kClusterBlock = 8192;

struct NearestCentre {
  std::int32_t centre = 0;
  float cosine = 0;
};

std::vector<NearestCentre> nearest_of(const Matrix& rows, const Matrix& centres) {
  std::vector<NearestCentre> result;
  result.reserve(static_cast<std::size_t>(rows.rows));
  for (std::int64_t first = 0; first < rows.rows; first += kClusterBlock) {
    const Matrix cosines =
        inner_products(rows, first, std::min(kClusterBlock, rows.rows - first), centres);
    for (std::int64_t i = 0; i < cosines.rows; ++i) {
      const std::size_t best = best_column(cosines.row(i));
      result.push_back({static_cast<std::int32_t>(best), cosines.row(i)[best]});
    }
  }
  return result;
}

// k-means++: each centre is a row, drawn with its squared distance from those there are (2 - 2 cos)
// as weight.
Matrix first_centres(const Matrix& rows, const KMeansOptions& options) {
  RandomStream random(options.seed, "k-means");
  Matrix centres(0, rows.cols);
  std::vector<double> weight(static_cast<std::size_t>(rows.rows), 1);
  while (centres.rows < options.clusters) {
    double left = random.uniform() * std::accumulate(weight.begin(), weight.end(), 0.0);
    std::size_t drawn = 0;
    while (drawn + 1 < weight.size() && (left -= weight[drawn]) > 0) ++drawn;
    const auto centre = rows.row(static_cast<std::int64_t>(drawn));
    centres.values.insert(centres.values.end(), centre.begin(), centre.end());
    ++centres.rows;
    for (std::size_t i = 0; i < weight.size(); ++i) {
      const double distance =
          std::max(0.0, 2 - 2 * inner_product(rows.row(static_cast<std::int64_t>(i)), centre));
      weight[i] = centres.rows == 1 ? distance : std::min(weight[i], distance);
    }
  }
  return centres;
}

// The mean direction of each centre's rows.
Matrix moved_centres(const Matrix& rows, const std::vector<NearestCentre>& nearest,
                     std::int64_t clusters) {
  std::vector<double> sums(static_cast<std::size_t>(clusters * rows.cols));
  std::vector<std::int64_t> counts(static_cast<std::size_t>(clusters));
  for (std::int64_t i = 0; i < rows.rows; ++i) {
    const auto centre = static_cast<std::size_t>(nearest[static_cast<std::size_t>(i)].centre);
    ++counts[centre];
    double* sum = sums.data() + centre * static_cast<std::size_t>(rows.cols);
    for (const float value : rows.row(i)) *sum++ += double{value};
  }
  Matrix centres(clusters, rows.cols);
  std::ranges::transform(sums, centres.values.begin(),
                         [](double sum) { return static_cast<float>(sum); });
  for (std::int64_t k = 0; k < clusters; ++k) {
    if (counts[static_cast<std::size_t>(k)] > 0) continue;
    const auto worst = std::ranges::min_element(nearest, {}, &NearestCentre::cosine);
    std::ranges::copy(rows.row(worst - nearest.begin()), centres.row(k).begin());
  }
  normalise_rows(centres);
  return centres;
}

double mean_cosine(const std::vector<NearestCentre>& nearest) {
  double sum = 0;
  for (const NearestCentre& one : nearest) sum += double{one.cosine};
  return sum / static_cast<double>(nearest.size());
}

Matrix rows_to_fit(const RowSource& rows, std::int64_t most) {
  if (most <= 0 || rows.rows() <= most) return rows.all();
  std::vector<std::int64_t> chosen;
  for (std::int64_t i = 0; i < most; ++i) chosen.push_back(i * rows.rows() / most);
  return rows.chosen(std::move(chosen)).all();
}

}  // namespace

void KMeansOptions::validate() const {
  std::string problems;
  if (clusters < 1) problems += fmt::format("; clusters is {}, at least 1 is needed", clusters);
  if (rounds < 1) problems += fmt::format("; rounds is {}, at least 1 is needed", rounds);
  if (fitted < 0) problems += fmt::format("; fitted is {}, below 0", fitted);
  if (!problems.empty()) fail(ErrorKind::usage, "k-means: {}", problems.substr(2));
}

KMeans k_means(const RowSource& rows, const KMeansOptions& options) {
  options.validate();
  const Matrix fitted = rows_to_fit(rows, options.fitted);
  if (fitted.rows < options.clusters)
    fail(ErrorKind::input, "{} vectors cannot make {} clusters; ask for fewer", fitted.rows,
         options.clusters);
  KMeans result;
  result.centres = first_centres(fitted, options);
  std::vector<NearestCentre> nearest = nearest_of(fitted, result.centres);
  result.cosine = mean_cosine(nearest);
  while (result.rounds < options.rounds) {
    ++result.rounds;
    result.centres = moved_centres(fitted, nearest, options.clusters);
    nearest = nearest_of(fitted, result.centres);
    const double before = std::exchange(result.cosine, mean_cosine(nearest));
    if (result.cosine - before < options.tolerance) break;
  }
  return result;
}

std::vector<std::int32_t> nearest_centres(const RowSource& rows, const Matrix& centres) {
  std::vector<std::int32_t> result;
  for_each_block(rows, kClusterBlock, [&](std::int64_t, const Matrix& block) {
    for (const NearestCentre& one : nearest_of(block, centres)) result.push_back(one.centre);
  });
  return result;
}

}  // namespace skyglot
