// SPDX-License-Identifier: Apache-2.0
// One block of the layout while it is being built on: its frame, what is taken, and the pencil.
#pragma once

#include "simulate/sketch.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace skyglot::simulate {

class Site {
 public:
  /// `key` names the block's random stream.
  Site(Sketch& sketch, const Layout& layout, const Block& block, std::uint64_t key);

  Sketch& draw;
  const Layout& layout;
  const Block& block;
  OrientedBox box;  ///< of the plot, in the layout; u is the long side
  RandomStream random;

  /// A place of the box in the plan; u and v from the plot's middle.
  [[nodiscard]] Frame at(double u, double v, double turn = 0) const;
  [[nodiscard]] Frame plan(const Frame& layout_frame) const {
    return draw.warp.frame(layout_frame);
  }
  [[nodiscard]] Path plot_ring() const { return draw.warp.ring(block.plot); }
  [[nodiscard]] Path bounds_ring() const { return draw.warp.ring(block.bounds); }

  /// Whether a rectangle lies inside the plot with `margin` to spare and on nothing claimed.
  [[nodiscard]] bool is_free(const Frame& where, double half_u, double half_v, double margin) const;
  /// is_free(), and from now on it is taken.
  bool claim(const Frame& where, double half_u, double half_v, double margin = 1);
  bool claim(double u, double v, double half_u, double half_v, double margin = 1);
  /// Takes the place without asking.
  void reserve(const Frame& where, double half_u, double half_v);

  /// The largest rectangle of this shape, not above its full size, that fits around the middle;
  /// 0: none of at least `least` of the size. Its frame is at(0, 0, turn).
  struct Fit {
    double scale = 0;
    double turn = 0;
  };
  [[nodiscard]] Fit fit(double half_u, double half_v, double least) const;

  /// A random place of the plot's box, in the layout.
  [[nodiscard]] Frame anywhere();
  /// Trees at random free places, at most `count`.
  void scatter_trees(int count, double size, double conifers, bool mapped);
  /// Ground cover of the whole plot.
  Shape& ground(Surface surface);
  /// addr:* of the next house in the street along edge `edge`.
  [[nodiscard]] Tags address(std::size_t edge, int number) const;

 private:
  struct Claim {
    Frame frame;
    double half_u;
    double half_v;
  };
  std::vector<Claim> claims_;
};

}  // namespace skyglot::simulate
