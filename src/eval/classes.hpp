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

/// A label for each item as it was given.
struct Labels {
  std::vector<std::string> words;  ///< "": the item has none
  bool numbers = false;            ///< from a file of numbers, which hold indexes, not names
};

/// What all labels of a set are: names of classes, or their indexes from 0.
enum class LabelReading { names, indexes };
[[nodiscard]] std::string to_string(LabelReading reading);

/// Classes in a fixed order; the index of a class is its place in it.
class ClassList {
 public:
  /// Words a class as it is labelled unless `wordings` says more. Throws Error(input) that names
  /// `where` if there is no class, or two have the same name by normalised_name().
  ClassList(std::vector<std::string> labels, std::vector<std::string> wordings,
            const std::string& where);

  [[nodiscard]] std::size_t size() const { return labels_.size(); }
  [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }
  [[nodiscard]] const std::vector<std::string>& wordings() const { return wordings_; }

  /// The class that `label` names after normalised_name().
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

/// Which labels say that their item has none: empty ones, and -1 if all labels are whole numbers
/// and no class of the list (if there is one) is called so.
[[nodiscard]] std::vector<bool> unlabelled(const Labels& labels, const ClassList* classes);

/// A class for each item, and how all labels were read.
struct MatchedLabels {
  std::vector<std::int32_t> classes;
  LabelReading reading = LabelReading::names;
};

/// Reads all labels in one way: words are names if each is a class's, else indexes if each is a
/// whole number in [0, size); numbers the other way round. Where both would do and differ, a
/// warning says which was taken. Throws Error(input) that lists the labels without a class beside
/// the classes without a label.
[[nodiscard]] MatchedLabels match_labels(const ClassList& classes, const Labels& labels);

/// Names of the classes that no item has.
[[nodiscard]] std::vector<std::string> classes_without_items(const ClassList& classes,
                                                             std::span<const std::int32_t> labels);

}  // namespace skyglot
