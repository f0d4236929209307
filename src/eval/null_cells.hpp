// SPDX-License-Identifier: Apache-2.0
// Which cells of a table of labels or captions say that there is none.
#pragma once

#include <string_view>

namespace skyglot {

/// Whether pandas.read_csv takes the cell for null by default, by which SkyScript's code drops
/// rows. Only cells are: a folder or a class may well be called None or NA.
[[nodiscard]] bool is_null_cell(std::string_view cell);

}  // namespace skyglot
