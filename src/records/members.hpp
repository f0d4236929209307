// SPDX-License-Identifier: Apache-2.0
// What a pair has in its shard to look at: a picture (KEY.jpg), a patch (KEY.tif), or both.
#pragma once

#include "base/words.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace skyglot {

enum class PatchMember : std::uint8_t { none, beside, instead };
inline constexpr std::array<std::string_view, 3> kPatchWords{"none", "beside", "instead"};

/// Whether pairs have a picture.
[[nodiscard]] constexpr bool has_picture(PatchMember patch) {
  return patch != PatchMember::instead;
}
/// The ending of the member that stands for a pair in pairs.csv and in its offset and bytes.
[[nodiscard]] constexpr std::string_view main_ending(PatchMember patch) {
  return has_picture(patch) ? ".jpg" : ".tif";
}

}  // namespace skyglot
