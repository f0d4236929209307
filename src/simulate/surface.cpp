// SPDX-License-Identifier: Apache-2.0
#include "simulate/surface.hpp"

#include "base/error.hpp"

namespace skyglot::simulate {
namespace {

using L = LandClass;
using S = Surface;
using P = Pattern;

constexpr std::array kClasses{
    ClassInfo{L::none, "none", {0, 0, 0}},
    ClassInfo{L::building, "building", {200, 60, 50}},
    ClassInfo{L::road, "road", {90, 90, 95}},
    ClassInfo{L::railway, "railway", {130, 90, 120}},
    ClassInfo{L::paved, "paved", {170, 170, 170}},
    ClassInfo{L::water, "water", {50, 110, 200}},
    ClassInfo{L::tree, "tree", {20, 100, 40}},
    ClassInfo{L::grass, "grass", {140, 200, 90}},
    ClassInfo{L::cropland, "cropland", {230, 210, 110}},
    ClassInfo{L::plantation, "orchard or vineyard", {160, 150, 50}},
    ClassInfo{L::shrub, "shrub or heath", {150, 130, 90}},
    ClassInfo{L::wetland, "wetland", {90, 160, 150}},
    ClassInfo{L::bare, "bare ground", {220, 200, 170}},
    ClassInfo{L::sport, "artificial sports ground", {220, 120, 80}},
    ClassInfo{L::solar, "solar panel", {40, 40, 120}},
    ClassInfo{L::vehicle, "vehicle", {250, 80, 220}},
};

// One material a row; clang-format would make columns of them.
// clang-format off
constexpr SurfaceLook kLooks[] = {
    // surface, class, colour, second, nir, fine, mid, coarse, blend, pattern, period_m, contrast, vegetation
    {S::meadow, L::grass, {110, 130, 74}, {146, 144, 92}, .42, .10, .10, .14, .7, P::none, 0, 0, true},
    {S::lawn, L::grass, {96, 126, 66}, {122, 136, 80}, .44, .09, .07, .08, .5, P::none, 0, 0, true},
    {S::garden, L::grass, {92, 118, 66}, {130, 128, 88}, .40, .16, .20, .06, .8, P::none, 0, 0, true},
    {S::asphalt, L::road, {112, 113, 116}, {128, 127, 126}, .13, .05, .05, .05, .6, P::none, 0, 0, false},
    {S::asphalt_worn, L::road, {134, 133, 131}, {112, 112, 114}, .16, .06, .08, .06, .8, P::none, 0, 0, false},
    {S::concrete, L::paved, {178, 176, 170}, {160, 158, 152}, .30, .05, .05, .05, .6, P::seams, 5, .10, false},
    {S::paving, L::paved, {168, 160, 150}, {152, 146, 138}, .28, .07, .05, .05, .6, P::seams, 2.4, .07, false},
    {S::gravel, L::paved, {172, 164, 148}, {150, 143, 128}, .26, .09, .09, .06, .8, P::none, 0, 0, false},
    {S::dirt, L::bare, {156, 132, 102}, {134, 120, 92}, .27, .10, .14, .10, .9, P::none, 0, 0, false},
    {S::sand, L::bare, {214, 198, 160}, {198, 180, 142}, .40, .05, .06, .08, .7, P::none, 0, 0, false},
    {S::ballast, L::railway, {126, 116, 108}, {110, 102, 96}, .20, .12, .06, .05, .7, P::none, 0, 0, false},
    {S::steel_rail, L::railway, {158, 150, 146}, {140, 130, 124}, .22, .05, 0, 0, .2, P::none, 0, 0, false},
    {S::roof_tile, L::building, {158, 90, 68}, {140, 82, 64}, .30, .07, .05, .02, .6, P::seams, 3.1, .03, false},
    {S::roof_flat, L::building, {150, 148, 146}, {130, 130, 130}, .22, .05, .07, .03, .8, P::none, 0, 0, false},
    {S::roof_metal, L::building, {176, 180, 184}, {160, 164, 168}, .30, .03, .03, .03, .5, P::rows, 2.0, .06, false},
    {S::roof_glass, L::building, {176, 196, 196}, {150, 174, 170}, .30, .05, .08, .02, .6, P::seams, 3.2, .22, false},
    {S::roof_white, L::building, {222, 222, 218}, {206, 206, 204}, .45, .02, .04, .02, .6, P::seams, 9, .05, false},
    {S::water_flowing, L::water, {62, 80, 74}, {74, 90, 78}, .025, .05, .06, .10, .8, P::ripples, 3.1, .05, false},
    {S::water_still, L::water, {48, 70, 78}, {56, 82, 82}, .02, .03, .03, .10, .8, P::ripples, 4.3, .03, false},
    {S::water_pool, L::water, {96, 180, 200}, {120, 196, 210}, .05, .04, .05, 0, .6, P::ripples, 1.3, .05, false},
    {S::water_sewage, L::water, {92, 88, 66}, {106, 100, 74}, .06, .04, .05, 0, .6, P::ripples, 2, .04, false},
    {S::forest_floor, L::tree, {46, 62, 38}, {58, 68, 42}, .25, .12, .12, .08, .6, P::none, 0, 0, true},
    {S::scrub, L::shrub, {106, 114, 72}, {134, 126, 90}, .33, .16, .20, .12, .9, P::none, 0, 0, true},
    {S::heath, L::shrub, {122, 104, 92}, {108, 112, 76}, .28, .12, .20, .16, .9, P::none, 0, 0, true},
    {S::marsh, L::wetland, {96, 108, 72}, {64, 76, 66}, .28, .12, .24, .16, 1.2, P::none, 0, 0, true},
    {S::reed, L::wetland, {138, 132, 86}, {112, 116, 72}, .34, .14, .12, .06, .8, P::none, 0, 0, true},
    {S::grain, L::cropland, {196, 176, 116}, {180, 164, 104}, .36, .05, .05, .06, .7, P::tramlines, 15, .16, true},
    {S::maize, L::cropland, {82, 118, 56}, {98, 128, 64}, .50, .09, .07, .06, .6, P::rows, 1.5, .13, true},
    {S::rapeseed, L::cropland, {180, 178, 98}, {160, 166, 90}, .48, .07, .06, .07, .7, P::tramlines, 15, .12, true},
    {S::root_crop, L::cropland, {106, 128, 70}, {124, 130, 84}, .42, .09, .07, .07, .7, P::rows, 1.6, .15, true},
    {S::cotton, L::cropland, {150, 156, 120}, {172, 168, 146}, .42, .12, .08, .06, .8, P::rows, 2.0, .16, true},
    {S::soil, L::cropland, {152, 134, 114}, {134, 118, 100}, .25, .07, .08, .16, 1.0, P::rows, 3.0, .06, false},
    {S::hay, L::cropland, {156, 166, 98}, {138, 154, 86}, .44, .07, .06, .08, .7, P::stripes, 7.5, .10, true},
    {S::vine_rows, L::plantation, {150, 136, 98}, {132, 128, 88}, .32, .10, .08, .06, .7, P::none, 0, 0, true},
    {S::orchard_floor, L::plantation, {122, 136, 80}, {138, 138, 92}, .40, .10, .10, .06, .7, P::none, 0, 0, true},
    {S::rock, L::bare, {160, 154, 146}, {126, 120, 112}, .24, .16, .30, .14, 1.0, P::none, 0, 0, false},
    {S::quarry_floor, L::bare, {206, 194, 172}, {186, 172, 148}, .34, .07, .12, .12, 1.0, P::none, 0, 0, false},
    {S::pitch_grass, L::grass, {92, 136, 66}, {104, 142, 74}, .50, .05, .04, .05, .5, P::stripes, 10.5, .09, true},
    {S::pitch_clay, L::sport, {186, 112, 78}, {176, 106, 74}, .28, .03, .05, .03, .6, P::none, 0, 0, false},
    {S::pitch_hard, L::sport, {84, 118, 132}, {90, 122, 132}, .18, .02, .03, .02, .5, P::none, 0, 0, false},
    {S::tartan, L::sport, {172, 88, 70}, {164, 86, 70}, .26, .03, .03, .02, .5, P::none, 0, 0, false},
    {S::paint_white, L::road, {220, 220, 214}, {204, 204, 200}, .45, .04, .05, 0, .6, P::none, 0, 0, false},
    {S::paint_yellow, L::road, {214, 180, 70}, {200, 170, 76}, .40, .04, .05, 0, .6, P::none, 0, 0, false},
    {S::solar_panel, L::solar, {42, 52, 82}, {50, 60, 92}, .08, .03, .04, .02, .5, P::panels, 2.0, .22, false},
    {S::car, L::vehicle, {180, 180, 184}, {170, 170, 174}, .25, .03, 0, 0, .2, P::none, 0, 0, false},
    {S::car_glass, L::vehicle, {40, 46, 54}, {50, 56, 62}, .08, .03, 0, 0, .2, P::none, 0, 0, false},
    {S::metal, L::building, {206, 206, 202}, {192, 192, 190}, .40, .03, .04, .02, .5, P::none, 0, 0, false},
    {S::hedge, L::shrub, {58, 84, 44}, {70, 92, 50}, .44, .20, .12, .04, .6, P::none, 0, 0, true},
    {S::masonry, L::building, {164, 156, 146}, {150, 142, 134}, .28, .06, .05, .02, .6, P::none, 0, 0, false},
    {S::graves, L::grass, {118, 126, 90}, {134, 132, 112}, .36, .12, .08, .05, .6, P::plots, 3.0, .45, true},
    {S::beds, L::cropland, {110, 114, 72}, {140, 124, 92}, .38, .14, .18, .05, 1.0, P::plots, 2.4, .30, true},
    {S::planks, L::paved, {150, 132, 110}, {138, 122, 102}, .28, .06, .04, .02, .6, P::seams, 1.0, .08, false},
    {S::terraces, L::building, {150, 152, 158}, {128, 132, 142}, .24, .12, .05, .02, .8, P::rows, .9, .14, false},
};
// clang-format on

constexpr bool looks_are_in_order() {
  for (std::size_t i = 0; i < std::size(kLooks); ++i)
    if (static_cast<std::size_t>(kLooks[i].surface) != i) return false;
  return std::size(kLooks) == static_cast<std::size_t>(S::count);
}
static_assert(looks_are_in_order());

}  // namespace

std::span<const ClassInfo> land_classes() {
  return kClasses;
}

const SurfaceLook& look_of(Surface surface) {
  return kLooks[static_cast<std::size_t>(surface)];
}

}  // namespace skyglot::simulate
