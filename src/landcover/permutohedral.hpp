// SPDX-License-Identifier: Apache-2.0
// Gaussian filtering of points with features of several dimensions, in time linear in the points:
// the permutohedral lattice (Adams, Baek and Davis 2010).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace skyglot {

/// Values of a point that are filtered side by side.
using Lanes = std::array<float, 4>;

/// K v, where K_ij is about c exp(-|f_i - f_j|^2 / 2) for one c, the points themselves (i = j)
/// included. Where few points lie, vertices between them are missing and K is smaller; divide by
/// K 1, or by its root on both sides.
class PermutohedralLattice {
 public:
  static constexpr int kMostDimensions = 8;

  /// `features` holds `dimensions` numbers a point, in deviations of the Gaussian. Throws
  /// Error(usage) where they spread over more cells than can be numbered, Error(resource) for more
  /// points than fit.
  PermutohedralLattice(std::span<const float> features, int dimensions);

  [[nodiscard]] std::size_t points() const { return points_; }
  [[nodiscard]] std::size_t vertices() const { return vertices_; }
  /// One value in, one out, for each point. Takes the threads of the TBB arena it is called in; no
  /// value depends on their number. Not for two threads at once.
  void filter(std::span<const Lanes> values, std::span<Lanes> filtered);

  /// At most, while it lives.
  [[nodiscard]] static std::uint64_t bytes_a_point(int dimensions);

 private:
  struct Corner {
    std::uint32_t vertex;
    float weight;
  };
  struct Share {
    std::uint32_t point;
    float weight;
  };
  struct Neighbours {
    std::uint32_t before, after;
  };
  class Cells;
  struct Entry;

  [[nodiscard]] std::vector<Entry> sorted_entries(std::span<const float> features,
                                                  const Cells& cells);
  /// Numbers the vertices in the order of their keys, which it returns.
  [[nodiscard]] std::vector<std::uint64_t> number_vertices(const std::vector<Entry>& entries);
  void splat(std::span<const Lanes> values);
  void blur(const std::vector<Neighbours>& neighbours);
  void slice(std::span<Lanes> filtered) const;

  std::size_t points_ = 0, vertices_ = 0;
  std::size_t corners_ = 0;                          ///< of a simplex: dimensions + 1
  std::vector<Corner> corners_of_;                   ///< points x corners
  std::vector<std::uint32_t> first_share_;           ///< of each vertex, and the end
  std::vector<Share> shares_;                        ///< of points in vertices
  std::vector<std::vector<Neighbours>> neighbours_;  ///< along each of the axes
  std::vector<Lanes> values_, blurred_;              ///< of the vertices, and 0 for one not there
};

}  // namespace skyglot
