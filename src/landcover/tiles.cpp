// SPDX-License-Identifier: Apache-2.0
#include "landcover/tiles.hpp"

#include "base/error.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace skyglot {
namespace {

// Starts of pieces of `side` in `length`, `step` apart, the last one at the end.
std::vector<int> starts(int length, int side, int step) {
  std::vector<int> result;
  for (int at = 0; at + side < length; at += step) result.push_back(at);
  result.push_back(length - side);
  return result;
}

std::array<PixelWindow, 5> five_of(const PixelWindow& w) {
  const int half = w.width / 2;
  const int far = w.width - half;
  const int middle = far / 2;
  return {PixelWindow{w.x, w.y, half, half}, PixelWindow{w.x + far, w.y, half, half},
          PixelWindow{w.x, w.y + far, half, half}, PixelWindow{w.x + far, w.y + far, half, half},
          PixelWindow{w.x + middle, w.y + middle, half, half}};
}

bool spans_meet(int a, int a_length, int b, int b_length) {
  return a < b + b_length && b < a + a_length;
}

}  // namespace

void TileLayout::validate(int patch) const {
  std::string problems;
  if (side < patch || side % patch != 0)
    problems += fmt::format("; a tile of {} pixels is not whole patches of {}: take {}", side,
                            patch, std::max(1, side / patch) * patch);
  if (!(overlap >= 0 && overlap < 1))
    problems += fmt::format("; the overlap is {}, not in [0, 1)", overlap);
  if (!problems.empty()) fail(ErrorKind::usage, "tiles: {}", problems.substr(2));
}

std::vector<GroundTile> lay_tiles(const std::vector<Scene>& scenes, const TileLayout& layout) {
  std::vector<GroundTile> tiles;
  for (std::size_t i = 0; i < scenes.size(); ++i) {
    const int side = std::min({layout.side, scenes[i].width, scenes[i].height});
    const int step = std::max(1, static_cast<int>(side * (1 - layout.overlap)));
    for (const int y : starts(scenes[i].height, side, step))
      for (const int x : starts(scenes[i].width, side, step)) {
        const PixelWindow window{x, y, side, side};
        if (!layout.five_crop || side < 2) {
          tiles.push_back({i, window});
          continue;
        }
        for (const PixelWindow& part : five_of(window)) tiles.push_back({i, part});
      }
  }
  return tiles;
}

std::vector<PixelWindow> blocks_of(const Scene& scene, int side) {
  std::vector<PixelWindow> blocks;
  for (int y = 0; y < scene.height; y += side)
    for (int x = 0; x < scene.width; x += side)
      blocks.push_back({x, y, std::min(side, scene.width - x), std::min(side, scene.height - y)});
  return blocks;
}

bool share_ground(const GroundTile& a, const GroundTile& b) {
  return a.scene == b.scene && spans_meet(a.window.x, a.window.width, b.window.x, b.window.width) &&
         spans_meet(a.window.y, a.window.height, b.window.y, b.window.height);
}

}  // namespace skyglot
