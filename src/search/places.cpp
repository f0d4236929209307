// SPDX-License-Identifier: Apache-2.0
#include "search/places.hpp"

#include "base/error.hpp"
#include "base/linear_algebra.hpp"
#include "base/numbers.hpp"
#include "raster/gsd.hpp"
#include "scores/nearest.hpp"
#include "scores/row_blocks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

namespace skyglot {
namespace {

constexpr float kMinusWeight = 0.5F;

void add_mean(const Matrix& rows, float weight, std::vector<float>& sum) {
  for (std::int64_t i = 0; i < rows.rows; ++i)
    for (std::size_t k = 0; k < sum.size(); ++k)
      sum[k] += weight * rows.row(i)[k] / static_cast<float>(rows.rows);
}

// Ranks among all windows, by their scores in order.
class Percentiles {
 public:
  explicit Percentiles(std::span<const float> scores) : sorted_(scores.begin(), scores.end()) {
    std::ranges::sort(sorted_);
  }
  [[nodiscard]] double of(float score) const {
    if (sorted_.size() < 2) return 100;
    const auto lower = std::ranges::lower_bound(sorted_, score) - sorted_.begin();
    return percent_of(lower, std::ssize(sorted_) - 1);
  }

 private:
  std::vector<float> sorted_;
};

// Windows best first, more of them as they are asked for.
class BestFirst {
 public:
  BestFirst(std::span<const float> scores, const std::vector<std::int64_t>* rows, std::size_t first)
      : rows_(rows), step_(first) {
    if (rows == nullptr)
      candidates_.assign(scores.begin(), scores.end());
    else
      for (const std::int64_t row : *rows)
        candidates_.push_back(scores[static_cast<std::size_t>(row)]);
  }

  /// Nothing at the end.
  std::optional<Neighbour> next() {
    if (at_ == best_.size()) {
      if (best_.size() == candidates_.size()) return std::nullopt;
      best_ = nearest(candidates_, std::min(candidates_.size(), step_));
      step_ *= 4;
    }
    Neighbour one = best_[at_++];
    if (rows_ != nullptr) one.index = (*rows_)[static_cast<std::size_t>(one.index)];
    return one;
  }

 private:
  const std::vector<std::int64_t>* rows_;
  std::vector<float> candidates_;
  std::vector<Neighbour> best_;
  std::size_t step_;
  std::size_t at_ = 0;
};

double common_length(double a_min, double a_max, double b_min, double b_max) {
  return std::max(0.0, std::min(a_max, b_max) - std::max(a_min, b_min));
}

}  // namespace

std::vector<float> combined_query(const Matrix& plus, const Matrix& minus) {
  if (plus.rows == 0)
    fail(ErrorKind::usage, "say what is looked for: a sentence, --image, --at or --like");
  std::vector<float> query(static_cast<std::size_t>(plus.cols));
  add_mean(plus, 1, query);
  if (minus.rows > 0) add_mean(minus, -kMinusWeight, query);
  double square = 0;
  for (const float value : query) square += double{value} * double{value};
  if (!(square > 1e-12))
    fail(ErrorKind::usage, "what is taken away leaves nothing of what is looked for");
  to_unit_length(query);
  return query;
}

Matrix vector_at(WindowIndex& index, Point lonlat) {
  std::optional<std::int64_t> best;
  double best_m = 0;
  for (const std::int64_t row : index.windows().holding(lonlat)) {
    const Box box = bounding_box(index.windows().window(row).footprint_lonlat);
    const Point centre = box.centre();
    const double distance_m =
        ground_distance_m({unwrapped_longitude(lonlat.x, centre.x), lonlat.y}, centre);
    if (best && distance_m >= best_m) continue;
    best = row;
    best_m = distance_m;
  }
  if (!best)
    fail(ErrorKind::input, "{}: no window shows the place {},{}", index.folder().string(),
         format_double(lonlat.x), format_double(lonlat.y));
  return index.vectors().block(*best, 1);
}

std::vector<float> window_scores(const WindowIndex& index, std::span<const float> query) {
  Matrix one(1, std::ssize(query));
  std::ranges::copy(query, one.values.begin());
  require_same_length(index.vectors(), one, "the vectors of the index and the query");
  std::vector<float> scores;
  for_each_score_row(one, index.vectors(), 1, [&](std::int64_t, std::span<const float> row) {
    scores.assign(row.begin(), row.end());
  });
  return scores;
}

double shared_ground(const Box& a, const Box& b) {
  const double smaller = std::min(a.width() * a.height(), b.width() * b.height());
  if (!(smaller > 0)) return 0;
  double shared = 0;
  for (const double turn : std::array{-360.0, 0.0, 360.0})
    shared += common_length(a.min_x, a.max_x, b.min_x + turn, b.max_x + turn) *
              common_length(a.min_y, a.max_y, b.min_y, b.max_y);
  return shared / smaller;
}

std::vector<FoundPlace> best_places(WindowIndex& index, std::span<const float> scores,
                                    const std::vector<std::int64_t>* rows,
                                    const PlaceOptions& options) {
  constexpr std::size_t kFirst = 64;
  const Percentiles percentiles(scores);
  BestFirst best(scores, rows, std::max(kFirst, 8 * options.k));
  std::vector<FoundPlace> places;
  std::vector<Box> taken;
  while (places.size() < options.k) {
    const auto one = best.next();
    if (!one) break;
    FoundPlace place{one->index, one->score, percentiles.of(one->score), {}};
    if (place.percentile < options.least_percentile) break;
    place.window = index.windows().window(place.row);
    const Box box = bounding_box(place.window.footprint_lonlat);
    const auto shows_same = [&](const Box& other) {
      return shared_ground(box, other) > options.most_overlap;
    };
    if (!box.empty()) {
      if (std::ranges::any_of(taken, shows_same)) continue;
      taken.push_back(box);
    }
    places.push_back(std::move(place));
  }
  return places;
}

}  // namespace skyglot
