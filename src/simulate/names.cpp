// SPDX-License-Identifier: Apache-2.0
#include "simulate/names.hpp"

#include <array>

namespace skyglot::simulate {
namespace {

constexpr std::array kFirst{
    "Alder",   "Amber",    "Anchor",  "Aspen",  "Badger", "Barley",   "Beech",   "Birch",
    "Bramble", "Bridge",   "Brook",   "Castle", "Cedar",  "Chapel",   "Cherry",  "Clover",
    "Copper",  "Crane",    "Dyer",    "Elder",  "Elm",    "Falcon",   "Fern",    "Ferry",
    "Finch",   "Forge",    "Fox",     "Garden", "Garnet", "Glebe",    "Gorse",   "Granary",
    "Harbour", "Hawthorn", "Hazel",   "Heron",  "Hill",   "Holly",    "Juniper", "Kestrel",
    "Larch",   "Lark",     "Lime",    "Linden", "Maple",  "Market",   "Marsh",   "Meadow",
    "Mill",    "Orchard",  "Otter",   "Park",   "Pine",   "Plover",   "Poplar",  "Quarry",
    "Raven",   "River",    "Rook",    "Rose",   "Rowan",  "Rush",     "Saddler", "School",
    "Sorrel",  "Sparrow",  "Station", "Swan",   "Tanner", "Thistle",  "Thorn",   "Tower",
    "Vine",    "Walnut",   "Weaver",  "Well",   "Willow", "Windmill", "Wren",    "Yarrow"};
constexpr std::array kSecond{"Street", "Street", "Road", "Road", "Lane", "Way",
                             "Avenue", "Close",  "Row",  "Walk", "Rise"};
constexpr std::array kTownStart{"Alder", "Brack", "Crane", "Dunn", "Elm", "Farn",  "Hazel",
                                "Larch", "Mar",   "Oster", "Rook", "Sel", "Thorn", "Wind"};
constexpr std::array kTownEnd{"bridge", "ford", "haven", "mere", "stead", "wick", "by", "moor"};

}  // namespace

std::string NameList::first() {
  return kFirst.at(random_.index(kFirst.size()));
}

std::string NameList::street() {
  std::string name;
  for (int attempt = 0; attempt < 40; ++attempt) {
    name = first() + ' ' + kSecond.at(random_.index(kSecond.size()));
    if (used_.insert(name).second) break;
  }
  return name;
}

std::string NameList::town(std::uint64_t seed) {
  RandomStream random(seed, "town name");
  std::string name = kTownStart.at(random.index(kTownStart.size()));
  return name + kTownEnd.at(random.index(kTownEnd.size()));
}

}  // namespace skyglot::simulate
