// SPDX-License-Identifier: Apache-2.0
// The report on a data set, from its folder to a page.
#pragma once

#include "report/content.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace skyglot {

struct ReportOptions {
  std::int64_t pictures = 48;        ///< on the contact sheet, at most 500
  std::int64_t thumbnail_px = 240;   ///< longer side of each, 32 to 1024
  std::int64_t max_outlines = 5000;  ///< tiles on the map before it becomes a density map
  /// SVG files of maps of land cover that are shown too, as 'landcover map --preview' writes them.
  std::vector<std::filesystem::path> landcover{};
  /// JPEG files of contact sheets, as 'search --sheet' writes them, named as what they show.
  std::vector<std::filesystem::path> sheets{};
  /// Reports every problem at once; throws Error(usage).
  void validate() const;
};

/// Reads the folder: one pass over pairs.gpkg, and the pictures of the contact sheet. A picture or
/// shard that is damaged becomes a failed check and a note, not an error. Throws Error where
/// dataset.json or pairs.gpkg are missing or damaged.
[[nodiscard]] ReportContent gather_report(const std::filesystem::path& folder,
                                          const ReportOptions& options);

/// Page and JSON with their names.
struct ReportFiles {
  std::filesystem::path page;
  std::filesystem::path json;
};
/// `page` with the ending ".json", but "report.json" beside an "index.html".
[[nodiscard]] ReportFiles report_files(const std::filesystem::path& page);

/// Writes both files, each whole or not at all. Returns the size of the page. The same content
/// gives the same bytes.
std::uint64_t write_report(const ReportContent& content, const ReportFiles& files);

}  // namespace skyglot
