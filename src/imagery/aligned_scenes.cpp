// SPDX-License-Identifier: Apache-2.0
#include "imagery/aligned_scenes.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

namespace skyglot {
namespace {

// Origins of one grid differ by whole pixels, give or take this share of one.
constexpr double kSlack = 0.05;

// Whole pixels; 64 bits, since neighbours may lie anywhere on their grid.
struct Rectangle {
  std::int64_t x = 0;
  std::int64_t y = 0;
  std::int64_t width = 0;
  std::int64_t height = 0;
};

Rectangle intersection(const Rectangle& a, const Rectangle& b) {
  const std::int64_t x = std::max(a.x, b.x);
  const std::int64_t y = std::max(a.y, b.y);
  return {x, y, std::min(a.x + a.width, b.x + b.width) - x,
          std::min(a.y + a.height, b.y + b.height) - y};
}

// What aligned scenes have in common but for the origin. Nine digits: files of one survey may
// differ in the last ones.
std::string grid_key(const Scene& scene) {
  const GeoTransform& t = scene.map_from_pixel;
  return fmt::format("{}|{}|{:.8e}|{:.8e}|{:.8e}|{:.8e}|{}", scene.collection_code, scene.date,
                     t[1], t[2], t[4], t[5], scene.crs_wkt);
}

// Scenes on one grid, found through cells of kCell x kCell pixels.
struct Grid {
  static constexpr std::int64_t kCell = 4096;
  GeoTransform pixel_from_map{};
  std::vector<std::pair<std::size_t, Rectangle>> scenes;  // by index in the catalogue
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<std::uint32_t>> cells;

  template <typename Visit>
  static void visit_cells(const Rectangle& r, const Visit& visit) {
    const auto cell = [](std::int64_t at) { return (at - (at < 0 ? kCell - 1 : 0)) / kCell; };
    for (std::int64_t y = cell(r.y); y <= cell(r.y + r.height - 1); ++y)
      for (std::int64_t x = cell(r.x); x <= cell(r.x + r.width - 1); ++x) visit(std::pair(x, y));
  }

  void add(std::size_t scene, const Rectangle& r) {
    const auto number = static_cast<std::uint32_t>(scenes.size());
    scenes.emplace_back(scene, r);
    visit_cells(r, [&](const auto& cell) { cells[cell].push_back(number); });
  }

  [[nodiscard]] std::vector<std::uint32_t> near(const Rectangle& r) const {
    std::vector<std::uint32_t> found;
    visit_cells(r, [&](const auto& cell) {
      if (const auto at = cells.find(cell); at != cells.end())
        found.insert(found.end(), at->second.begin(), at->second.end());
    });
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
    return found;
  }
};

// Where the scene lies on the grid; nothing where its pixels lie between those of the grid.
std::optional<Rectangle> place_on(const Grid& grid, const Scene& scene) {
  const Point at =
      map_from_pixel(grid.pixel_from_map, {scene.map_from_pixel[0], scene.map_from_pixel[3]});
  const Point whole{std::round(at.x), std::round(at.y)};
  if (!(std::abs(at.x - whole.x) <= kSlack && std::abs(at.y - whole.y) <= kSlack) ||
      std::abs(whole.x) > 1e12 || std::abs(whole.y) > 1e12)
    return std::nullopt;
  return Rectangle{static_cast<std::int64_t>(whole.x), static_cast<std::int64_t>(whole.y),
                   scene.width, scene.height};
}

}  // namespace

struct AlignedScenes::State {
  struct Place {
    std::size_t grid = 0;
    std::uint32_t number = 0;  // in the grid
  };
  std::vector<Grid> grids;
  std::vector<Place> places;  // by scene
};

AlignedScenes::AlignedScenes(const ImageryCatalogue& catalogue)
    : state_(std::make_unique<State>()) {
  // Scenes between whose pixels no whole number lies start a grid of their own; a survey has one,
  // so the first few are all that is tried.
  constexpr std::size_t kMostGrids = 16;
  std::unordered_map<std::string, std::vector<std::size_t>> grids_of;
  for (std::size_t i = 0; i < catalogue.scenes.size(); ++i) {
    const Scene& scene = catalogue.scenes[i];
    std::vector<std::size_t>& known = grids_of[grid_key(scene)];
    std::optional<Rectangle> place;
    std::size_t grid = 0;
    for (std::size_t k = 0; k < std::min(known.size(), kMostGrids) && !place; ++k)
      place = place_on(state_->grids[grid = known[k]], scene);
    if (!place) {
      grid = state_->grids.size();
      known.push_back(grid);
      state_->grids.push_back({inverse(scene.map_from_pixel), {}, {}});
      place = Rectangle{0, 0, scene.width, scene.height};
    }
    state_->places.push_back({grid, static_cast<std::uint32_t>(state_->grids[grid].scenes.size())});
    state_->grids[grid].add(i, *place);
  }
}

AlignedScenes::~AlignedScenes() = default;
AlignedScenes::AlignedScenes(AlignedScenes&&) noexcept = default;
AlignedScenes& AlignedScenes::operator=(AlignedScenes&&) noexcept = default;

std::vector<AlignedScenes::Part> AlignedScenes::parts(std::size_t scene,
                                                      const PixelWindow& window) const {
  const auto [grid_index, own] = state_->places.at(scene);
  const Grid& grid = state_->grids[grid_index];
  const Rectangle& origin = grid.scenes[own].second;
  const Rectangle asked{origin.x + window.x, origin.y + window.y, window.width, window.height};
  std::vector<std::uint32_t> near = grid.scenes.size() == 1 ? std::vector{own} : grid.near(asked);
  std::ranges::stable_partition(near, [own = own](std::uint32_t number) { return number == own; });
  std::vector<Part> found;
  for (const std::uint32_t number : near) {
    const auto& [index, place] = grid.scenes[number];
    const Rectangle r = intersection(asked, place);
    if (r.width <= 0 || r.height <= 0) continue;
    found.push_back({.scene = index,
                     .window = {static_cast<int>(r.x - place.x), static_cast<int>(r.y - place.y),
                                static_cast<int>(r.width), static_cast<int>(r.height)},
                     .x = static_cast<int>(r.x - asked.x),
                     .y = static_cast<int>(r.y - asked.y)});
  }
  return found;
}

}  // namespace skyglot
