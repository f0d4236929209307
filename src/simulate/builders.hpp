// SPDX-License-Identifier: Apache-2.0
// What can stand on a block; each builder draws one use of land.
#pragma once

#include "simulate/site.hpp"

#include <numbers>

namespace skyglot::simulate {

/// A quarter turn, in radians.
inline constexpr double kQuarter = std::numbers::pi / 2;

// Lines through the whole layout.
void build_streets(Sketch& draw, const Layout& layout);
void build_river(Sketch& draw, const Layout& layout);
void build_railway(Sketch& draw, const Layout& layout);
void build_waters(Sketch& draw, const Layout& layout);
void build_power_line(Sketch& draw, const Layout& layout);

// Homes.
void build_houses(Site& site);
void build_terraces(Site& site);
void build_perimeter(Site& site);
void build_slabs(Site& site);
void build_allotments(Site& site);

// Town life.
void build_school(Site& site);
void build_church(Site& site);
void build_cemetery(Site& site);
void build_park(Site& site);
void build_square(Site& site);
void build_hospital(Site& site);
void build_retail(Site& site);
void build_offices(Site& site);
void build_playground(Site& site);
void build_lido(Site& site);

// Sport.
void build_sports_centre(Site& site);
void build_stadium(Site& site);
void build_ball_courts(Site& site);
void build_tennis_club(Site& site);
void build_golf(Site& site);

// Work.
void build_warehouses(Site& site);
void build_factory(Site& site);
void build_tank_farm(Site& site);
void build_wastewater(Site& site);
void build_substation(Site& site);
void build_construction(Site& site);
void build_nursery(Site& site);
void build_solar(Site& site);
void build_quarry(Site& site);

// Countryside.
void build_field(Site& site);
void build_meadow(Site& site);
void build_forest(Site& site);
void build_scrub(Site& site);
void build_orchard(Site& site);
void build_vineyard(Site& site);
void build_heath(Site& site);
void build_wetland(Site& site);
void build_bare(Site& site);
void build_farm(Site& site);
void build_wind_park(Site& site);
void build_pond(Site& site);

// Strips and carved places.
void build_river_bank(Site& site);
void build_rail_verge(Site& site);
void build_airfield(Site& site);
void build_lake(Site& site);
void build_great_lake(Site& site);

}  // namespace skyglot::simulate
