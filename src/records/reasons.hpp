// SPDX-License-Identifier: Apache-2.0
// Every reason for which an object may end without a picture, with the sentence that explains it.
#pragma once

#include <array>
#include <string_view>

namespace skyglot {

struct Reason {
  std::string_view name;
  std::string_view meaning;
};

inline constexpr std::array kReasons{
    Reason{"no_visible_tag", "none of its tags can be seen from above"},
    Reason{"no_imagery", "no scene lies over it"},
    Reason{"gsd_too_coarse", "the imagery there is too coarse for its tags"},
    Reason{"too_small", "its bounding box has too few pixels in the imagery there"},
    Reason{"too_large", "its bounding box has too many pixels in the imagery there"},
    Reason{"no_valid_tile", "no scene shows valid pixels over a whole tile around it"},
    Reason{"split_overlap", "every tile around it would show ground of two splits"},
    Reason{"outside_scene", "its tile leaves the scene"},
    Reason{"nodata", "its picture has too many pixels without data"},
    Reason{"uniform", "its picture shows one tone only"},
    Reason{"unreadable", "its pixels cannot be read"},
};

}  // namespace skyglot
