// SPDX-License-Identifier: Apache-2.0
#include "page/map_frame.hpp"

#include "base/numbers.hpp"
#include "page/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace skyglot {
namespace {

constexpr double kLeft = 74;
constexpr double kTop = 8;
constexpr double kMapWidth = 398;
constexpr double kBottomMargin = 26;
constexpr double kRightMargin = 8;
constexpr double kLeastHeight = 200;
constexpr double kMostHeight = 430;
constexpr double kMetresPerDegree = 111'195;  // of latitude, on a sphere of 6,371 km
constexpr double kLeastSideM = 200;

int decimals_for(double step) {
  return std::max(0, static_cast<int>(std::ceil(-std::log10(step) - 1e-9)));
}

double cosine(double latitude) {
  return std::max(0.01, std::cos(latitude * std::numbers::pi / 180));
}

std::string degrees_text(double degrees, int decimals, const char* sides) {
  const std::string number = format_fixed(std::abs(degrees), decimals);
  return number == "0" ? "0°" : number + "° " + sides[degrees < 0 ? 1 : 0];
}

// Calls visit(value) for the multiples of `step` in [low, high].
template <typename Visit>
void for_each_multiple(double low, double high, double step, Visit&& visit) {
  for (double i = std::ceil(low / step); i * step <= high; ++i) visit(i * step);
}

}  // namespace

MapFrame::MapFrame(Box box) : cos_latitude_(cosine(box.centre().y)) {
  const Point centre = box.centre();
  const double least = kLeastSideM / kMetresPerDegree;
  const double high = std::max(box.height() * 1.08, least);
  const double wide = std::max(box.width() * 1.08 * cos_latitude_, least);
  width_ = kMapWidth;
  height_ = std::clamp(kMapWidth * high / wide, kLeastHeight, kMostHeight);
  pixels_per_degree_ = std::min(width_ / wide, height_ / high);
  const double half_lon = width_ / pixels_per_degree_ / cos_latitude_ / 2;
  const double half_lat = height_ / pixels_per_degree_ / 2;
  box_ = {centre.x - half_lon, centre.y - half_lat, centre.x + half_lon, centre.y + half_lat};
}

SvgSize MapFrame::size() const {
  return {kLeft + width_ + kRightMargin, kTop + height_ + kBottomMargin};
}

Point MapFrame::pixel_from_lonlat(Point lonlat) const {
  return {kLeft + (lonlat.x - box_.min_x) * cos_latitude_ * pixels_per_degree_,
          kTop + (box_.max_y - lonlat.y) * pixels_per_degree_};
}

double MapFrame::metres_per_pixel() const {
  return kMetresPerDegree / pixels_per_degree_;
}

std::string MapFrame::graticule() const {
  std::string svg = svg_rect(kLeft, kTop, {width_, height_}, "sea");
  const double lon_step = round_step(box_.width(), 4);
  const double lat_step = round_step(box_.height(), 5);
  const double bottom = kTop + height_;
  for_each_multiple(box_.min_x, box_.max_x, lon_step, [&](double lon) {
    const double x = pixel_from_lonlat({lon, 0}).x;
    svg += svg_line(x, kTop, x, bottom, "gr");
    if (x > kLeft + 14 && x < kLeft + width_ - 20)
      svg += svg_text(x, bottom + 17, "m", longitude_text(lon, decimals_for(lon_step)));
  });
  for_each_multiple(
      std::max(-90.0, box_.min_y), std::min(90.0, box_.max_y), lat_step, [&](double lat) {
        const double y = pixel_from_lonlat({0, lat}).y;
        svg += svg_line(kLeft, y, kLeft + width_, y, "gr");
        svg += svg_text(kLeft - 5, y + 4, "e", latitude_text(lat, decimals_for(lat_step)));
      });
  return svg;
}

std::string MapFrame::scale_bar() const {
  if (box_.height() > 20) return "";
  const double metres = round_step(metres_per_pixel() * width_ / 4, 1) / 2;
  const double length = metres / metres_per_pixel();
  const double x = kLeft + 12;
  const double y = kTop + height_ - 12;
  return svg_rect(x - 6, y - 20, {length + 12, 27}, "hl") + svg_line(x, y, x + length, y, "sb") +
         svg_line(x, y - 4, x, y + 4, "sb") + svg_line(x + length, y - 4, x + length, y + 4, "sb") +
         svg_text(x + length / 2, y - 6, "m k", distance_text(metres));
}

std::string MapFrame::furniture() const {
  const double x = kLeft + width_ - 18;
  return svg_rect(kLeft, kTop, {width_, height_}, "fr") + scale_bar() +
         svg_rect(x - 11, kTop + 4, {22, 38}, "hl") + "<path class=\"na\" d=\"M" + svg_number(x) +
         " " + svg_number(kTop + 8) + "l6 16l-6 -4l-6 4z\"/>\n" +
         svg_text(x, kTop + 38, "m k", "N");
}

std::string longitude_text(double degrees, int decimals) {
  return degrees_text(degrees - 360.0 * std::floor((degrees + 180) / 360.0), decimals, "EW");
}

std::string latitude_text(double degrees, int decimals) {
  return degrees_text(degrees, decimals, "NS");
}

std::string distance_text(double metres) {
  return metres < 1000 ? format_double(metres) + " m" : format_double(metres / 1000) + " km";
}

}  // namespace skyglot
