// SPDX-License-Identifier: Apache-2.0
// Pictures side by side with their numbers, for one look at what was found.
#pragma once

#include "pictures/picture.hpp"

#include <span>

namespace skyglot {

struct SheetLayout {
  int side = 240;   ///< of a picture's square
  int columns = 5;  ///< fewer where there are fewer pictures
  int gap = 6;
};

/// Each picture of three channels as large as its square allows, in the middle of it, numbered from
/// 1 in its corner. None gives one empty square.
[[nodiscard]] Picture contact_sheet(std::span<const Picture> pictures, const SheetLayout& layout);

}  // namespace skyglot
