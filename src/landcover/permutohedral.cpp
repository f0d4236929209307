// SPDX-License-Identifier: Apache-2.0
#include "landcover/permutohedral.hpp"

#include "base/error.hpp"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_sort.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace skyglot {
namespace {

constexpr std::size_t kMostCorners = PermutohedralLattice::kMostDimensions + 1;
using Elevated = std::array<double, kMostCorners>;

// Features as coordinates of the plane in which they add up to 0. One deviation is as long as that
// of splatting, blurring and slicing together: sqrt(2/3) (d + 1), as in the paper.
class Elevation {
 public:
  explicit Elevation(std::size_t dimensions) : dimensions_(dimensions) {
    const double unit = std::sqrt(2.0 / 3) * static_cast<double>(dimensions + 1);
    for (std::size_t j = 0; j < dimensions; ++j)
      scale_[j] = unit / std::sqrt(static_cast<double>((j + 1) * (j + 2)));
  }

  [[nodiscard]] Elevated of(const float* feature) const {
    Elevated out{};
    double sum = 0;
    for (std::size_t j = dimensions_; j > 0; --j) {
      const double scaled = double{feature[j - 1]} * scale_[j - 1];
      out[j] = sum - static_cast<double>(j) * scaled;
      sum += scaled;
    }
    out[0] = sum;
    return out;
  }

 private:
  std::size_t dimensions_;
  std::array<double, kMostCorners> scale_{};
};

// The simplex around a point: its corner of remainder 0, the ranks of the coordinates by what is
// left of them, and what each corner weighs.
struct Simplex {
  std::array<int, kMostCorners> corner{};
  std::array<int, kMostCorners> rank{};
  std::array<double, kMostCorners + 1> weight{};
};

// Ranks of what rounding leaves, most first; equals by their place.
void rank_remainders(const Elevated& at, std::size_t corners, Simplex& simplex) {
  for (std::size_t i = 0; i < corners; ++i)
    for (std::size_t j = i + 1; j < corners; ++j) {
      const bool less = at[i] - simplex.corner[i] < at[j] - simplex.corner[j];
      ++simplex.rank[less ? i : j];
    }
}

// Rounded coordinates add up to `excess` steps; those that were rounded furthest go back.
void back_into_plane(std::size_t corners, int excess, Simplex& simplex) {
  const int step = static_cast<int>(corners);
  for (std::size_t i = 0; i < corners; ++i) {
    simplex.rank[i] += excess;
    if (simplex.rank[i] >= step) {
      simplex.corner[i] -= step;
      simplex.rank[i] -= step;
    } else if (simplex.rank[i] < 0) {
      simplex.corner[i] += step;
      simplex.rank[i] += step;
    }
  }
}

Simplex simplex_around(const Elevated& at, std::size_t corners) {
  Simplex simplex;
  const int step = static_cast<int>(corners);
  int excess = 0;
  for (std::size_t i = 0; i < corners; ++i) {
    const int steps = static_cast<int>(std::lround(at[i] / step));
    simplex.corner[i] = steps * step;
    excess += steps;
  }
  rank_remainders(at, corners, simplex);
  back_into_plane(corners, excess, simplex);
  for (std::size_t i = 0; i < corners; ++i) {
    const double share = (at[i] - simplex.corner[i]) / step;
    const auto place = corners - 1 - static_cast<std::size_t>(simplex.rank[i]);
    simplex.weight[place] += share;
    simplex.weight[place + 1] -= share;
  }
  simplex.weight[0] += 1 + simplex.weight[corners];
  return simplex;
}

}  // namespace

struct PermutohedralLattice::Entry {
  std::uint64_t key;
  std::uint32_t slot;  // point x corners + corner
};

// Vertices as numbers: their coordinates but the last, which the others imply, in a box that holds
// all of them and their neighbours. A step along an axis is the same difference everywhere.
class PermutohedralLattice::Cells {
 public:
  Cells(std::span<const float> features, std::size_t dimensions, const Elevation& elevation)
      : dimensions_(dimensions) {
    Elevated least{}, most{};
    least.fill(std::numeric_limits<double>::infinity());
    most.fill(-std::numeric_limits<double>::infinity());
    for (std::size_t p = 0; p < features.size(); p += dimensions) {
      const Elevated at = elevation.of(features.data() + p);
      for (std::size_t i = 0; i < dimensions; ++i) {
        least[i] = std::min(least[i], at[i]);
        most[i] = std::max(most[i], at[i]);
      }
    }
    if (!features.empty()) lay_out(least, most);
  }

