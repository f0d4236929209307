// SPDX-License-Identifier: Apache-2.0
// The figures of a report for programs.
#pragma once

#include "report/content.hpp"

#include <nlohmann/json_fwd.hpp>

namespace skyglot {

/// Every figure that the page shows, and the whole list of tags; see docs/commands/report.md.
[[nodiscard]] nlohmann::ordered_json report_json(const ReportContent& content);

}  // namespace skyglot
