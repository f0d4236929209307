// SPDX-License-Identifier: Apache-2.0
#include "imagery/declared_data.hpp"

#include "base/error.hpp"
#include "base/numbers.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace skyglot {
namespace {

// Masks are two values, feathered at their edges; near infrared that a writer tagged as alpha has
// hardly a pixel of the outer two (aerial surveys of 2016 are full of it).
bool has_many_shades(const Raster& raster, int band) {
  constexpr int kSide = 512;
  constexpr double kEdges = 0.05;
  const RasterInfo& info = raster.info();
  const int width = std::min(kSide, info.width);
  const int height = std::min(kSide, info.height);
  std::vector<float> values(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  raster.read<float>({{0, 0, info.width, info.height}, {band}, width, height, Resampling::nearest},
                     values);
  const auto [least, most] = std::ranges::minmax(values);
  const auto between = std::ranges::count_if(
      values, [least = least, most = most](float v) { return v > least && v < most; });
  return static_cast<double>(between) > kEdges * static_cast<double>(values.size());
}

void take_for_data(BandInfo& alpha, std::size_t number, std::vector<BandInfo>& bands) {
  if (alpha.name == alpha.colour) alpha.name = std::to_string(number);
  alpha.colour = "Undefined";
  for (BandInfo& band : bands) band.has_mask = false;
}

}  // namespace

DataRule::Mask parse_mask_rule(std::string_view text) {
  if (text == "auto") return DataRule::Mask::automatic;
  if (text == "file") return DataRule::Mask::file;
  if (text == "none") return DataRule::Mask::none;
  fail(ErrorKind::usage, "--mask {}: give auto, file or none", text);
}

double parse_nodata(std::string_view text) {
  if (text == "none") return std::numeric_limits<double>::quiet_NaN();
  const auto value = parse_double(text);
  if (!value || std::isnan(*value))
    fail(ErrorKind::usage, "--nodata {}: give a number, or none", text);
  return *value;
}

std::vector<BandInfo> with_rule(std::vector<BandInfo> bands, const DataRule& rule,
                                const Raster* raster) {
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const bool alpha = bands[i].colour == "Alpha";
    const bool look = rule.mask == DataRule::Mask::automatic && raster != nullptr;
    const int number = static_cast<int>(i) + 1;
    if (alpha && (rule.mask == DataRule::Mask::none || (look && has_many_shades(*raster, number))))
      take_for_data(bands[i], i + 1, bands);
  }
  for (BandInfo& band : bands) {
    if (rule.mask == DataRule::Mask::none) band.has_mask = false;
    if (rule.nodata)
      band.nodata = std::isnan(*rule.nodata) ? std::nullopt : std::optional(*rule.nodata);
  }
  return bands;
}

}  // namespace skyglot
