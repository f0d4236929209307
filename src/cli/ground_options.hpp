// SPDX-License-Identifier: Apache-2.0
// Options that say how imagery is shown to a backbone.
#pragma once

#include "landcover/ground.hpp"
#include <CLI/CLI.hpp>

#include <string>

namespace skyglot {

/// --bands, --stretch, --nodata, --mask, as for catalogues.
inline void add_look(CLI::App& app, GroundLook& look) {
  app.add_option("--bands", look.bands,
                 "Three bands by number or name (nir,red,green), or one; default red, green, blue")
      ->delimiter(',');
  app.add_option_function<std::string>(
      "--stretch", [&look](const std::string& text) { look.stretch = parse_stretch(text); },
      "How samples become 8 bits: auto, none, balanced:2,98, percentile:2,98 or range:0,3000");
  app.add_option_function<std::string>(
      "--nodata", [&look](const std::string& text) { look.data.nodata = parse_nodata(text); },
      "Value that means no data where all shown bands have it, whatever the files say; or none");
  app.add_option_function<std::string>(
      "--mask", [&look](const std::string& text) { look.data.mask = parse_mask_rule(text); },
      "Which mask says where data is: file, none, or auto (an alpha band of many shades is none)");
}

}  // namespace skyglot
