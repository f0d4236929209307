// SPDX-License-Identifier: Apache-2.0
#include "report/page.hpp"

#include "base/numbers.hpp"
#include "base/version.hpp"
#include "page/page_template.hpp"
#include "page/svg_rank.hpp"
#include "report/sections.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace skyglot {
namespace {

std::string title_of(const DatasetInfo& info) {
  return "Image–text data set: " + count_of(info.pairs, "pair");
}

nlohmann::json figure(const std::string& number, const std::string& what) {
  return {{"number", number}, {"what", what}};
}

std::size_t tags_reaching(const Statistics& statistics, std::uint64_t least) {
  return static_cast<std::size_t>(std::ranges::count_if(
      statistics.tags, [&](const auto& entry) { return entry.second >= least; }));
}

nlohmann::json key_figures(const ReportContent& content) {
  const Statistics& s = content.statistics;
  const DatasetInfo& info = content.info;
  return {
      figure(format_count(s.pairs), "pairs"),
      figure(format_bytes(info.bytes()), "in " + count_of(info.shards.size(), "shard")),
      figure(format_count(s.by_collection.size()),
             s.by_collection.size() == 1 ? "collection" : "collections"),
      figure(s.gsd_m.empty() ? "–" : format_double(quantile(s.gsd_m, 0.5)) + " m", "median GSD"),
      figure(format_count(tags_reaching(s, 10)), "tags with 10 pictures or more"),
      figure(format_count(s.single.distinct), "distinct captions")};
}

nlohmann::json sections_of(const ReportContent& content) {
  std::vector<Section> sections{counts_section(content),  places_section(content),
                                contact_section(content), pictures_section(content),
                                tags_section(content),    captions_section(content)};
  if (auto similarity = similarity_section(content)) sections.push_back(std::move(*similarity));
  if (auto landcover = landcover_section(content)) sections.push_back(std::move(*landcover));
  if (auto found = found_section(content)) sections.push_back(std::move(*found));
  sections.push_back(sources_section(content));
  sections.push_back(rebuild_section(content));
  nlohmann::json list = nlohmann::json::array();
  for (const Section& section : sections)
    list.push_back({{"id", section.id}, {"title", section.title}, {"html", section.html}});
  return list;
}

}  // namespace

std::string count_of(std::uint64_t count, const std::string& singular) {
  return format_count(count) + " " + singular + (count == 1 ? "" : "s");
}

std::string legend_key(std::size_t tone) {
  return fmt::format("<span class=\"key t{}\"></span>", tone % 8);
}

std::string report_page(const ReportContent& content, const std::string& css) {
  const DatasetInfo& info = content.info;
  const auto input = info.objects.find("input");
  const auto failed = std::ranges::count(content.checks, false, &Check::ok);
  return fill_template(
      "report", {{"version", version()},
                 {"title", title_of(info)},
                 {"css", css},
                 {"map", input == info.objects.end() ? "OpenStreetMap" : data_html(input->second)},
                 {"scenes", count_of(info.scenes, "scene")},
                 {"made_by", data_html(info.skyglot_version)},
                 {"fingerprint", data_html(info.fingerprint.substr(0, 12))},
                 {"alarm", failed > 0},
                 {"failed_checks", count_of(static_cast<std::uint64_t>(failed), "check")},
                 {"figures", key_figures(content)},
                 {"sections", sections_of(content)}});
}

}  // namespace skyglot
