// SPDX-License-Identifier: Apache-2.0
#include "landcover/map_preview.hpp"

#include "base/base64.hpp"
#include "base/html.hpp"
#include "base/numbers.hpp"
#include "pictures/jpeg.hpp"
#include "pictures/png.hpp"
#include "raster/raster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace skyglot {
namespace {

constexpr double kPad = 16;
constexpr double kTitle = 30;
constexpr double kLegendRow = 24;
constexpr double kLegendColumn = 230;
constexpr int kJpegQuality = 88;

// Class numbers as colours; white where there are no data.
Picture coloured_map(const std::filesystem::path& map, int width, int height,
                     const MapLegend& legend) {
  RasterOpenOptions options;
  options.palette_indices = true;
  const Raster raster = Raster::open(map.string(), options);
  const RasterInfo& info = raster.info();
  std::vector<float> labels(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  raster.read<float>({{0, 0, info.width, info.height}, {1}, width, height, Resampling::nearest},
                     labels);
  Picture picture{width, height, 3, {}};
  for (const float label : labels) {
    const auto number = static_cast<std::size_t>(std::max(0.F, label));
    const Colour colour = number >= 1 && number <= legend.classes.size()
                              ? legend.classes[number - 1].colour
                              : Colour{255, 255, 255};
    picture.pixels.insert(picture.pixels.end(), colour.begin(), colour.end());
  }
  return picture;
}

std::string embedded(const std::string& type, const std::string& bytes, double x, double y,
                     const Picture& shown) {
  return fmt::format(
      "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" href=\"data:image/{};base64,{}\"/>\n", x,
      y, shown.width, shown.height, type, base64(bytes));
}

std::vector<std::size_t> largest_first(const MapLegend& legend) {
  std::vector<std::size_t> order(legend.classes.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return legend.pixels[i]; });
  std::erase_if(order, [&](std::size_t i) { return legend.pixels[i] == 0; });
  return order;
}

std::string legend_svg(const MapLegend& legend, const std::vector<std::size_t>& order,
                       std::size_t columns, double top) {
  const auto all = static_cast<double>(
      std::accumulate(legend.pixels.begin(), legend.pixels.end(), std::int64_t{0}));
  std::string svg;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const CoverClass& one = legend.classes[order[i]];
    const double x = kPad + static_cast<double>(i % columns) * kLegendColumn;
    const std::size_t row = i / columns;
    const double y = top + static_cast<double>(row) * kLegendRow;
    const double share = static_cast<double>(legend.pixels[order[i]]) / all;
    svg += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"16\" height=\"16\" fill=\"#{:02x}{:02x}{:02x}\" "
        "stroke=\"#555\" stroke-width=\"0.5\"/>\n<text x=\"{}\" y=\"{}\">{} "
        "<tspan fill=\"#667\">{}%</tspan></text>\n",
        x, y, one.colour[0], one.colour[1], one.colour[2], x + 24, y + 13, escape_html(one.name),
        format_fixed(100 * share, 1));
  }
  return svg;
}

}  // namespace

std::string map_preview_svg(const Ground& ground, std::size_t scene,
                            const std::filesystem::path& map, const MapLegend& legend, int side) {
  const Picture imagery = ground.overview(scene, side).picture;
  const Picture drawn = coloured_map(map, imagery.width, imagery.height, legend);
  const double width = 3 * kPad + 2.0 * imagery.width;
  const auto columns = static_cast<std::size_t>(std::max(1.0, (width - kPad) / kLegendColumn));
  const std::vector<std::size_t> order = largest_first(legend);
  const double below = kTitle + imagery.height + kPad;
  const std::size_t rows = (order.size() + columns - 1) / columns;
  const double height = below + static_cast<double>(rows) * kLegendRow + kPad / 2;
  const double right = 2 * kPad + imagery.width;
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 "
             "{0} {1}\" role=\"img\" font-family=\"sans-serif\" font-size=\"14\">\n"
             "<title>Land cover of {2}</title>\n<rect width=\"100%\" height=\"100%\" "
             "fill=\"#fff\"/>\n<text x=\"{3}\" y=\"20\">{2}</text>\n<text x=\"{4}\" y=\"20\">Land "
             "cover</text>\n",
             width, height, escape_html(ground.scenes().at(scene).name), kPad, right) +
         embedded("jpeg", encode_jpeg(imagery, kJpegQuality), kPad, kTitle, imagery) +
         embedded("png", encode_png(drawn), right, kTitle, drawn) +
         legend_svg(legend, order, columns, below) + "</svg>\n";
}

}  // namespace skyglot
