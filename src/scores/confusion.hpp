// SPDX-License-Identifier: Apache-2.0
// Which class is taken for which: counted, and shown as text, table and picture.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// Counts by (true class, predicted class).
struct ConfusionMatrix {
  std::vector<std::string> names;    ///< class names, C of them
  std::vector<std::int64_t> counts;  ///< C x C, row = true class, column = predicted class

  ConfusionMatrix() = default;
  explicit ConfusionMatrix(std::span<const std::string> class_names);

  [[nodiscard]] std::size_t classes() const { return names.size(); }
  [[nodiscard]] std::int64_t at(std::size_t truth, std::size_t predicted) const {
    return counts[truth * names.size() + predicted];
  }
  void add(std::size_t truth, std::size_t predicted) { ++counts[truth * names.size() + predicted]; }
  /// Pictures whose true class is `truth`.
  [[nodiscard]] std::int64_t row_total(std::size_t truth) const;
};

/// One kind of mistake.
struct ConfusedPair {
  std::size_t truth = 0;
  std::size_t predicted = 0;
  std::int64_t count = 0;
};

/// The mistakes made at least once, most frequent first, ties by true then predicted class; at most
/// `most`.
[[nodiscard]] std::vector<ConfusedPair> most_confused(const ConfusionMatrix& matrix,
                                                      std::size_t most);

/// At most `most` characters of `text`, the last an ellipsis if it was longer.
[[nodiscard]] std::string shorten(const std::string& text, std::size_t most);

/// For a terminal: the whole matrix while it has at most 12 classes, else the `most` most confused
/// pairs with their share of the true class. Ends with a line break.
[[nodiscard]] std::string confusion_text(const ConfusionMatrix& matrix, std::size_t most = 20);

/// Header "true \ predicted,NAME...", then one line of counts per true class.
[[nodiscard]] std::string confusion_csv(const ConfusionMatrix& matrix);

}  // namespace skyglot
