// SPDX-License-Identifier: Apache-2.0
// What is looked for in an index: sentences, pictures and places, added and taken away.
#pragma once

#include "cli/index_search.hpp"
#include "nn/encoder.hpp"

#include "search/window_index.hpp"

#include <optional>
#include <string>
#include <vector>

namespace skyglot {

class IndexQuery {
 public:
  /// --minus, --image, --at, --template, --templates.
  void add_to(CLI::App& app);
  /// Whether `sentences` or any option says what is looked for or away from.
  [[nodiscard]] bool needs_model(const std::vector<std::string>& sentences) const;
  /// Nothing to add or to take away.
  [[nodiscard]] bool empty() const;
  /// Unit rows of all that is wanted. Throws Error(input) for a place that no window shows.
  [[nodiscard]] Matrix plus(const std::vector<std::string>& sentences, WindowIndex& index,
                            const Encoders* encoders) const;
  [[nodiscard]] Matrix minus(const Encoders* encoders) const;

 private:
  [[nodiscard]] Matrix texts(const std::vector<std::string>& sentences,
                             const Encoders& encoders) const;
  [[nodiscard]] Matrix pictures(const Encoders& encoders) const;

  std::vector<std::string> minus_;
  std::vector<std::filesystem::path> images_;
  std::vector<Point> places_lonlat_;
  std::vector<std::string> templates_;
  std::string templates_file_;
};

}  // namespace skyglot
