// SPDX-License-Identifier: Apache-2.0
// RemoteCount's protocol: which of ten captions that differ in the number alone fits the picture.
#pragma once

#include "base/row_source.hpp"
#include "scores/metrics.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

inline constexpr std::int32_t kLargestCount = 10;

/// "one", ..., "ten"; or "1", ..., "10".
[[nodiscard]] std::array<std::string, kLargestCount> count_words(bool digits);

/// The ten captions for 1 to 10: `caption` with the number `count` in it, written as a word or in
/// digits, replaced by each. Nothing else changes, plural forms neither (Liu et al. 2024,
/// RemoteCLIP, section on RemoteCount). Nothing if the number does not stand in the caption as a
/// word of its own exactly once.
[[nodiscard]] std::optional<std::vector<std::string>> count_captions(std::string_view caption,
                                                                     std::int32_t count,
                                                                     bool digits);

/// `text_rows` holds ten rows of `texts` for each picture, those of its captions for 1 to 10. Gives
/// pictures x 10 inner products. Throws Error(input) on values that are not finite.
[[nodiscard]] Matrix counting_scores(const RowSource& pictures, const Matrix& texts,
                                     std::span<const std::int64_t> text_rows);

/// Mean distance between the true number and the one chosen (the first of equals).
[[nodiscard]] double mean_count_error(const Matrix& scores, std::span<const std::int32_t> labels);

}  // namespace skyglot
