// SPDX-License-Identifier: Apache-2.0
#include "nn/positions.hpp"

#include "base/error.hpp"

#include <cmath>

namespace skyglot {
namespace {

torch::Tensor resized(const torch::Tensor& grid, std::int64_t height, std::int64_t width,
                      PositionResize method) {
  if (method == PositionResize::antialiased)
    return at::_upsample_bicubic2d_aa(grid, {height, width}, false);
  if (method == PositionResize::plain) return at::upsample_bicubic2d(grid, {height, width}, false);
  const auto side = static_cast<double>(grid.size(-1));
  return at::upsample_bicubic2d(grid, {height, width}, false,
                                (static_cast<double>(height) + 0.1) / side,
                                (static_cast<double>(width) + 0.1) / side);
}

}  // namespace

torch::Tensor positions_for_grid(const torch::Tensor& positions, std::int64_t height,
                                 std::int64_t width, PositionResize method) {
  const std::int64_t stored = positions.size(0) - 1;
  const auto side = static_cast<std::int64_t>(std::llround(std::sqrt(static_cast<double>(stored))));
  expect(side * side == stored, "positions that are no square grid");
  if (height == side && width == side) return positions;
  const torch::Tensor grid = positions.narrow(0, 1, stored)
                                 .to(torch::kFloat32)
                                 .view({1, side, side, -1})
                                 .permute({0, 3, 1, 2});
  const torch::Tensor patches =
      resized(grid, height, width, method).permute({0, 2, 3, 1}).reshape({height * width, -1});
  return torch::cat({positions.narrow(0, 0, 1), patches.to(positions.scalar_type())});
}

}  // namespace skyglot
