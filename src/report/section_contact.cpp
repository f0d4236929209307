// SPDX-License-Identifier: Apache-2.0
// The contact sheet: pictures with all that is said about them.
#include "base/base64.hpp"
#include "base/numbers.hpp"
#include "page/page_template.hpp"
#include "report/sections.hpp"
#include "report/thumbnail.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace skyglot {
namespace {

// Areas made from a relation carry its id negated.
std::string osm_path(const PairRecord& record) {
  const auto id = static_cast<std::uint64_t>(record.osm_id);
  if (record.osm_id < 0) return fmt::format("relation/{}", ~id + 1);
  return fmt::format("{}/{}", record.kind == ObjectKind::node ? "node" : "way", id);
}

nlohmann::json picture_of(const ContactPicture& picture) {
  return shown_if(!picture.jpeg.empty(), {{"title", picture.record.title},
                                          {"width", std::to_string(picture.width)},
                                          {"height", std::to_string(picture.height)},
                                          {"jpeg", base64(picture.jpeg)}});
}

// Lines break before a fact, not inside it.
nlohmann::json facts_of(const PairRecord& record) {
  nlohmann::json facts = nlohmann::json::array();
  const auto add = [&](const std::string& html) { facts.push_back({{"html", html}}); };
  add(data_html(record.collection));
  add(fmt::format("{} × {} px at {} m", record.width, record.height,
                  format_double(three_digits(record.gsd_m))));
  add(std::string(to_string(record.split)));
  if (!record.date.empty()) add(data_html(record.date));
  return facts;
}

nlohmann::json card_of(const ContactPicture& picture) {
  const PairRecord& record = picture.record;
  return {{"picture", picture_of(picture)},
          {"problem", picture.problem},
          {"caption", data_html(record.title)},
          {"neighbours", shown_if(record.title_multi_objects != record.title,
                                  {{"caption", data_html(record.title_multi_objects)}})},
          {"osm_path", osm_path(record)},
          {"facts", facts_of(record)}};
}

}  // namespace

Section contact_section(const ReportContent& content) {
  nlohmann::json cards = nlohmann::json::array();
  for (const ContactPicture& picture : content.contact) cards.push_back(card_of(picture));
  return {
      "sheet", "Pictures and their captions",
      fill_template("report_contact", {{"pictures", count_of(content.contact.size(), "picture")},
                                       {"cards", std::move(cards)}})};
}

}  // namespace skyglot
