// SPDX-License-Identifier: Apache-2.0
// The classes of a benchmark: their names, what prompts call them, and which one a label means.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// Classes in a fixed order; the index of a class is its place in it.
class ClassList {
 public:
  /// Words a class as it is labelled unless `wordings` says more. Throws Error(input) that names
  /// `where` if there is no class, or two have the same name once case, blanks and signs are gone.
  ClassList(std::vector<std::string> labels, std::vector<std::string> wordings,
            const std::string& where);

  [[nodiscard]] std::size_t size() const { return labels_.size(); }
  [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }
  [[nodiscard]] const std::vector<std::string>& wordings() const { return wordings_; }

  /// The class that `label` names after normalised_name(); else, if it is a whole number in
  /// [0, size), the class of that index.
  [[nodiscard]] std::optional<std::int32_t> find(std::string_view label) const;

 private:
  std::vector<std::string> labels_;
  std::vector<std::string> wordings_;
  std::map<std::string, std::int32_t> index_;  // by normalised name
};

/// A table with the columns label and wording (wording may be missing), or one class a line; '#'
/// starts a comment. Throws Error(format or input) that names `where`.
[[nodiscard]] ClassList parse_classes(std::string_view text, const std::string& where);

/// A file of classes; `name` is a path or, if no such file is there, a file of data/ such as
/// "classes/aid.csv". Throws Error(input) naming the built-in lists.
[[nodiscard]] ClassList read_classes(const std::string& name);

/// Classes named by the labels themselves, sorted.
[[nodiscard]] ClassList classes_of_labels(std::span<const std::string> labels);

/// A label for each item turned into a class for each item. Throws Error(input) that lists the
/// labels without a class beside the classes without a label.
[[nodiscard]] std::vector<std::int32_t> match_labels(const ClassList& classes,
                                                     std::span<const std::string> labels);

/// Names of the classes that no item has.
[[nodiscard]] std::vector<std::string> classes_without_items(const ClassList& classes,
                                                             std::span<const std::int32_t> labels);

}  // namespace skyglot
