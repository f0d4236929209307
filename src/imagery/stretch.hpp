// SPDX-License-Identifier: Apache-2.0
// How samples of more than 8 bits become 8: a fixed range or percentiles of a collection.
#pragma once

#include "imagery/catalogue.hpp"

#include <span>
#include <string_view>
#include <vector>

namespace skyglot {

/// "none", "balanced:2,98", "percentile:2,98", "range:0,3000", or automatic: none for 8-bit
/// samples, else balanced percentiles 2 and 98.
struct StretchRule {
  /// percentile: each band's own. balanced: halfway between each band's own and those of all the
  /// bands' samples together. Own ones alone make the mean colour of a scene grey, which turns the
  /// grey of a town in green and yellow country blue; common ones keep the haze, which is blue.
  enum class Kind { automatic, none, balanced, percentile, range };
  Kind kind = Kind::automatic;
  double low = 2;
  double high = 98;
  friend bool operator==(const StretchRule&, const StretchRule&) = default;
};

/// Throws Error(usage) that shows the forms there are.
[[nodiscard]] StretchRule parse_stretch(std::string_view text);

/// Percentile `p` (0-100) of `values`, linear between neighbours (numpy's default). Reorders them.
[[nodiscard]] double percentile(std::span<float> values, double p);

/// Stretch of each of the collection's bands by `rule`; empty for none. Percentiles come from the
/// valid pixels of a decimated sample: up to 64 scenes spread evenly over `scenes` (in their
/// order), about 500 x 500 pixels a band in all when there are many, always the same ones. Scenes
/// that cannot be read do not count. Throws Error(input) if no pixel is left.
/// Stretches are of values, that is with declared scales and offsets applied; a range is given in
/// stored numbers of the first scene less their offset.
[[nodiscard]] std::vector<BandStretch> stretches_of(const StretchRule& rule,
                                                    const std::vector<int>& bands,
                                                    const std::vector<const Scene*>& scenes);

}  // namespace skyglot
