// SPDX-License-Identifier: Apache-2.0
// The part of a data set that a pair belongs to.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace skyglot {

enum class Split : std::uint8_t { train = 0, val = 1, test = 2 };
[[nodiscard]] std::string_view to_string(Split split);
/// Nothing for a word that names no split.
[[nodiscard]] std::optional<Split> split_of_name(std::string_view name);

}  // namespace skyglot
