// SPDX-License-Identifier: Apache-2.0
// What the simulated ground is made of, how each material looks from above, and its land class.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace skyglot::simulate {

/// sRGB, as a person would name the colour of a summer aerial picture.
using Rgb = std::array<std::uint8_t, 3>;

/// Values of the class raster.
enum class LandClass : std::uint8_t {
  none,
  building,
  road,
  railway,
  paved,
  water,
  tree,
  grass,
  cropland,
  plantation,
  shrub,
  wetland,
  bare,
  sport,
  solar,
  vehicle,
};

struct ClassInfo {
  LandClass value;
  std::string_view name;
  Rgb colour;
};

/// All classes in the order of their values.
[[nodiscard]] std::span<const ClassInfo> land_classes();

enum class Surface : std::uint8_t {
  meadow,
  lawn,
  garden,
  asphalt,
  asphalt_worn,
  concrete,
  paving,
  gravel,
  dirt,
  sand,
  ballast,
  steel_rail,
  roof_tile,
  roof_flat,
  roof_metal,
  roof_glass,
  roof_white,
  water_flowing,
  water_still,
  water_pool,
  water_sewage,
  forest_floor,
  scrub,
  heath,
  marsh,
  reed,
  grain,
  maize,
  rapeseed,
  root_crop,
  cotton,
  soil,
  hay,
  vine_rows,
  orchard_floor,
  rock,
  quarry_floor,
  pitch_grass,
  pitch_clay,
  pitch_hard,
  tartan,
  paint_white,
  paint_yellow,
  solar_panel,
  car,
  car_glass,
  metal,
  hedge,
  masonry,
  graves,
  beds,
  planks,
  terraces,
  count,
};

/// A regular structure laid over a material, in the frame of its shape.
enum class Pattern : std::uint8_t { none, rows, stripes, seams, panels, ripples, plots, tramlines };

struct SurfaceLook {
  Surface surface;
  LandClass land_class;
  Rgb colour;
  Rgb second;     ///< blended in by patches
  double nir;     ///< reflectance, 0 to 1
  double fine;    ///< contrast of grain below a metre
  double mid;     ///< contrast of patches of some metres
  double coarse;  ///< contrast of patches of tens of metres
  double blend;   ///< how much of `second` the patches bring
  Pattern pattern;
  double period_m;  ///< of the pattern
  double contrast;  ///< of the pattern, 0 to 1
  bool vegetation;  ///< dries with the season
};

[[nodiscard]] const SurfaceLook& look_of(Surface surface);

}  // namespace skyglot::simulate
