// SPDX-License-Identifier: Apache-2.0
// Options that say how imagery is shown and what of it holds data, the same for catalogues and land
// cover.
#pragma once

#include "imagery/declared_data.hpp"
#include "imagery/stretch.hpp"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace skyglot {

/// --stretch, --nodata, --mask.
inline void add_stretch_and_data(CLI::App& app, StretchRule& stretch, DataRule& data) {
  app.add_option_function<std::string>(
      "--stretch", [&stretch](const std::string& text) { stretch = parse_stretch(text); },
      "How samples become 8 bits: auto, none, balanced:2,98, percentile:2,98 or range:0,3000");
  app.add_option_function<std::string>(
      "--nodata", [&data](const std::string& text) { data.nodata = parse_nodata(text); },
      "Value that means no data where all shown bands have it, whatever the files say; or none");
  app.add_option_function<std::string>(
      "--mask", [&data](const std::string& text) { data.mask = parse_mask_rule(text); },
      "Which mask says where data is: file, none, or auto (an alpha band of many shades is none)");
}

/// --bands with what they are shown as where nothing is said.
inline void add_bands(CLI::App& app, std::vector<std::string>& bands) {
  app.add_option("--bands", bands,
                 "Three bands by number or name (nir,red,green), or one; default red, green, blue")
      ->delimiter(',');
}

}  // namespace skyglot
