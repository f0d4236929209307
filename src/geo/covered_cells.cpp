// SPDX-License-Identifier: Apache-2.0
#include "geo/covered_cells.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_set>

namespace skyglot {
namespace {

constexpr std::size_t kNoRow = std::numeric_limits<std::size_t>::max();

double x_at(Point a, Point b, double y) {
  return a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y);
}

}  // namespace

CoveredCells::CoveredCells(const std::vector<Geometry>& footprints, double cell_deg)
    : cell_deg_(cell_deg), loaded_(kNoRow) {
  for (std::size_t i = 0; i < footprints.size(); ++i) add_edges(footprints[i], i);
  std::ranges::stable_sort(edges_, {}, &Edge::first_row);
  std::int64_t row = edges_.empty() ? 0 : edges_.front().first_row;
  while (next_edge_ < edges_.size() || !open_.empty()) {
    go_to(row);
    std::uint64_t count = 0;
    for (const Run& run : runs_of(row))
      count += static_cast<std::uint64_t>(run.last - run.first) + 1;
    if (count > 0) rows_.push_back({static_cast<std::int32_t>(row), size() + count});
    ++row;
    const bool gap = open_.empty() && next_edge_ < edges_.size();
    if (gap) row = std::max(row, edges_[next_edge_].first_row);
  }
}

void CoveredCells::add_edges(const Geometry& footprint, std::size_t index) {
  const std::int64_t top = rows_up(cell_deg_) - 1;
  const auto row_of = [&](double latitude) {
    return std::clamp<std::int64_t>(cell_index(latitude, -90, cell_deg_), 0, top);
  };
  for (const auto& part : footprint.parts)
    for (const Path& ring : part)
      for (std::size_t i = 1; i < ring.size(); ++i) {
        const auto [low, high] = std::minmax(ring[i - 1].y, ring[i].y);
        edges_.push_back({ring[i - 1], ring[i], index, row_of(low), row_of(high)});
      }
}

void CoveredCells::rewind() {
  next_edge_ = 0;
  open_.clear();
}

// Rows only go up until the next rewind().
void CoveredCells::go_to(std::int64_t row) {
  std::erase_if(open_, [&](std::size_t edge) { return edges_[edge].last_row < row; });
  const std::size_t before = open_.size();
  for (; next_edge_ < edges_.size() && edges_[next_edge_].first_row <= row; ++next_edge_)
    if (edges_[next_edge_].last_row >= row) open_.push_back(next_edge_);
  if (open_.size() > before)
    std::ranges::stable_sort(open_, {}, [&](std::size_t edge) { return edges_[edge].footprint; });
}

// A cell meets a polygon where an edge passes through it, or where its middle lies inside: on the
// row's middle line that is between every other two crossings.
std::vector<CoveredCells::Run> CoveredCells::runs_of(std::int64_t row) const {
  const Box box = cell_box_lonlat({0, static_cast<std::int32_t>(row)}, cell_deg_);
  const double south = box.min_y;
  const double north = box.max_y;
  const double middle = (south + north) / 2;
  const auto column = [&](double x) { return cell_index(x, -180, cell_deg_); };
  std::vector<Run> runs;
  std::vector<double> crossings;
  for (std::size_t i = 0; i < open_.size(); ++i) {
    const Edge& edge = edges_[open_[i]];
    const auto [below, above] =
        std::minmax(edge.a, edge.b, [](Point p, Point q) { return p.y < q.y; });
    // An edge a hair below a border belongs to the row above, where it has no part to cut off.
    const double from = below.y < south && above.y > south ? x_at(below, above, south) : below.x;
    const double to = above.y > north && below.y < north ? x_at(below, above, north) : above.x;
    runs.push_back({column(std::min(from, to)), column(std::max(from, to))});
    if ((edge.a.y > middle) != (edge.b.y > middle))
      crossings.push_back(x_at(edge.a, edge.b, middle));
    const bool last = i + 1 == open_.size() || edges_[open_[i + 1]].footprint != edge.footprint;
    if (!last) continue;
    std::ranges::sort(crossings);
    for (std::size_t k = 0; k + 1 < crossings.size(); k += 2)
      runs.push_back({column(crossings[k]), column(crossings[k + 1])});
    crossings.clear();
  }
  return merged(std::move(runs));
}

// Ascending runs that do not touch, with every column in its first turn.
std::vector<CoveredCells::Run> CoveredCells::merged(std::vector<Run> runs) const {
  const std::int64_t around = columns_around(cell_deg_);
  std::vector<Run> turned;
  for (const Run& run : runs) {
    if (run.last - run.first + 1 >= around) return {{0, around - 1}};
    const std::int64_t first = wrapped_column(run.first, cell_deg_);
    const std::int64_t last = first + (run.last - run.first);
    turned.push_back({first, std::min(last, around - 1)});
    if (last >= around) turned.push_back({0, last - around});
  }
  std::ranges::sort(turned, {}, &Run::first);
  std::vector<Run> result;
  for (const Run& run : turned) {
    if (result.empty() || run.first > result.back().last + 1) {
      result.push_back(run);
    } else {
      result.back().last = std::max(result.back().last, run.last);
    }
  }
  return result;
}

void CoveredCells::load(std::size_t row_index) {
  if (row_index == loaded_) return;
  if (loaded_ == kNoRow || row_index < loaded_) rewind();
  go_to(rows_[row_index].row);
  loaded_runs_ = runs_of(rows_[row_index].row);
  loaded_ = row_index;
}

Cell CoveredCells::at(std::uint64_t rank) {
  const auto found = std::ranges::upper_bound(rows_, rank, {}, &Row::end);
  const auto index = static_cast<std::size_t>(found - rows_.begin());
  load(index);
  std::uint64_t left = rank - (index == 0 ? 0 : rows_[index - 1].end);
  for (const Run& run : loaded_runs_) {
    const auto length = static_cast<std::uint64_t>(run.last - run.first) + 1;
    if (left < length)
      return {static_cast<std::int32_t>(run.first + static_cast<std::int64_t>(left)),
              rows_[index].row};
    left -= length;
  }
  return {};
}

// Floyd's sampling without replacement (Bentley, Floyd 1987).
std::vector<std::uint64_t> draw_ranks(std::uint64_t size, std::uint64_t count, std::uint64_t seed) {
  std::vector<std::uint64_t> ranks(std::min(size, count));
  std::iota(ranks.begin(), ranks.end(), std::uint64_t{0});
  if (count >= size) return ranks;
  RandomStream random(seed, "ranks");
  std::unordered_set<std::uint64_t> drawn;
  for (std::uint64_t last = size - count; last < size; ++last)
    if (!drawn.insert(random.index(last + 1)).second) drawn.insert(last);
  std::ranges::copy(drawn, ranks.begin());
  std::ranges::sort(ranks);
  return ranks;
}

}  // namespace skyglot
