// SPDX-License-Identifier: Apache-2.0
#include "landcover/correspondence.hpp"

#include "base/linear_algebra.hpp"
#include "scores/metrics.hpp"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>

namespace skyglot {
namespace {

constexpr double kLeastLength = 1e-10;  // divisors of the original
constexpr float kStableCosine = 0.8F;
constexpr float kUnclamped = std::numeric_limits<float>::infinity();

// Rows of unit length, and what their lengths were.
struct UnitRows {
  Matrix rows;
  std::vector<float> lengths;
};

UnitRows unit(Matrix rows) {
  UnitRows result{std::move(rows), {}};
  result.lengths.resize(static_cast<std::size_t>(result.rows.rows));
  tbb::parallel_for(std::int64_t{0}, result.rows.rows, [&](std::int64_t i) {
    const auto row = result.rows.row(i);
    const double length = std::max(std::sqrt(inner_product(row, row)), kLeastLength);
    for (float& value : row) value = static_cast<float>(value / length);
    result.lengths[static_cast<std::size_t>(i)] = static_cast<float>(length);
  });
  return result;
}

// A gradient by unit rows becomes one by the rows they were made from.
void through_unit(Matrix& gradient, const UnitRows& unit) {
  tbb::parallel_for(std::int64_t{0}, gradient.rows, [&](std::int64_t i) {
    const auto row = gradient.row(i);
    const auto direction = unit.rows.row(i);
    const auto along = static_cast<float>(inner_product(row, direction));
    const float length = unit.lengths[static_cast<std::size_t>(i)];
    for (std::size_t d = 0; d < row.size(); ++d) row[d] = (row[d] - along * direction[d]) / length;
  });
}

// Maps at some points.
struct SampledMaps {
  MapPoints points;
  Matrix features;  // unit rows
  UnitRows codes;
  Matrix gradient;  // by the unit codes

  SampledMaps(const CodedMaps& maps, MapPoints at)
      : points(std::move(at)),
        features(unit(sampled_at(maps.features, points)).rows),
        codes(unit(sampled_at(maps.codes, points))),
        gradient(codes.rows.rows, codes.rows.cols) {}

  // Adds the gradient by the maps' codes.
  void give(std::int64_t grid, Matrix& by_codes) {
    through_unit(gradient, codes);
    add_sampled_gradient(gradient, points, grid, by_codes);
  }
};

Matrix rows_of(const Matrix& matrix, std::int64_t first, std::int64_t count) {
  Matrix part(count, matrix.cols);
  std::copy_n(matrix.row(first).data(), count * matrix.cols, part.values.data());
  return part;
}

void add_rows(const Matrix& part, std::int64_t first, Matrix& sum) {
  float* to = sum.row(first).data();
  for (std::size_t i = 0; i < part.values.size(); ++i) to[i] += part.values[i];
}

// One of the loss's terms: positions of pictures of `a` against those of `b`, picture by picture.
class ComparedMaps {
 public:
  ComparedMaps(SampledMaps& a, SampledMaps& b, const StegoSettings& settings)
      : a_(a), b_(b), settings_(settings), each_(a.points.each()) {
    const std::size_t pictures = a.points.pictures.size();
    agreements_.resize(pictures);
    sums_.resize(pictures);
    cosines_.resize(pictures);
  }

  // Adds `weight` times the term's gradient to both sides.
  CorrespondenceTerm compare(double shift, double weight) {
    for_pictures(
        [&](std::size_t n) { agreements_[n] = centred(products(a_.features, b_.features, n), n); });
    const auto count = static_cast<double>(agreements_.size()) * static_cast<double>(each_ * each_);
    // The mean of all is taken out with the rows' means, and put back in one.
    const double mean = std::accumulate(sums_.begin(), sums_.end(), 0.0) / count;
    const double offset = settings_.pointwise ? mean - shift : -shift;
    for_pictures([&](std::size_t n) {
      meet(n, static_cast<float>(offset), static_cast<float>(-weight / count));
    });
    return {std::accumulate(sums_.begin(), sums_.end(), 0.0) / count,
            std::accumulate(cosines_.begin(), cosines_.end(), 0.0) / count};
  }

 private:
  template <typename Work>
  void for_pictures(const Work& work) const {
    tbb::parallel_for(std::size_t{0}, agreements_.size(), work);
  }

  [[nodiscard]] Matrix products(const Matrix& a, const Matrix& b, std::size_t n) const {
    const auto first = static_cast<std::int64_t>(n) * each_;
    return inner_products(a, first, each_, rows_of(b, first, each_));
  }

