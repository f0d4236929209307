// SPDX-License-Identifier: Apache-2.0
// Borders between pieces with fewer corners: each is simplified once, for the pieces on both sides.
#pragma once

#include "landcover/piece_outlines.hpp"

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

namespace skyglot {

/// Borders (arcs of rings between nodes) lose corners that lie within the tolerance of what is left
/// (Douglas and Peucker 1973). Where one would meet another or sweep over it (Saalfeld 1999), it
/// gets half the tolerance, and half again, down to all its corners: rings stay simple, pieces
/// beside one another share their border and nothing lies between them.
class SimplerBorders {
 public:
  struct Lengths {
    double pixel_width = 1, pixel_height = 1;
    double tolerance = 1;  ///< in the same unit
  };
  explicit SimplerBorders(const Lengths& lengths) : lengths_(lengths) {}

  /// Every ring of every piece, some twice if need be.
  void add(const CornerRing& ring);
  /// When all are there.
  void settle();
  [[nodiscard]] CornerRing simplified(const CornerRing& ring) const;

 private:
  struct Border {
    CornerRing corners;                 ///< from end to end
    std::vector<std::uint32_t> kept{};  ///< places of those that stay
    int halvings = 0;
  };
  /// A border's first corner and its next: from a node only one goes there.
  struct BorderKey {
    std::uint64_t first, second;
    friend bool operator==(const BorderKey&, const BorderKey&) = default;
  };
  struct BorderHash {
    std::size_t operator()(const BorderKey& key) const {
      return static_cast<std::size_t>((key.first * 0x9E3779B97F4A7C15U) ^
                                      (key.second * 0xC2B2AE3D27D4EB4FU));
    }
  };
  class Conflicts;

  static BorderKey key_of(const CornerRing& corners) {
    return {corners[0].key(), corners[1].key()};
  }
  void simplify(Border& border) const;
  void thin_out(const CornerRing& corners, std::pair<std::size_t, std::size_t> ends,
                double tolerance, std::vector<bool>& keep) const;
  /// How far a corner lies from a stretch.
  [[nodiscard]] double distance(const PixelCorner& at, const PixelCorner& from,
                                const PixelCorner& to) const;
  /// The corner between two others that lies furthest from their stretch.
  [[nodiscard]] std::size_t furthest(const CornerRing& corners, std::size_t first,
                                     std::size_t last) const;

  Lengths lengths_;
  std::vector<Border> borders_;
  std::unordered_map<BorderKey, std::size_t, BorderHash> places_;
};

}  // namespace skyglot
