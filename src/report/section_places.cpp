// SPDX-License-Identifier: Apache-2.0
// Where the tiles lie.
#include "base/numbers.hpp"
#include "page/map_frame.hpp"
#include "page/page_template.hpp"
#include "report/sections.hpp"
#include "report/svg_map.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>

namespace skyglot {
namespace {

constexpr std::size_t kMostPlaces = 4;

// What tiles are coloured by: collection or split.
struct Colouring {
  std::string by;
  std::vector<std::string> names;  // tone = index
  std::function<std::string(const MapTile&)> name_of;
};

Colouring by_collection(const Statistics& statistics) {
  Colouring colouring{"collection", {}, [](const MapTile& tile) { return tile.collection; }};
  for (const auto& [name, counts] : statistics.by_collection) colouring.names.push_back(name);
  return colouring;
}

Colouring by_split() {
  return {"split", {"train", "val", "test"}, [](const MapTile& tile) {
            return std::string(to_string(tile.split));
          }};
}

std::vector<MapLayer> layers_of(const Place& place, const Colouring& colouring) {
  std::vector<MapLayer> layers;
  for (std::size_t tone = 0; tone < colouring.names.size(); ++tone) {
    MapLayer layer{tone, {}};
    for (const MapTile* tile : place.tiles)
      if (colouring.name_of(*tile) == colouring.names[tone]) layer.tiles.push_back(tile);
    if (!layer.tiles.empty()) layers.push_back(std::move(layer));
  }
  return layers;
}

std::string legend(const std::vector<MapLayer>& layers, const Colouring& colouring) {
  std::string html;
  for (const MapLayer& layer : layers)
    html += fmt::format(" <span class=\"nb\">{}{} ({})</span>", legend_key(layer.tone),
                        data_html(colouring.names[layer.tone]), format_count(layer.tiles.size()));
  return html;
}

std::string place_name(const Box& box) {
  const Point at = box.centre();
  return latitude_text(at.y, 3) + ", " + longitude_text(at.x, 3);
}

std::string place_figure(const Place& place, const Colouring& colouring, const std::string& label) {
  const auto layers = layers_of(place, colouring);
  std::string said;
  for (const MapLayer& layer : layers)
    said += fmt::format(" {} of {} {}.", format_count(layer.tiles.size()), colouring.by,
                        colouring.names[layer.tone]);
  const FigureText text{
      "map-" + colouring.by + (label.empty() ? "" : "-" + label),
      "Map of the tiles by " + colouring.by,
      fmt::format("Outlines of {} around {}.{}", count_of(place.tiles.size(), "tile"),
                  place_name(place.box_lonlat), said)};
  const std::string name = label.empty() ? "" : "<strong>Place " + label + ".</strong> ";
  return figure_html(draw_tiles(text, place.box_lonlat, layers),
                     name + "Tiles by " + colouring.by + ":" + legend(layers, colouring));
}

std::string place_figures(const Place& place, const Statistics& statistics,
                          const std::string& label) {
  std::string html;
  if (statistics.by_collection.size() > 1)
    html += place_figure(place, by_collection(statistics), label);
  return html + place_figure(place, by_split(), label);
}

std::string overview(const std::vector<Place>& places) {
  const FigureText text{
      "map-places", "Map of the places",
      fmt::format("{} that lie apart; the largest, A, around {}.", count_of(places.size(), "place"),
                  place_name(places[0].box_lonlat))};
  return figure_html(
      draw_places(text, places),
      fmt::format("{} at least a quarter of a degree apart, lettered by their number of tiles.{}",
                  count_of(places.size(), "place"),
                  places.size() > kMostPlaces
                      ? fmt::format(" The {} largest are drawn below.", kMostPlaces)
                      : std::string()));
}

std::string outline_maps(const Statistics& statistics) {
  const auto tiles = unwrapped_tiles(statistics.tiles.outlines());
  const auto places = places_of(tiles);
  std::string html = places.size() > 1 ? overview(places) : "";
  for (std::size_t i = 0; i < std::min(places.size(), kMostPlaces); ++i)
    html += place_figures(
        places[i], statistics,
        places.size() > 1 ? std::string(1, static_cast<char>('A' + i)) : std::string());
  return html;
}

std::string density_legend(const DensityMap& map) {
  std::string html;
  for (std::size_t i = 0; i < map.classes.size(); ++i)
    html += fmt::format(" <span class=\"nb\"><span class=\"key k{}\"></span>{} or more</span>",
                        i + 1 + 5 - map.classes.size(), format_count(map.classes[i]));
  return html;
}

std::string density_map(const Statistics& statistics) {
  const FigureText text{"map-density", "Map of the number of tiles",
                        fmt::format("{} counted in cells; darker cells hold more.",
                                    count_of(statistics.tiles.tile_count(), "tile"))};
  const DensityMap map = draw_density(text, statistics.tiles.density());
  return figure_html(map.svg,
                     fmt::format("Tiles in cells of {}° a side:{}",
                                 format_double(three_digits(map.cell_deg)), density_legend(map)));
}

}  // namespace

Section places_section(const ReportContent& content) {
  const Statistics& s = content.statistics;
  nlohmann::json maps = nlohmann::json::array();
  if (s.pairs > 0)
    maps.push_back({{"html", s.tiles.outlines().empty() ? density_map(s) : outline_maps(s)}});
  return {"places", "Where the tiles lie", fill_template("report_places", {{"maps", maps}})};
}

}  // namespace skyglot
