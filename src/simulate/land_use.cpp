// SPDX-License-Identifier: Apache-2.0
#include "simulate/land_use.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace skyglot::simulate {
namespace {

constexpr unsigned bit(Zone zone) {
  return 1U << static_cast<unsigned>(zone);
}
constexpr unsigned kTown = bit(Zone::centre) | bit(Zone::inner) | bit(Zone::suburb);
constexpr unsigned kCentral = bit(Zone::centre) | bit(Zone::inner);
constexpr unsigned kOuter = bit(Zone::inner) | bit(Zone::suburb);
constexpr unsigned kIndustry = bit(Zone::industry);
constexpr unsigned kCountry = bit(Zone::country);
constexpr unsigned kFar = bit(Zone::far);

/// Something the town must have.
struct Demand {
  Builder build;
  unsigned zones;
  double half_u, half_v;  ///< of the place it needs
  double near;            ///< distance from the centre it likes, in town radii
  int count = 1;
};

// Largest first: they are the hardest to place.
constexpr std::array kDemands{
    Demand{build_golf, kCountry, 200, 110, 1.2},
    Demand{build_quarry, kCountry, 140, 100, 1.3},
    Demand{build_solar, kCountry, 130, 75, 1.15},
    Demand{build_stadium, kOuter | kIndustry | kCountry, 90, 70, 0.8},
    Demand{build_sports_centre, kOuter | kCountry, 94, 50, 0.9},
    Demand{build_ball_courts, kOuter | kCountry, 75, 55, 0.9},
    Demand{build_tank_farm, kIndustry, 60, 40, 1.0},
    Demand{build_factory, kIndustry, 62, 36, 0.8},
    Demand{build_wastewater, kIndustry | kCountry, 58, 38, 1.1},
    Demand{build_nursery, kIndustry | kCountry, 70, 45, 1.1},
    Demand{build_vineyard, kCountry, 90, 60, 1.2, 2},
    Demand{build_orchard, kCountry, 80, 60, 1.2, 2},
    Demand{build_wetland, kCountry, 90, 70, 1.2},
    Demand{build_heath, kCountry, 80, 60, 1.3},
    Demand{build_bare, kCountry, 60, 50, 1.3, 2},
    Demand{build_scrub, kCountry, 60, 50, 1.2},
    Demand{build_pond, kCountry, 60, 50, 1.1},
    Demand{build_wind_park, kCountry, 80, 60, 1.4, 2},
    Demand{build_farm, kCountry, 52, 40, 1.15, 3},
    Demand{build_hospital, kTown, 52, 34, 0.5},
    Demand{build_retail, kOuter | kIndustry, 58, 40, 0.7, 2},
    Demand{build_cemetery, kOuter, 50, 35, 0.7},
    Demand{build_park, kCentral, 55, 38, 0.3, 2},
    Demand{build_school, kTown, 60, 34, 0.45, 2},
    Demand{build_allotments, kOuter, 45, 30, 0.85, 2},
    Demand{build_tennis_club, kOuter, 38, 28, 0.75},
    Demand{build_lido, kOuter, 50, 26, 0.8},
    Demand{build_construction, kTown, 45, 25, 0.8},
    Demand{build_substation, kIndustry | kOuter, 38, 28, 0.9},
    Demand{build_square, bit(Zone::centre), 24, 20, 0.0},
    Demand{build_church, kCentral, 30, 20, 0.15, 2},
    Demand{build_offices, kCentral, 40, 25, 0.2, 3},
    Demand{build_playground, kOuter, 28, 20, 0.6, 2},
    Demand{build_slabs, kOuter, 50, 35, 0.6, 3},
    Demand{build_terraces, kOuter, 45, 30, 0.5, 4},
    Demand{build_meadow, kCountry, 40, 40, 1.1, 2},
    Demand{build_forest, kCountry, 60, 50, 1.2, 4},
};

// How much of the demanded rectangle, shrunk around the plot's middle, fits; 0 to 1.
double fitting_share(const Path& plot, const Frame& middle, const Demand& demand) {
  for (double share = 1; share > 0.05; share -= 0.1) {
    bool inside = true;
    for (const double u : {-1.0, 1.0})
      for (const double v : {-1.0, 1.0})
        inside = inside &&
                 inside_convex(
                     plot, middle.at(u * share * demand.half_u, v * share * demand.half_v), 1.5);
    if (inside) return share;
  }
  return 0;
}

struct Place {
  OrientedBox box;
  bool taken = false;
};

class Sharer {
 public:
  Sharer(const Layout& layout, std::uint64_t seed) : layout_(layout), random_(seed, "land use") {
    for (const Block& block : layout.blocks) places_.push_back({oriented_box(block.plot)});
    builders_.resize(layout.blocks.size(), nullptr);
  }
  std::vector<Builder> run();