  Matrix centred(Matrix agreement, std::size_t n) {
    double sum = 0;
    for (std::int64_t i = 0; settings_.pointwise && i < agreement.rows; ++i) {
      const auto row = agreement.row(i);
      const double total = std::accumulate(row.begin(), row.end(), 0.0);
      const auto mean = static_cast<float>(total / static_cast<double>(row.size()));
      for (float& value : row) value -= mean;
      sum += total;
    }
    sums_[n] = sum;
    return agreement;
  }

  void meet(std::size_t n, float offset, float weight) {
    const float least = settings_.zero_clamp ? 0.F : -kUnclamped;
    const float most = settings_.stabilise ? kStableCosine : kUnclamped;
    Matrix by_cosine = products(a_.codes.rows, b_.codes.rows, n);
    double loss = 0, cosines = 0;
    for (std::size_t i = 0; i < by_cosine.values.size(); ++i) {
      const float cosine = by_cosine.values[i];
      const float pull = agreements_[n].values[i] + offset;
      const bool free = cosine >= least && cosine <= most;
      cosines += double{cosine};
      loss -= double{std::clamp(cosine, least, most)} * double{pull};
      by_cosine.values[i] = free ? weight * pull : 0.F;
    }
    sums_[n] = loss;
    cosines_[n] = cosines;
    const auto first = static_cast<std::int64_t>(n) * each_;
    const Matrix a = rows_of(a_.codes.rows, first, each_);
    const Matrix b = rows_of(b_.codes.rows, first, each_);
    add_rows(product(by_cosine, b), first, a_.gradient);
    add_rows(transposed_product(by_cosine, a), first, b_.gradient);
  }

  SampledMaps& a_;
  SampledMaps& b_;
  const StegoSettings& settings_;
  std::int64_t each_;
  std::vector<Matrix> agreements_;
  std::vector<double> sums_, cosines_;
};

std::vector<std::int64_t> in_order(std::int64_t count) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  return order;
}

}  // namespace

CorrespondenceLoss correspondence_loss(const CodedMaps& anchors, const CodedMaps& positives,
                                       const CorrespondenceDraws& draws,
                                       const StegoSettings& settings) {
  const std::int64_t grid = anchors.codes.grid;
  const std::vector<std::int64_t> order = in_order(anchors.codes.pictures());
  CorrespondenceLoss result;
  result.by_anchors = Matrix(anchors.codes.rows.rows, anchors.codes.rows.cols);
  result.by_positives = result.by_anchors;
  SampledMaps here(anchors, {draws.anchor_points, order});
  const auto compared = [&](SampledMaps& other, const StegoTerm& term, double share) {
    return ComparedMaps(here, other, settings).compare(term.shift, share * term.weight);
  };
  result.self = compared(here, settings.self, 1);
  SampledMaps near(positives, {draws.other_points, order});
  result.neighbours = compared(near, settings.neighbours, 1);
  near.give(grid, result.by_positives);
  const double share = 1 / static_cast<double>(draws.orders.size());
  for (const std::vector<std::int64_t>& others : draws.orders) {
    SampledMaps there(anchors, {draws.other_points, others});
    const CorrespondenceTerm term = compared(there, settings.random, share);
    there.give(grid, result.by_anchors);
    result.random.loss += share * term.loss;
    result.random.cosine += share * term.cosine;
  }
  here.give(grid, result.by_anchors);
  result.total = settings.self.weight * result.self.loss +
                 settings.neighbours.weight * result.neighbours.loss +
                 settings.random.weight * result.random.loss;
  return result;
}

ClusterLoss cluster_loss(const Matrix& codes, const Matrix& centres) {
  const UnitRows rows = unit(codes), directions = unit(centres);
  const Matrix cosines = inner_products(rows.rows, 0, rows.rows.rows, directions.rows);
  ClusterLoss result{0, Matrix(centres.rows, centres.cols)};
  const auto share = static_cast<float>(-1.0 / static_cast<double>(codes.rows));
  for (std::int64_t i = 0; i < cosines.rows; ++i) {
    const std::size_t best = best_column(cosines.row(i));
    result.loss -= double{cosines.row(i)[best]} / static_cast<double>(codes.rows);
    const auto gradient = result.by_centres.row(static_cast<std::int64_t>(best));
    for (std::size_t d = 0; d < gradient.size(); ++d) gradient[d] += share * rows.rows.row(i)[d];
  }
  through_unit(result.by_centres, directions);
  return result;
}

}  // namespace skyglot
