// SPDX-License-Identifier: Apache-2.0
// Decides what stands on which block.
#pragma once

#include "simulate/builders.hpp"

#include <cstdint>
#include <vector>

namespace skyglot::simulate {

using Builder = void (*)(Site&);

/// One builder for each block of the layout. What a town must have (school, quarry, solar park,
/// ...) gets the block that suits it best; the rest is shared out by zone.
[[nodiscard]] std::vector<Builder> share_out(const Layout& layout, std::uint64_t seed);

}  // namespace skyglot::simulate
