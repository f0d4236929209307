// SPDX-License-Identifier: Apache-2.0
// Grows a whole town from a seed.
#pragma once

#include "simulate/town.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace skyglot::simulate {

/// Everything follows from `seed` and `size_m` (metres, 500 to 10,000).
[[nodiscard]] Town grow_town(std::uint64_t seed, double size_m);

/// How often each tag that says what an object is occurs: building=house, leisure=pitch, ...
[[nodiscard]] std::map<std::string, std::uint64_t> count_kinds(const Town& town);

}  // namespace skyglot::simulate
