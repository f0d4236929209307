// SPDX-License-Identifier: Apache-2.0
#include "report/page.hpp"

#include "base/numbers.hpp"
#include "base/version.hpp"
#include "page/svg_rank.hpp"
#include "report/sections.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace skyglot {
namespace {

std::string title_of(const DatasetInfo& info) {
  return "Image–text data set: " + count_of(info.pairs, "pair");
}

std::string head_html(const ReportContent& content, const std::string& css) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'; img-src data:\"/>\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
      "<meta name=\"color-scheme\" content=\"light dark\"/>\n"
      "<meta name=\"generator\" content=\"skyglot {}\"/>\n<title>{}</title>\n<style>\n{}</style>\n"
      "</head>\n",
      version(), escape_html(title_of(content.info)), css);
}

std::string figure_item(const std::string& number, const std::string& what) {
  return "<div><dt>" + what + "</dt><dd>" + number + "</dd></div>\n";
}

std::size_t tags_reaching(const Statistics& statistics, std::uint64_t least) {
  return static_cast<std::size_t>(std::ranges::count_if(
      statistics.tags, [&](const auto& entry) { return entry.second >= least; }));
}

std::string key_figures(const ReportContent& content) {
  const Statistics& s = content.statistics;
  const DatasetInfo& info = content.info;
  return "<dl class=\"figures-row\">\n" + figure_item(format_count(s.pairs), "pairs") +
         figure_item(format_bytes(info.bytes()), "in " + count_of(info.shards.size(), "shard")) +
         figure_item(format_count(s.by_collection.size()),
                     s.by_collection.size() == 1 ? "collection" : "collections") +
         figure_item(s.gsd_m.empty() ? "–" : format_double(quantile(s.gsd_m, 0.5)) + " m",
                     "median GSD") +
         figure_item(format_count(tags_reaching(s, 10)), "tags with 10 pictures or more") +
         figure_item(format_count(s.single.distinct), "distinct captions") + "</dl>\n";
}

std::string source_line(const DatasetInfo& info) {
  const auto input = info.objects.find("input");
  const std::string map = input == info.objects.end() ? "OpenStreetMap" : data_html(input->second);
  return fmt::format(
      "<p class=\"sub\">Made from {} and {} by skyglot {}; fingerprint <code>{}</code>"
      "</p>\n",
      map, count_of(info.scenes, "scene"), data_html(info.skyglot_version),
      data_html(info.fingerprint.substr(0, 12)));
}

std::string alarm(const std::vector<Check>& checks) {
  const auto failed = std::ranges::count(checks, false, &Check::ok);
  if (failed == 0) return "";
  return fmt::format("<p class=\"lost\">{} did not hold; see <a href=\"#counts\">Checks</a>.</p>\n",
                     count_of(static_cast<std::uint64_t>(failed), "check"));
}

std::string navigation(const std::vector<Section>& sections) {
  std::string html = "<nav aria-label=\"Contents\"><ul>\n";
  for (const Section& section : sections)
    html += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", section.id, section.title);
  return html + "</ul></nav>\n";
}

std::string section_html(const Section& section) {
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-h\">\n<h2 id=\"{0}-h\">{1}</h2>\n{2}"
      "</section>\n",
      section.id, section.title, section.html);
}

}  // namespace

std::string count_of(std::uint64_t count, const std::string& singular) {
  return format_count(count) + " " + singular + (count == 1 ? "" : "s");
}

std::string legend_key(std::size_t tone) {
  return fmt::format("<span class=\"key t{}\"></span>", tone % 8);
}

std::string report_page(const ReportContent& content, const std::string& css) {
  const std::vector<Section> sections{counts_section(content),  places_section(content),
                                      contact_section(content), pictures_section(content),
                                      tags_section(content),    captions_section(content),
                                      sources_section(content), rebuild_section(content)};
  std::string page = head_html(content, css) +
                     "<body>\n<a class=\"skip\" href=\"#main\">To the content</a>\n<header>\n<h1>" +
                     escape_html(title_of(content.info)) + "</h1>\n" + source_line(content.info) +
                     alarm(content.checks) + key_figures(content) + navigation(sections) +
                     "</header>\n<main id=\"main\">\n";
  for (const Section& section : sections) page += section_html(section);
  return page + "</main>\n<footer><p>Written by skyglot " + version() +
         ". The same figures for programs: "
         "<code>report.json</code>.</p></footer>\n</body>\n</html>\n";
}

}  // namespace skyglot