 private:
  void place(const Demand& demand);
  [[nodiscard]] double unfitness(std::size_t block, const Demand& demand);
  [[nodiscard]] Builder common(Zone zone);

  const Layout& layout_;
  RandomStream random_;
  std::vector<Place> places_;
  std::vector<Builder> builders_;
};

// Lower is better: too small counts most, then waste of land, then distance.
double Sharer::unfitness(std::size_t i, const Demand& demand) {
  const OrientedBox& box = places_[i].box;
  const double lack = 1 - fitting_share(layout_.blocks[i].plot, box.frame, demand);
  const double waste =
      std::log(std::max(1.0, box.half_u * box.half_v / (demand.half_u * demand.half_v)));
  const double r = std::hypot(box.frame.origin.x, box.frame.origin.y) / layout_.radius_m;
  const double outside =
      std::max(std::abs(box.frame.origin.x), std::abs(box.frame.origin.y)) > layout_.size_m * 0.47
          ? 1.5
          : 0;
  return 8 * lack + waste + 1.2 * std::abs(r - demand.near) + outside + random_.uniform(0, 0.35);
}

void Sharer::place(const Demand& demand) {
  double best = 1e9;
  std::size_t chosen = places_.size();
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].taken || (bit(layout_.blocks[i].zone) & demand.zones) == 0) continue;
    const double unfit = unfitness(i, demand);
    if (unfit < best) {
      best = unfit;
      chosen = i;
    }
  }
  if (chosen == places_.size()) return;
  places_[chosen].taken = true;
  builders_[chosen] = demand.build;
}

struct Share {
  Builder build;
  double weight;
};

Builder drawn(std::span<const Share> shares, RandomStream& random) {
  double sum = 0;
  for (const Share& share : shares) sum += share.weight;
  double at = random.uniform(0, sum);
  for (const Share& share : shares)
    if ((at -= share.weight) < 0) return share.build;
  return shares.back().build;
}

Builder Sharer::common(Zone zone) {
  static constexpr std::array kCentreMix{Share{build_perimeter, 7}, Share{build_offices, 1.5},
                                         Share{build_terraces, 1}};
  static constexpr std::array kInnerMix{Share{build_houses, 4}, Share{build_terraces, 3},
                                        Share{build_perimeter, 2}, Share{build_slabs, 1},
                                        Share{build_playground, 0.3}};
  static constexpr std::array kSuburbMix{Share{build_houses, 10}, Share{build_terraces, 1},
                                         Share{build_allotments, 0.3}};
  static constexpr std::array kIndustryMix{Share{build_warehouses, 6}, Share{build_factory, 2},
                                           Share{build_tank_farm, 0.5}, Share{build_offices, 1},
                                           Share{build_meadow, 1}};
  static constexpr std::array kCountryMix{Share{build_field, 10},    Share{build_meadow, 2.5},
                                          Share{build_forest, 3},    Share{build_scrub, 0.5},
                                          Share{build_orchard, 0.3}, Share{build_farm, 0.4}};
  static constexpr std::array kFarMix{Share{build_field, 9},    Share{build_meadow, 2},
                                      Share{build_forest, 5},   Share{build_scrub, 0.5},
                                      Share{build_heath, 0.3},  Share{build_wetland, 0.2},
                                      Share{build_solar, 0.15}, Share{build_farm, 0.3}};
  switch (zone) {
    case Zone::centre:
      return drawn(kCentreMix, random_);
    case Zone::inner:
      return drawn(kInnerMix, random_);
    case Zone::suburb:
      return drawn(kSuburbMix, random_);
    case Zone::industry:
      return drawn(kIndustryMix, random_);
    case Zone::country:
      return drawn(kCountryMix, random_);
    case Zone::far:
      return drawn(kFarMix, random_);
    case Zone::river:
      return build_river_bank;
    case Zone::rail:
      return build_rail_verge;
    case Zone::airfield:
      return build_airfield;
    case Zone::lake:
      return build_lake;
    case Zone::great_lake:
      return build_great_lake;
  }
  return build_meadow;
}

std::vector<Builder> Sharer::run() {
  for (const Demand& demand : kDemands)
    for (int i = 0; i < demand.count; ++i) place(demand);
  for (std::size_t i = 0; i < builders_.size(); ++i)
    if (builders_[i] == nullptr) builders_[i] = common(layout_.blocks[i].zone);
  return builders_;
}

}  // namespace

std::vector<Builder> share_out(const Layout& layout, std::uint64_t seed) {
  return Sharer(layout, seed).run();
}

}  // namespace skyglot::simulate
