// SPDX-License-Identifier: Apache-2.0
// A town put onto the pixels of one scene: which shape and which height is where.
#pragma once

#include "raster/raster.hpp"
#include "simulate/noise.hpp"
#include "simulate/scene.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace skyglot::simulate {

/// The town's shapes in pixels of a scene's drawing grid, found by place.
class SceneShapes {
 public:
  SceneShapes(const Town& town, const SceneSpec& spec);

  struct Item {
    std::uint32_t shape = 0;  ///< row in Town::shapes
    std::uint32_t first_ring = 0;
    std::uint32_t ring_count = 0;
    Box box;  ///< pixels
    float top_m = 0;
  };
  struct ScreenTree {
    Point at;  ///< pixels
    const Tree* tree = nullptr;
  };

  /// Rows of items (in painting order) whose box meets `box`.
  [[nodiscard]] std::vector<std::uint32_t> items_in(const Box& box) const;
  [[nodiscard]] std::vector<std::uint32_t> trees_in(const Box& box) const;
  [[nodiscard]] const Item& item(std::uint32_t row) const { return items_[row]; }
  [[nodiscard]] const Path& ring(std::uint32_t row) const { return rings_[row]; }
  [[nodiscard]] const ScreenTree& tree(std::uint32_t row) const { return trees_[row]; }
  [[nodiscard]] const std::vector<std::uint32_t>& tall() const { return tall_; }
  [[nodiscard]] const Town& town() const { return *town_; }
  [[nodiscard]] const SceneProjection& projection() const { return projection_; }

 private:
  class Buckets {
   public:
    void start(const Box& extent, double side);
    void add(std::uint32_t row, const Box& box);
    [[nodiscard]] std::vector<std::uint32_t> in(const Box& box) const;

   private:
    struct Range {
      int x0, y0, x1, y1;
    };
    [[nodiscard]] std::optional<Range> range(const Box& box) const;
    Box extent_;
    double side_ = 1;
    int columns_ = 0;
    int rows_ = 0;
    std::vector<std::vector<std::uint32_t>> cells_;
  };

  const Town* town_;
  SceneProjection projection_;
  std::vector<Item> items_;
  std::vector<Path> rings_;
  std::vector<ScreenTree> trees_;
  std::vector<std::uint32_t> tall_;  // items that throw shadows far
  Buckets item_buckets_;
  Buckets tree_buckets_;
};

/// What a canvas pixel shows: nothing, a shape, or a tree of some kind.
using PixelId = std::uint32_t;
inline constexpr PixelId kNothing = 0;
inline constexpr PixelId kTreeBit = 0x80000000U;
[[nodiscard]] inline bool is_tree(PixelId id) {
  return (id & kTreeBit) != 0;
}
[[nodiscard]] inline TreeKind tree_kind(PixelId id) {
  return static_cast<TreeKind>((id >> 24) & 0x7FU);
}
[[nodiscard]] inline PixelId tree_id(TreeKind kind, std::uint32_t seed) {
  return kTreeBit | (static_cast<PixelId>(kind) << 24) | (seed & 0xFFFFFFU);
}
/// Row in Town::shapes.
[[nodiscard]] inline std::uint32_t shape_of(PixelId id) {
  return id - 1;
}

/// A window of the drawing grid.
struct Canvas {
  PixelWindow window;
  std::vector<PixelId> id;
  std::vector<float> height_m;

  [[nodiscard]] std::size_t at(int x, int y) const {  ///< grid coordinates
    return static_cast<std::size_t>(y - window.y) * static_cast<std::size_t>(window.width) +
           static_cast<std::size_t>(x - window.x);
  }
};

/// Draws shapes, trees and the stands of forests. `noise` roughens the crowns.
[[nodiscard]] Canvas draw_canvas(const SceneShapes& shapes, const PixelWindow& window,
                                 const NoiseTile& noise);

}  // namespace skyglot::simulate
