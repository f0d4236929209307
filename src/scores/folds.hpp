// SPDX-License-Identifier: Apache-2.0
// Labelled rows dealt into parts that are held out in turn.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

/// The part of each row, in [0, folds): the rows of a class are ordered by a stable hash of (seed,
/// id) and dealt in turn, so that parts hold the same share of every class up to one row.
[[nodiscard]] std::vector<int> stratified_folds(std::span<const std::int32_t> labels,
                                                std::span<const std::string> ids, int folds,
                                                std::uint64_t seed);

/// Some of the rows with their labels and ids.
struct FoldRows {
  std::vector<std::int64_t> rows;
  std::vector<std::int32_t> labels;
  std::vector<std::string> ids;
};

/// The rows of part `fold` (`inside`), or all others.
[[nodiscard]] FoldRows rows_of_fold(std::span<const std::int32_t> labels,
                                    std::span<const std::string> ids, std::span<const int> folds,
                                    int fold, bool inside);

}  // namespace skyglot
