// SPDX-License-Identifier: Apache-2.0
// When a scene was taken: from its metadata, its file name, or nobody knows.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace skyglot {

/// "2021-06-01", "2021-06" or "2021" if `text` starts with a plausible date (years 1900-2099; parts
/// joined by '-', ':', '/', '_' or nothing; a time may follow), as "YYYY-MM-DD"; where month or day
/// are missing, the first.
[[nodiscard]] std::optional<std::string> parse_date(std::string_view text);

/// The acquisition date in a raster's metadata; acquisition and sensing times come before
/// TIFFTAG_DATETIME, which may be the day of processing.
[[nodiscard]] std::optional<std::string> date_from_metadata(
    const std::map<std::string, std::string>& metadata);

[[nodiscard]] int current_year();

/// The first date in a name: YYYYMMDD or YYYY-MM-DD (also with '_' or '.') anywhere, else a year
/// (1900-2099) that stands alone, or after a word of three letters or more ("ortho2015"), and not
/// beside another number of four digits ("tile_2000_1024"). The first one counts: products name the
/// day of taking before that of processing. Years after `this_year` are sheet numbers and codes
/// ("TQ2080", EPSG's 2056), not dates.
[[nodiscard]] std::optional<std::string> date_from_name(std::string_view name,
                                                        int this_year = current_year());

/// The date in the part of `name` that `pattern` matches (its first group where it has one;
/// ECMAScript). Nothing where it does not match; throws Error(usage) for a bad pattern.
[[nodiscard]] std::optional<std::string> date_from_pattern(const std::string& name,
                                                           const std::string& pattern);

}  // namespace skyglot
