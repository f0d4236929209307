// SPDX-License-Identifier: Apache-2.0
// Trees that would grow through a roof.
#pragma once

#include "simulate/town.hpp"

namespace skyglot::simulate {

/// Takes away trees whose crown hides more than the edge of a building, on the map as well.
/// Gardens are planted one by one without looking over the hedge; this puts it right.
void fell_trees(Town& town);

}  // namespace skyglot::simulate
