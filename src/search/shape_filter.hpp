// SPDX-License-Identifier: Apache-2.0
// Windows that hold something of the map.
#pragma once

#include "search/window_index.hpp"

#include <cstdint>
#include <vector>

namespace skyglot {

/// Those of `rows` (nothing: all rows), ascending, whose windows show any part of any of the shapes
/// (longitude and latitude). Reads every window once; memory is the shapes and an index of their
/// boxes.
[[nodiscard]] std::vector<std::int64_t> rows_showing(WindowIndex& index,
                                                     const std::vector<std::int64_t>* rows,
                                                     const std::vector<Geometry>& shapes_lonlat);

}  // namespace skyglot
