// SPDX-License-Identifier: Apache-2.0
#include "report/report_json.hpp"

#include "base/json.hpp"
#include "page/svg_rank.hpp"

#include <algorithm>

namespace skyglot {
namespace {

Json counts_json(const DatasetInfo& info, const Statistics& s) {
  return {{"cells_with_imagery", info.cells_with_imagery},
          {"cells_drawn", info.cells_drawn},
          {"rare_tags_targeted", info.rare_tags_targeted},
          {"objects_selected", s.rows},
          {"objects_targeted", s.targeted_rows},
          {"objects_matched", info.objects_matched},
          {"pairs", s.pairs},
          {"skipped_in_match", s.skipped_in_match},
          {"skipped_in_cut", s.skipped_in_cut}};
}

Json values_json(const ValueCounts& values) {
  if (values.empty()) return nullptr;
  Json list = Json::array();
  for (const auto& [value, count] : values) list.push_back({value, count});
  return {{"min", values.begin()->first},
          {"median", quantile(values, 0.5)},
          {"mean", three_digits(mean(values))},
          {"max", values.rbegin()->first},
          {"counts", std::move(list)}};
}

Json captions_json(const CaptionStatistics& s) {
  Json top = Json::array();
  for (const RepeatedCaption& caption : s.top)
    top.push_back({{"caption", caption.text}, {"pictures", caption.pictures}});
  return {{"distinct", s.distinct},
          {"unique_pictures", s.unique_pictures},
          {"unique_share", three_digits(s.unique_share())},
          {"pictures_per_caption", values_json(s.group_sizes)},
          {"tokens", values_json(s.tokens)},
          {"words", values_json(s.words)},
          {"most_repeated", std::move(top)}};
}

Json tags_json(const Statistics& s) {
  const auto tags = by_frequency(s.tags);
  Json list = Json::array();
  std::vector<std::uint64_t> counts;
  for (const TagCount& tag : tags) {
    list.push_back({{"key", tag.tag.key}, {"value", tag.tag.value}, {"pictures", tag.pictures}});
    counts.push_back(tag.pictures);
  }
  return {{"distinct", tags.size()},
          {"with_10_pictures", reaching(counts, 10)},
          {"with_100_pictures", reaching(counts, 100)},
          {"with_1000_pictures", reaching(counts, 1000)},
          {"list", std::move(list)}};
}

Json splits_json(const SplitCounts& counts) {
  return {{"train", counts[0]}, {"val", counts[1]}, {"test", counts[2]}};
}

Json collections_json(const ReportContent& content) {
  Json list = Json::array();
  for (const CollectionInfo& c : content.info.collections) {
    const auto found = content.statistics.by_collection.find(c.code);
    const bool used = found != content.statistics.by_collection.end();
    list.push_back({{"code", c.code},
                    {"name", c.name},
                    {"licence", c.licence},
                    {"attribution", c.attribution},
                    {"pairs", splits_json(used ? found->second : SplitCounts{})}});
  }
  return list;
}

Json checks_json(const std::vector<Check>& checks) {
  Json list = Json::array();
  for (const Check& check : checks) list.push_back({{"check", check.text}, {"holds", check.ok}});
  return list;
}

Json contact_json(const std::vector<ContactPicture>& pictures) {
  Json list = Json::array();
  for (const ContactPicture& picture : pictures) {
    list.push_back({{"key", picture.record.key}});
    if (!picture.problem.empty()) list.back()["problem"] = picture.problem;
  }
  return list;
}

}  // namespace

Json report_json(const ReportContent& content) {
  const Statistics& s = content.statistics;
  return {{"schema", 1},
          {"format", "skyglot report"},
          {"fingerprint", content.info.fingerprint},
          {"counts", counts_json(content.info, s)},
          {"checks", checks_json(content.checks)},
          {"splits", splits_json(s.by_split)},
          {"collections", collections_json(content)},
          {"kinds", s.by_kind},
          {"years", s.by_year},
          {"gsd_m", values_json(s.gsd_m)},
          {"width_px", values_json(s.width_px)},
          {"height_px", values_json(s.height_px)},
          {"longer_side_m", values_json(s.longer_side_m)},
          {has_picture(content.info.patches()) ? "jpeg_kb" : "geotiff_kb", values_json(s.file_kb)},
          {"tags_per_picture", values_json(s.tags_per_picture)},
          {"neighbours_per_picture", values_json(s.neighbours)},
          {"tags", tags_json(s)},
          {"captions_single", captions_json(s.single)},
          {"captions_multi", captions_json(s.multi)},
          {"contact_sheet", contact_json(content.contact)}};
}

}  // namespace skyglot