  [[nodiscard]] std::uint64_t key(const Simplex& simplex, std::size_t corner) const {
    const int up = static_cast<int>(corner);
    const int last_up = static_cast<int>(dimensions_ - corner);
    std::uint64_t key = 0;
    for (std::size_t i = 0; i < dimensions_; ++i) {
      const int at = simplex.corner[i] + (simplex.rank[i] <= last_up ? up : -last_up - 1);
      key += stride_[i] * static_cast<std::uint64_t>(at - first_[i]);
    }
    return key;
  }

  // From a vertex to the next along an axis; unsigned, so that negative ones wrap as they should.
  [[nodiscard]] std::uint64_t step(std::size_t axis) const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < dimensions_; ++i)
      sum += i == axis ? stride_[i] * dimensions_ : std::uint64_t{0} - stride_[i];
    return sum;
  }

 private:
  void lay_out(const Elevated& least, const Elevated& most) {
    const double margin = 2 * static_cast<double>(dimensions_ + 1);
    double cells = 1;
    for (std::size_t i = 0; i < dimensions_; ++i) {
      const double low = std::floor(least[i]) - margin, high = std::ceil(most[i]) + margin;
      cells *= high - low + 1;
      if (!(cells < 0x1p62) || !(std::abs(low) < 1e9))
        fail(ErrorKind::usage,
             "filtering: the points lie too many deviations apart; take larger deviations");
      first_[i] = static_cast<int>(low);
      stride_[i] = i == 0 ? 1 : stride_[i - 1] * width_[i - 1];
      width_[i] = static_cast<std::uint64_t>(high - low) + 1;
    }
  }

  std::size_t dimensions_;
  std::array<int, kMostCorners> first_{};
  std::array<std::uint64_t, kMostCorners> stride_{}, width_{};
};

namespace {

// For each key the place of key + step, or `none`; keys ascend, so one pass finds them all.
std::vector<std::uint32_t> places_of_next(const std::vector<std::uint64_t>& keys,
                                          std::uint64_t step, std::uint32_t none) {
  std::vector<std::uint32_t> places(keys.size(), none);
  // A wrapped step is a step down: keys never reach the upper half.
  const bool down = step >> 63U != 0;
  std::size_t next = 0;
  for (std::size_t v = 0; v < keys.size(); ++v) {
    if (down && keys[v] < std::uint64_t{0} - step) continue;
    const std::uint64_t sought = keys[v] + step;
    while (next < keys.size() && keys[next] < sought) ++next;
    if (next < keys.size() && keys[next] == sought) places[v] = static_cast<std::uint32_t>(next);
  }
  return places;
}

}  // namespace

PermutohedralLattice::PermutohedralLattice(std::span<const float> features, int dimensions)
    : points_(features.size() / static_cast<std::size_t>(dimensions)),
      corners_(static_cast<std::size_t>(dimensions) + 1) {
  expect(dimensions >= 1 && dimensions <= kMostDimensions, "dimensions of a lattice");
  if (points_ >= std::numeric_limits<std::uint32_t>::max() / corners_)
    fail(ErrorKind::resource, "filtering: {} points are too many at once", points_);
  const Cells cells(features, corners_ - 1, Elevation(corners_ - 1));
  const std::vector<std::uint64_t> keys = number_vertices(sorted_entries(features, cells));
  const auto none = static_cast<std::uint32_t>(vertices_);
  neighbours_.resize(corners_);
  tbb::parallel_for(std::size_t{0}, corners_, [&](std::size_t axis) {
    const std::uint64_t step = cells.step(axis);
    const std::vector<std::uint32_t> after = places_of_next(keys, step, none);
    neighbours_[axis].assign(vertices_, {none, none});
    for (std::size_t v = 0; v < vertices_; ++v) {
      neighbours_[axis][v].after = after[v];
      if (after[v] != none) neighbours_[axis][after[v]].before = static_cast<std::uint32_t>(v);
    }
  });
  values_.assign(vertices_ + 1, {});
  blurred_.assign(vertices_ + 1, {});
}

