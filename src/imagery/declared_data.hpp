// SPDX-License-Identifier: Apache-2.0
// Which pixels hold data, where the files do not say it or say what is not so.
#pragma once

#include "raster/raster.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace skyglot {

/// What the user says about nodata and masks of a collection's files.
struct DataRule {
  enum class Mask {
    automatic,  ///< as the file says, but an alpha band of many shades is a band like the others
    file,       ///< as the file says
    none        ///< no mask and no alpha band counts
  };
  Mask mask = Mask::automatic;
  /// In place of what the files declare; NaN: no value means nodata.
  std::optional<double> nodata{};
};

/// "auto", "file" or "none". Throws Error(usage).
[[nodiscard]] DataRule::Mask parse_mask_rule(std::string_view text);
/// A number, or "none". Throws Error(usage).
[[nodiscard]] double parse_nodata(std::string_view text);

/// `bands` as the rule has them. With `raster` the shades of its alpha band are looked at, without
/// it the file is believed. Throws Error(format) if they cannot be read.
[[nodiscard]] std::vector<BandInfo> with_rule(std::vector<BandInfo> bands, const DataRule& rule,
                                              const Raster* raster);

}  // namespace skyglot
