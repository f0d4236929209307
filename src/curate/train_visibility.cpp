// SPDX-License-Identifier: Apache-2.0
#include "curate/train_visibility.hpp"

#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"

#include "curate/stage_search.hpp"
#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace skyglot {
namespace {

void require_answers(const StageData& data, const char* what) {
  const std::set<std::int32_t> met(data.labels.begin(), data.labels.end());
  if (met.size() < 2)
    fail(ErrorKind::input,
         "the labelled tags have {} only: a classifier needs tags of two answers or more",
         met.empty() ? fmt::format("no {}", what)
                     : fmt::format("the {} \"{}\"", what,
                                   data.classes[static_cast<std::size_t>(*met.begin())]));
}

StageData visible_stage(const RowSource& vectors, std::span<const LabelledTag> tags) {
  StageData data{StageKind::binary, vectors, {}, {}, {"no", "yes"}};
  for (const LabelledTag& tag : tags) {
    data.labels.push_back(tag.max_gsd_m ? 1 : 0);
    data.ids.push_back(to_string(tag.tag));
  }
  return data;
}

std::int32_t level_of(const LabelledTag& tag) {
  return static_cast<std::int32_t>(std::ranges::find(kVisibilityLevelsM, *tag.max_gsd_m) -
                                   kVisibilityLevelsM.begin());
}

StageData level_stage(const RowSource& vectors, std::span<const LabelledTag> tags, bool ordinal) {
  StageData data;
  data.kind = ordinal ? StageKind::ordinal : StageKind::multinomial;
  for (const double level : kVisibilityLevelsM) data.classes.push_back(format_double(level));
  std::vector<std::int64_t> rows;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    if (!tags[i].max_gsd_m) continue;
    rows.push_back(static_cast<std::int64_t>(i));
    data.labels.push_back(level_of(tags[i]));
    data.ids.push_back(to_string(tags[i].tag));
  }
  data.vectors = vectors.chosen(rows);
  return data;
}

}  // namespace

void VisibilityTraining::validate() const {
  std::vector<std::string> problems;
  if (components.empty() || std::ranges::min(components) < 1)
    problems.emplace_back("components (at least one count, each at least 1)");
  if (c.empty() || !std::ranges::all_of(c, [](double v) { return v > 0 && std::isfinite(v); }))
    problems.emplace_back("C (at least one value, each above 0)");
  if (folds < 2) problems.push_back(fmt::format("{} folds (at least 2)", folds));
  if (!problems.empty()) fail(ErrorKind::usage, "visibility classifier: {}", join(problems, "; "));
}

std::vector<LabelledTag> labelled_tags(const VisibilityTable& table) {
  std::vector<LabelledTag> tags;
  for (const auto& [tag, level] : table.entries()) tags.push_back({tag, level});
  return tags;
}

TrainedVisibility train_visibility(const RowSource& vectors, std::span<const LabelledTag> tags,
                                   const VisibilityTraining& options) {
  options.validate();
  expect(vectors.rows() == std::ssize(tags), "one vector a tag");
  const StageData seen = visible_stage(vectors, tags);
  const StageData levels = level_stage(vectors, tags, options.ordinal);
  require_answers(seen, "answer");
  require_answers(levels, "level");
  SearchedStage visible = search_stage(seen, options);
  SearchedStage level = search_stage(levels, options);
  TrainedVisibility result;
  result.classifier.visible = std::move(visible.stage);
  result.classifier.level = std::move(level.stage);
  result.classifier.ordinal = options.ordinal;
  result.visible = std::move(visible.report);
  result.level = std::move(level.report);
  return result;
}

}  // namespace skyglot
