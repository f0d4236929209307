// SPDX-License-Identifier: Apache-2.0
#include "search/window_layout.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace skyglot {
namespace {

constexpr double kUsualPixels = 64;
constexpr double kLeastUsualM = 40;

// Starts of pieces of `side` in `length`, `step` apart, the last one at the end; then those that
// begin before the end and go on behind it, if it `goes_on`.
std::vector<int> piece_starts(int length, int side, int step, bool goes_on) {
  std::vector<int> starts;
  for (int at = 0; at < length - side; at += step) starts.push_back(at);
  starts.push_back(length - side);
  if (goes_on)
    for (int at = length - side + step; at < length; at += step) starts.push_back(at);
  return starts;
}

// Sides in pixels, ascending, each once.
std::vector<int> sides_of(const Scene& scene, const std::vector<double>& sizes_m) {
  const int widest = std::min(scene.width, scene.height);
  std::vector<int> sides;
  for (const double size : sizes_m)
    sides.push_back(static_cast<int>(
        std::clamp(std::round(size / scene.gsd_m), 1.0, static_cast<double>(widest))));
  std::ranges::sort(sides);
  const auto doubles = std::ranges::unique(sides);
  sides.erase(doubles.begin(), doubles.end());
  return sides;
}

}  // namespace

void WindowLayout::validate() const {
  std::string problems;
  for (const double size : sizes_m)
    if (!(size > 0 && std::isfinite(size)))
      problems += fmt::format("; a window of {} m has no ground", size);
  if (!(overlap >= 0 && overlap <= 0.95))
    problems += fmt::format("; the overlap is {}, not in [0, 0.95]", overlap);
  if (!(least_valid > 0 && least_valid <= 1))
    problems += fmt::format("; the least share of valid pixels is {}, not in (0, 1]", least_valid);
  if (!problems.empty()) fail(ErrorKind::usage, "windows: {}", problems.substr(2));
}

std::vector<double> usual_sizes_m(double gsd_m) {
  const double doublings = std::round(std::log2(kUsualPixels * gsd_m / kLeastUsualM));
  const double first = kLeastUsualM * std::exp2(std::max(0.0, doublings));
  return {first, 2 * first, 4 * first};
}

std::vector<SearchWindow> lay_windows(const Scene& scene, double gsd_m, const WindowLayout& layout,
                                      const SceneReach& reach) {
  std::vector<SearchWindow> windows;
  const auto sizes_m = layout.sizes_m.empty() ? usual_sizes_m(gsd_m) : layout.sizes_m;
  for (const int side : sides_of(scene, sizes_m)) {
    const int step = std::max(1, static_cast<int>(std::lround(side * (1 - layout.overlap))));
    const std::vector<int> columns = piece_starts(scene.width, side, step, reach.right);
    for (const int y : piece_starts(scene.height, side, step, reach.below))
      for (const int x : columns) windows.push_back({{x, y, side, side}, side * scene.gsd_m});
  }
  return windows;
}

}  // namespace skyglot
