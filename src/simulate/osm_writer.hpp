// SPDX-License-Identifier: Apache-2.0
// The simulated town's map as an OpenStreetMap file.
#pragma once

#include "simulate/town.hpp"

#include <cstdint>
#include <filesystem>

namespace skyglot::simulate {

struct OsmCounts {
  std::uint64_t nodes = 0;
  std::uint64_t ways = 0;
  std::uint64_t relations = 0;
};

/// Writes `town` as .osm.pbf: ids from 1, one date, nodes before ways before relations, so the same
/// town gives the same bytes. Points of different features that lie within a centimetre share a
/// node. Throws Error(io).
OsmCounts write_osm(const Town& town, const std::filesystem::path& path);

}  // namespace skyglot::simulate
