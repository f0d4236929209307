// SPDX-License-Identifier: Apache-2.0
// What is looked for in an index: sentences, pictures and places, added and taken away, and
// examples.
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
  /// --minus, --image, --at, --template, --templates, --like, --unlike.
  void add_to(CLI::App& app);
  /// Whether sentences or pictures are among it.
  [[nodiscard]] bool needs_model(const std::vector<std::string>& sentences) const;
  /// No option was given.
  [[nodiscard]] bool empty() const;
  /// The direction to look in. `encoders` may be null where no model is needed. Throws Error(input)
  /// for a place or an id that the index does not have.
  [[nodiscard]] std::vector<float> direction(const std::vector<std::string>& sentences,
                                             WindowIndex& index, const Encoders* encoders) const;

 private:
  [[nodiscard]] Matrix texts(const std::vector<std::string>& sentences,
                             const Encoders& encoders) const;
  [[nodiscard]] Matrix plus(const std::vector<std::string>& sentences, WindowIndex& index,
                            const Encoders* encoders) const;
  [[nodiscard]] Matrix pictures(const Encoders& encoders) const;

  std::vector<std::string> minus_;
  std::vector<std::filesystem::path> images_;
  std::vector<Point> places_lonlat_;
  std::vector<std::string> templates_;
  std::string templates_file_;
  std::vector<std::string> like_;
  std::vector<std::string> unlike_;
};

}  // namespace skyglot
