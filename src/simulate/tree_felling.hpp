// SPDX-License-Identifier: Apache-2.0
// Trees that would grow through a roof or out of the water.
#pragma once

#include "simulate/town.hpp"

namespace skyglot::simulate {

/// Takes away trees whose crown hides more than the edge of a building and trees that stand in
/// water, on the map as well.
/// Gardens are planted one by one without looking over the hedge; this puts it right.
void fell_trees(Town& town);

}  // namespace skyglot::simulate
