// SPDX-License-Identifier: Apache-2.0
// The contact sheet: pictures with all that is said about them.
#include "base/numbers.hpp"
#include "report/sections.hpp"
#include "report/thumbnail.hpp"

#include <fmt/format.h>

namespace skyglot {
namespace {

// Areas made from a relation carry its id negated.
std::string osm_path(const PairRecord& record) {
  const auto id = static_cast<std::uint64_t>(record.osm_id);
  if (record.osm_id < 0) return fmt::format("relation/{}", ~id + 1);
  return fmt::format("{}/{}", record.kind == ObjectKind::node ? "node" : "way", id);
}

std::string picture_html(const ContactPicture& picture) {
  if (picture.jpeg.empty())
    return "<p class=\"lost\">This picture cannot be shown: " + escape_html(picture.problem) +
           "</p>\n";
  return fmt::format(
      "<img alt=\"{}\" width=\"{}\" height=\"{}\" src=\"data:image/jpeg;base64,{}\"/>\n",
      escape_html(picture.record.title), picture.width, picture.height, base64(picture.jpeg));
}

// Lines break before a fact, not inside it.
std::string fact_html(const std::string& html) {
  return " <span class=\"nb\">· " + html + "</span>";
}

std::string facts_html(const PairRecord& record) {
  const std::string path = osm_path(record);
  std::string html =
      fmt::format("<p class=\"facts\"><a href=\"https://www.openstreetmap.org/{0}\">{0}</a>", path);
  html += fact_html(data_html(record.collection));
  html += fact_html(fmt::format("{} × {} px at {} m", record.width, record.height,
                                format_double(three_digits(record.gsd_m))));
  html += fact_html(std::string(to_string(record.split)));
  if (!record.date.empty()) html += fact_html(data_html(record.date));
  return html + "</p>\n";
}

std::string card_html(const ContactPicture& picture) {
  const PairRecord& record = picture.record;
  std::string captions = "<p class=\"cap\">" + data_html(record.title) + "</p>\n";
  if (record.title_multi_objects != record.title)
    captions += "<p class=\"multi\"><span class=\"vh\">With neighbours: </span>" +
                data_html(record.title_multi_objects) + "</p>\n";
  return "<figure class=\"card\">\n<div class=\"pic\">" + picture_html(picture) +
         "</div>\n<figcaption>" + captions + facts_html(record) + "</figcaption>\n</figure>\n";
}

}  // namespace

Section contact_section(const ReportContent& content) {
  std::string html = fmt::format(
      "<p>{} chosen for variety: each step takes the picture whose tag, collection and split the "
      "sheet shows least so far, so rare things stand here as often as common ones. Under each "
      "picture the caption of the object in its middle, then the one that names its neighbours "
      "too; "
      "the number leads to the object in OpenStreetMap.</p>\n<div class=\"sheet\">\n",
      count_of(content.contact.size(), "picture"));
  for (const ContactPicture& picture : content.contact) html += card_html(picture);
  return {"sheet", "Pictures and their captions", html + "</div>\n"};
}

}  // namespace skyglot
