// SPDX-License-Identifier: Apache-2.0
// Rank and frequency on two logarithmic axes: how long the tail of the tags is.
#pragma once

#include "page/svg.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace skyglot {

/// `counts` in descending order, none 0. Lines at 10, 100 and 1000 pictures tell how many tags
/// reach them.
[[nodiscard]] std::string draw_rank_plot(const FigureText& text,
                                         const std::vector<std::uint64_t>& counts);

/// How many of the descending `counts` are at least `least`.
[[nodiscard]] std::size_t reaching(const std::vector<std::uint64_t>& counts, std::uint64_t least);

}  // namespace skyglot
