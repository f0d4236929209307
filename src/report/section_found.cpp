// SPDX-License-Identifier: Apache-2.0
// Places that were found by a sentence.
#include "base/base64.hpp"
#include "page/page_template.hpp"
#include "report/sections.hpp"

#include <nlohmann/json.hpp>

namespace skyglot {

std::optional<Section> found_section(const ReportContent& content) {
  if (content.sheets.empty()) return std::nullopt;
  nlohmann::json sheets = nlohmann::json::array();
  for (const FoundSheet& one : content.sheets)
    sheets.push_back({{"name", one.name}, {"jpeg", base64(one.jpeg)}});
  return Section{"found", "Found by a sentence",
                 fill_template("report_found", {{"sheets", sheets}})};
}

}  // namespace skyglot
