// SPDX-License-Identifier: Apache-2.0
#include "landcover/label_pieces.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <limits>
#include <numeric>
#include <utility>

namespace skyglot {
namespace {

constexpr auto kNoPiece = std::numeric_limits<std::uint32_t>::max();

// Sets of runs; the first run stands for its set.
class RunSets {
 public:
  explicit RunSets(std::size_t count) : parents_(count) {
    std::iota(parents_.begin(), parents_.end(), 0U);
  }

  std::uint32_t first_of(std::uint32_t run) {
    while (parents_[run] != run) {
      parents_[run] = parents_[parents_[run]];
      run = parents_[run];
    }
    return run;
  }

  void join(std::uint32_t a, std::uint32_t b) {
    a = first_of(a);
    b = first_of(b);
    parents_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::uint32_t> parents_;
};

// Calls visit(a, b) for runs a of row y - 1 and b of row y that share a side.
template <typename Visit>
void for_runs_below(const LabelRuns& runs, int y, const Visit& visit) {
  std::size_t above = runs.row_first(y - 1), below = runs.row_first(y);
  while (above < runs.row_first(y) && below < runs.row_first(y + 1)) {
    visit(static_cast<std::uint32_t>(above), static_cast<std::uint32_t>(below));
    const int above_end = runs.end(above, y - 1), below_end = runs.end(below, y);
    if (above_end <= below_end) ++above;
    if (below_end <= above_end) ++below;
  }
}

template <typename Visit>
void for_neighbours(const LabelRuns& runs, const Visit& visit) {
  for (int y = 0; y < runs.height(); ++y) {
    for (std::size_t run = runs.row_first(y); run + 1 < runs.row_first(y + 1); ++run)
      visit(static_cast<std::uint32_t>(run), static_cast<std::uint32_t>(run + 1));
    if (y > 0) for_runs_below(runs, y, visit);
  }
}

// Whom each small piece goes to: its largest neighbour, kNoPiece if that is smaller than itself.
std::vector<std::uint32_t> takers_of(const LabelRuns& runs, const LabelPieces& pieces,
                                     double least_area) {
  // Equal areas go by number, so that there is always one order and no circle.
  const auto larger = [&](std::uint32_t a, std::uint32_t b) {
    return pieces.areas[a] != pieces.areas[b] ? pieces.areas[a] > pieces.areas[b] : a < b;
  };
  std::vector<std::uint32_t> takers(pieces.labels.size(), kNoPiece);
  const auto offer = [&](std::uint32_t piece, std::uint32_t other) {
    if (pieces.areas[piece] >= least_area || pieces.labels[piece] == 0 ||
        pieces.labels[other] == 0 || !larger(other, piece))
      return;
    if (takers[piece] == kNoPiece || larger(other, takers[piece])) takers[piece] = other;
  };
  for_neighbours(runs, [&](std::uint32_t a, std::uint32_t b) {
    const std::uint32_t one = pieces.of_run[a], other = pieces.of_run[b];
    if (one == other) return;
    offer(one, other);
    offer(other, one);
  });
  return takers;
}

LabelRuns relabelled(const LabelRuns& runs, const LabelPieces& pieces,
                     const std::vector<std::uint8_t>& labels) {
  LabelRuns result(runs.width());
  std::vector<std::uint8_t> row(static_cast<std::size_t>(runs.width()));
  for (int y = 0; y < runs.height(); ++y) {
    for (std::size_t run = runs.row_first(y); run < runs.row_first(y + 1); ++run)
      std::fill(row.begin() + runs.begin(run), row.begin() + runs.end(run, y),
                labels[pieces.of_run[run]]);
    result.add_row(row);
  }
  return result;
}

}  // namespace

void LabelRuns::add_row(std::span<const std::uint8_t> labels) {
  expect(std::ssize(labels) == width_, "a label for each column");
  for (std::size_t x = 0; x < labels.size(); ++x) {
    if (x > 0 && labels[x] == labels[x - 1]) continue;
    begins_.push_back(static_cast<std::int32_t>(x));
    labels_.push_back(labels[x]);
  }
  if (labels_.size() >= kNoPiece)
    fail(ErrorKind::resource, "polygons: the map falls into too many pieces; take a part of it");
  row_first_.push_back(labels_.size());
}

int LabelRuns::row_of(std::size_t run, int from) const {
  const auto next = std::upper_bound(row_first_.begin() + from, row_first_.end(), run);
  return static_cast<int>(next - row_first_.begin()) - 1;
}

std::size_t LabelRuns::run_at(int x, int y) const {
  const auto first = begins_.begin() + static_cast<std::ptrdiff_t>(row_first(y));
  const auto last = begins_.begin() + static_cast<std::ptrdiff_t>(row_first(y + 1));
  return static_cast<std::size_t>(std::upper_bound(first, last, x) - begins_.begin()) - 1;
}

LabelPieces pieces_of(const LabelRuns& runs, std::span<const double> pixel_areas) {
  RunSets sets(runs.count());
  for (int y = 1; y < runs.height(); ++y)
    for_runs_below(runs, y, [&](std::uint32_t a, std::uint32_t b) {
      if (runs.label(a) == runs.label(b)) sets.join(a, b);
    });
  LabelPieces pieces;
  pieces.of_run.resize(runs.count());
  for (int y = 0; y < runs.height(); ++y)
    for (std::size_t run = runs.row_first(y); run < runs.row_first(y + 1); ++run) {
      const std::uint32_t first = sets.first_of(static_cast<std::uint32_t>(run));
      if (first == run) {
        pieces.of_run[run] = static_cast<std::uint32_t>(pieces.labels.size());
        pieces.labels.push_back(runs.label(run));
        pieces.areas.push_back(0);
      } else {
        pieces.of_run[run] = pieces.of_run[first];
      }
      pieces.areas[pieces.of_run[run]] +=
          (runs.end(run, y) - runs.begin(run)) * pixel_areas[static_cast<std::size_t>(y)];
    }
  return pieces;
}

LabelRuns without_small_pieces(LabelRuns runs, std::span<const double> pixel_areas,
                               double least_area) {
  for (;;) {
    const LabelPieces pieces = pieces_of(runs, pixel_areas);
    const std::vector<std::uint32_t> takers = takers_of(runs, pieces, least_area);
    std::vector<std::uint8_t> labels = pieces.labels;
    bool any = false;
    for (std::uint32_t piece = 0; piece < takers.size(); ++piece) {
      std::uint32_t end = piece;
      while (takers[end] != kNoPiece) end = takers[end];
      labels[piece] = pieces.labels[end];
      any = any || end != piece;
    }
    if (!any) return runs;
    runs = relabelled(runs, pieces, labels);
  }
}

}  // namespace skyglot
