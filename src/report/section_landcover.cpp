// SPDX-License-Identifier: Apache-2.0
// Maps of land cover that were drawn of the same place.
#include "base/base64.hpp"
#include "page/page_template.hpp"
#include "report/sections.hpp"

#include <nlohmann/json.hpp>

namespace skyglot {

std::optional<Section> landcover_section(const ReportContent& content) {
  if (content.landcover.empty()) return std::nullopt;
  nlohmann::json maps = nlohmann::json::array();
  for (const std::string& svg : content.landcover) maps.push_back({{"svg", base64(svg)}});
  return Section{"landcover", "Land cover", fill_template("report_landcover", {{"maps", maps}})};
}

}  // namespace skyglot