std::vector<PermutohedralLattice::Entry> PermutohedralLattice::sorted_entries(
    std::span<const float> features, const Cells& cells) {
  const Elevation elevation(corners_ - 1);
  std::vector<Entry> entries(points_ * corners_);
  corners_of_.resize(points_ * corners_);
  tbb::parallel_for(std::size_t{0}, points_, [&](std::size_t p) {
    const Elevated at = elevation.of(features.data() + p * (corners_ - 1));
    const Simplex simplex = simplex_around(at, corners_);
    for (std::size_t k = 0; k < corners_; ++k) {
      const std::size_t slot = p * corners_ + k;
      entries[slot] = {cells.key(simplex, k), static_cast<std::uint32_t>(slot)};
      corners_of_[slot].weight = static_cast<float>(simplex.weight[k]);
    }
  });
  // Keys alone would leave the order of shares, and so their sums, to the number of threads.
  tbb::parallel_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.key != b.key ? a.key < b.key : a.slot < b.slot;
  });
  return entries;
}

std::vector<std::uint64_t> PermutohedralLattice::number_vertices(
    const std::vector<Entry>& entries) {
  std::vector<std::uint64_t> keys;
  shares_.reserve(entries.size());
  for (const Entry& entry : entries) {
    if (keys.empty() || keys.back() != entry.key) {
      first_share_.push_back(static_cast<std::uint32_t>(shares_.size()));
      keys.push_back(entry.key);
    }
    Corner& corner = corners_of_[entry.slot];
    corner.vertex = static_cast<std::uint32_t>(keys.size() - 1);
    shares_.push_back({static_cast<std::uint32_t>(entry.slot / corners_), corner.weight});
  }
  first_share_.push_back(static_cast<std::uint32_t>(shares_.size()));
  vertices_ = keys.size();
  return keys;
}

void PermutohedralLattice::splat(std::span<const Lanes> values) {
  tbb::parallel_for(std::size_t{0}, vertices_, [&](std::size_t v) {
    Lanes sum{};
    for (std::size_t s = first_share_[v]; s < first_share_[v + 1]; ++s) {
      const Lanes& value = values[shares_[s].point];
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += shares_[s].weight * value[i];
    }
    values_[v] = sum;
  });
}

void PermutohedralLattice::blur(const std::vector<Neighbours>& neighbours) {
  tbb::parallel_for(std::size_t{0}, vertices_, [&](std::size_t v) {
    const Lanes& before = values_[neighbours[v].before];
    const Lanes& after = values_[neighbours[v].after];
    for (std::size_t i = 0; i < before.size(); ++i)
      blurred_[v][i] = 0.5F * values_[v][i] + 0.25F * (before[i] + after[i]);
  });
  values_.swap(blurred_);
}

void PermutohedralLattice::slice(std::span<Lanes> filtered) const {
  tbb::parallel_for(std::size_t{0}, points_, [&](std::size_t p) {
    Lanes sum{};
    for (std::size_t k = p * corners_; k < (p + 1) * corners_; ++k) {
      const Lanes& value = values_[corners_of_[k].vertex];
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += corners_of_[k].weight * value[i];
    }
    filtered[p] = sum;
  });
}

void PermutohedralLattice::filter(std::span<const Lanes> values, std::span<Lanes> filtered) {
  expect(values.size() == points_ && filtered.size() == points_, "a value for each point");
  splat(values);
  for (const std::vector<Neighbours>& neighbours : neighbours_) blur(neighbours);
  slice(filtered);
}

std::uint64_t PermutohedralLattice::bytes_a_point(int dimensions) {
  // Every corner of every point may be a vertex of its own, with a key while neighbours are sought.
  // The entries that are sorted are gone before.
  const auto corners = static_cast<std::uint64_t>(dimensions) + 1;
  const std::uint64_t of_vertex = sizeof(std::uint64_t) + sizeof(std::uint32_t) +
                                  corners * sizeof(Neighbours) + 2 * sizeof(Lanes);
  return corners * (sizeof(Corner) + sizeof(Share) + of_vertex);
}

}  // namespace skyglot
