// SPDX-License-Identifier: Apache-2.0
// A visibility table for tags that nobody labelled.
#pragma once

#include "embed/embed.hpp"
#include "tags/visibility.hpp"

#include "curate/visibility_classifier.hpp"

#include <span>
#include <string>
#include <vector>

namespace skyglot {

/// A row of a visibility table, and where it comes from.
struct JudgedTag {
  Tag tag;
  std::optional<double> max_gsd_m;
  bool labelled = false;  ///< taken over from the table
  TagVisibility said{};   ///< of what was predicted
};

/// Every tag: as `table` has it where it knows the tag, otherwise as the classifier says. Throws
/// Error(input) if the classifier belongs to a text tower of other weights than `model_sha256`.
[[nodiscard]] std::vector<JudgedTag> judge_tags(std::span<const Tag> tags,
                                                const VisibilityTable& table,
                                                const VisibilityClassifier& classifier,
                                                const TextModel& model,
                                                const std::string& model_sha256);

/// The rows of `table` that are not among `tags` yet, so that what is written can stand in its
/// place.
void add_rest_of_table(std::vector<JudgedTag>& tags, const VisibilityTable& table);

/// A CSV that VisibilityTable::parse() reads: key, value, visible, max_gsd_m, then "source"
/// (labelled or predicted) and the probabilities of "visible" and of the level.
[[nodiscard]] std::string judged_csv(std::span<const JudgedTag> tags);

/// The tags of a CSV with columns key and value, each once, in the order of the file; a list
/// ("a;b") gives its parts, as a table judges it. Rows without a value ask for the key, rows with
/// "no" for nothing that is there: both are left out. Throws Error(format).
[[nodiscard]] std::vector<Tag> read_tag_list(std::string_view csv, const std::string& name);

}  // namespace skyglot
