// SPDX-License-Identifier: Apache-2.0
// The sections of the page, each from the content to HTML.
#pragma once

#include "page/html.hpp"
#include "report/content.hpp"

#include <optional>
#include <string>

namespace skyglot {

struct Section {
  std::string id;
  std::string title;
  std::string html;
};

[[nodiscard]] Section counts_section(const ReportContent& content);
[[nodiscard]] Section places_section(const ReportContent& content);
[[nodiscard]] Section contact_section(const ReportContent& content);
[[nodiscard]] Section pictures_section(const ReportContent& content);
[[nodiscard]] Section tags_section(const ReportContent& content);
[[nodiscard]] Section captions_section(const ReportContent& content);
/// Nothing where no filter has compared pictures and captions.
[[nodiscard]] std::optional<Section> similarity_section(const ReportContent& content);
/// Nothing where no map was given.
[[nodiscard]] std::optional<Section> landcover_section(const ReportContent& content);
/// Nothing where no contact sheet was given.
[[nodiscard]] std::optional<Section> found_section(const ReportContent& content);
[[nodiscard]] Section sources_section(const ReportContent& content);
[[nodiscard]] Section rebuild_section(const ReportContent& content);

/// "1 picture", "1,234 pictures".
[[nodiscard]] std::string count_of(std::uint64_t count, const std::string& singular);

/// "<span class=key>": the patch of colour that a legend puts before a name.
[[nodiscard]] std::string legend_key(std::size_t tone);

}  // namespace skyglot
