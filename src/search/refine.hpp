// SPDX-License-Identifier: Apache-2.0
// A question made better by examples: windows that are what was meant, and windows that are not.
#pragma once

#include "base/matrix.hpp"
#include "base/row_source.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace skyglot {

struct Examples {
  std::vector<std::int64_t> like;    ///< rows of the index
  std::vector<std::int64_t> unlike;  ///< none of those above

  [[nodiscard]] std::size_t size() const { return like.size() + unlike.size(); }
};

/// From so many examples on a classifier is learned from them; with fewer it would learn chance.
inline constexpr std::size_t kExamplesToLearn = 10;

/// The direction to look in, at unit length. `rows` are unit rows, `query` what was asked before,
/// if anything. With few examples the question moves towards the mean of those that are meant and
/// away from the mean of the others (Rocchio 1971). From kExamplesToLearn on, a logistic regression
/// tells them apart, with windows spread over the index as further ones that are not meant; its
/// direction and the question's count equally. Throws Error(usage) where nothing is meant or a row
/// is meant and not meant.
[[nodiscard]] std::vector<float> refined_query(const RowSource& rows,
                                               const std::optional<std::vector<float>>& query,
                                               const Examples& examples);

}  // namespace skyglot
