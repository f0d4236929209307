// SPDX-License-Identifier: Apache-2.0
#include "landcover/piece_outlines.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_map>
#include <utility>

namespace skyglot {
namespace {

constexpr auto kOutside = std::numeric_limits<std::uint32_t>::max();

// North, east, south, west: what a step adds, and the pixels ahead on its right and left hand,
// seen from the corner.
struct Way {
  int x, y;
  int right_x, right_y, left_x, left_y;
};
constexpr std::array<Way, 4> kWays{
    {{0, -1, 0, -1, -1, -1}, {1, 0, 0, 0, 0, -1}, {0, 1, -1, 0, 0, 0}, {-1, 0, -1, -1, -1, 0}}};
constexpr unsigned kNorth = 0;

}  // namespace

struct PieceOutlines::Step {
  int x, y;
  unsigned way;
};

PieceOutlines::PieceOutlines(const LabelRuns& runs, const LabelPieces& pieces)
    : runs_(runs),
      pieces_(pieces),
      runs_of_(runs.count()),
      piece_first_(pieces.labels.size() + 1),
      traced_(runs.count()) {
  for (const std::uint32_t piece : pieces.of_run) ++piece_first_[piece + 1];
  for (std::size_t i = 1; i < piece_first_.size(); ++i) piece_first_[i] += piece_first_[i - 1];
  std::vector<std::size_t> next(piece_first_.begin(), piece_first_.end() - 1);
  for (std::size_t run = 0; run < runs.count(); ++run)
    runs_of_[next[pieces.of_run[run]]++] = static_cast<std::uint32_t>(run);
}

std::uint32_t PieceOutlines::piece_at(int x, int y) const {
  if (x < 0 || y < 0 || x >= runs_.width() || y >= runs_.height()) return kOutside;
  return pieces_.of_run[runs_.run_at(x, y)];
}

int PieceOutlines::borders_at(int x, int y) const {
  const std::array around{piece_at(x - 1, y - 1), piece_at(x, y - 1), piece_at(x, y),
                          piece_at(x - 1, y)};
  int borders = 0;
  for (std::size_t i = 0; i < around.size(); ++i)
    if (around.at(i) != around.at((i + 1) % around.size())) ++borders;
  return borders;
}

// Sides are shared, corners are not: where only a corner of the piece lies ahead it turns away.
PieceOutlines::Step PieceOutlines::next_step(Step step, std::uint32_t piece) const {
  const Way& way = kWays.at(step.way);
  step.x += way.x;
  step.y += way.y;
  if (piece_at(step.x + way.right_x, step.y + way.right_y) != piece)
    step.way = (step.way + 1) % 4;
  else if (piece_at(step.x + way.left_x, step.y + way.left_y) == piece)
    step.way = (step.way + 3) % 4;
  return step;
}

void PieceOutlines::trace(std::size_t run, int y, std::vector<CornerRing>& rings) {
  const std::uint32_t piece = pieces_.of_run[run];
  const Step start{runs_.begin(run), y + 1, kNorth};
  CornerRing open;
  std::unordered_map<std::uint64_t, std::size_t> crossings;  // corners that may be met again
  Step step = start;
  do {
    if (step.way == kNorth) traced_[runs_.run_at(step.x, step.y - 1)] = true;
    const unsigned way = step.way;
    step = next_step(step, piece);
    const int borders = borders_at(step.x, step.y);
    if (borders < 3 && step.way == way) continue;
    const bool corner_of_raster =
        (step.x == 0 || step.x == runs_.width()) && (step.y == 0 || step.y == runs_.height());
    const PixelCorner corner{step.y, step.x, borders > 2 || corner_of_raster};
    const auto [met, fresh] = borders == 4 ? crossings.try_emplace(corner.key(), open.size())
                                           : std::pair(crossings.end(), true);
    if (fresh) {
      open.push_back(corner);
      continue;
    }
    const auto first = open.begin() + static_cast<std::ptrdiff_t>(met->second);
    rings.emplace_back(first, open.end());
    for (auto cut = first + 1; cut != open.end(); ++cut) crossings.erase(cut->key());
    open.erase(first + 1, open.end());
  } while (step.x != start.x || step.y != start.y || step.way != start.way);
  rings.push_back(std::move(open));
}

std::vector<CornerRing> PieceOutlines::rings_of(std::uint32_t piece) {
  std::vector<CornerRing> rings;
  const auto first = runs_of_.begin() + static_cast<std::ptrdiff_t>(piece_first_[piece]);
  const auto last = runs_of_.begin() + static_cast<std::ptrdiff_t>(piece_first_[piece + 1]);
  std::for_each(first, last, [&](std::uint32_t run) { traced_[run] = false; });
  int y = 0;
  for (auto run = first; run != last; ++run) {
    y = runs_.row_of(*run, y);
    if (!traced_[*run]) trace(*run, y, rings);
  }
  const auto outer =
      std::ranges::find_if(rings, [](const auto& ring) { return twice_area(ring) > 0; });
  std::iter_swap(rings.begin(), outer);
  return rings;
}

std::int64_t twice_area(const CornerRing& ring) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const PixelCorner &a = ring[i], &b = ring[(i + 1) % ring.size()];
    sum += std::int64_t{a.x} * b.y - std::int64_t{b.x} * a.y;
  }
  return sum;
}

}  // namespace skyglot
