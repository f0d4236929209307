// SPDX-License-Identifier: Apache-2.0
#include "curate/predict_tags.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"

#include "curate/tag_vectors.hpp"
#include "curate/tag_words.hpp"
#include <fmt/core.h>

#include <algorithm>
#include <set>

namespace skyglot {
namespace {

void require_same_model(const VisibilityClassifier& classifier, const std::string& sha256) {
  const auto trained = classifier.about.find("model_sha256");
  if (trained == classifier.about.end() || trained->second != sha256)
    fail(ErrorKind::input,
         "the visibility classifier was trained on a text tower of other weights ({}) than those "
         "of this model ({}): its answers would mean nothing; train one with 'skyglot tags train'",
         trained == classifier.about.end() ? "not named" : trained->second.substr(0, 12),
         sha256.substr(0, 12));
}

std::string wording_of(const VisibilityClassifier& classifier) {
  const auto wording = classifier.about.find("wording");
  return wording == classifier.about.end() ? kTagWording : wording->second;
}

std::string probability(double p) {
  return fmt::format("{:.4f}", p);
}

}  // namespace

std::vector<JudgedTag> judge_tags(std::span<const Tag> tags, const VisibilityTable& table,
                                  const VisibilityClassifier& classifier, const TextModel& model,
                                  const std::string& model_sha256) {
  require_same_model(classifier, model_sha256);
  const std::string wording = wording_of(classifier);
  std::vector<JudgedTag> judged;
  std::vector<Tag> unknown;
  std::vector<std::size_t> asked;
  for (const Tag& tag : tags) {
    const bool known = table.knows(tag);
    judged.push_back({tag, known ? table.max_gsd_m(tag) : std::nullopt, known});
    if (known) continue;
    asked.push_back(judged.size() - 1);
    unknown.push_back(tag);
  }
  if (unknown.empty()) return judged;
  const Matrix vectors = tag_vectors(unknown, wording, model, {});
  const std::vector<TagVisibility> said = classifier.predict(vectors);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    judged[asked[i]].said = said[i];
    judged[asked[i]].max_gsd_m = said[i].max_gsd_m();
  }
  return judged;
}

void add_rest_of_table(std::vector<JudgedTag>& tags, const VisibilityTable& table) {
  std::set<Tag> met;
  for (const JudgedTag& tag : tags) met.insert(tag.tag);
  for (const auto& [tag, level] : table.entries())
    if (!met.contains(tag)) tags.push_back({tag, level, true});
}

std::string judged_csv(std::span<const JudgedTag> tags) {
  std::string csv = csv_line({"key", "value", "visible", "max_gsd_m", "source",
                              "visible_probability", "level_probability"}) +
                    "\n";
  for (const JudgedTag& tag : tags) {
    const double level = *std::ranges::max_element(tag.said.levels);
    csv += csv_line({tag.tag.key, tag.tag.value, tag.max_gsd_m ? "yes" : "no",
                     tag.max_gsd_m ? format_double(*tag.max_gsd_m) : "",
                     tag.labelled ? "labelled" : "predicted",
                     tag.labelled ? "" : probability(tag.said.visible),
                     tag.labelled || !tag.max_gsd_m ? "" : probability(level)}) +
           "\n";
  }
  return csv;
}

std::vector<Tag> read_tag_list(std::string_view csv, const std::string& name) {
  const CsvTable table = parse_csv(csv, name);
  const std::size_t key = table.column("key");
  const std::size_t value = table.column("value");
  std::set<Tag> met;
  std::vector<Tag> tags;
  for (const auto& row : table.rows) {
    const Tag tag{row[key], row[value]};
    if (tag.key.empty())
      fail(ErrorKind::format, "{}: a row has no key; write one tag a row as key,value", name);
    for (const std::string_view part : split(tag.value, ';')) {
      const Tag one{tag.key, std::string(trim(part))};
      if (!one.value.empty() && one.value != "no" && met.insert(one).second) tags.push_back(one);
    }
  }
  return tags;
}

}  // namespace skyglot
