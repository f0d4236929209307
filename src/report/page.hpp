// SPDX-License-Identifier: Apache-2.0
// The report as one HTML page that needs nothing else.
#pragma once

#include "report/content.hpp"

#include <string>

namespace skyglot {

/// The whole page; `css` goes into it. No scripts, no network: the page's own policy forbids both.
[[nodiscard]] std::string report_page(const ReportContent& content, const std::string& css);

}  // namespace skyglot
