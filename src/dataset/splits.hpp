// SPDX-License-Identifier: Apache-2.0
// The three parts of a data set.
#pragma once

#include <cstdint>
#include <string_view>

namespace skyglot {

enum class Split : std::uint8_t { train = 0, val = 1, test = 2 };
[[nodiscard]] std::string_view to_string(Split split);

}  // namespace skyglot
