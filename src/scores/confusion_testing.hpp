// SPDX-License-Identifier: Apache-2.0
// Confusion matrices that tests look at.
#pragma once

#include "scores/confusion.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <vector>

namespace skyglot {

/// Three classes with awkward names; 9 of 14 pictures right, none of the last class.
inline ConfusionMatrix small_confusion() {
  ConfusionMatrix matrix(
      std::vector<std::string>{"forest", "dense residential, old", "port & <sea>"});
  for (int i = 0; i < 8; ++i) matrix.add(0, 0);
  for (int i = 0; i < 2; ++i) matrix.add(0, 2);
  for (int i = 0; i < 3; ++i) matrix.add(1, 0);
  matrix.add(1, 1);
  return matrix;
}

/// One picture a class, each right.
inline ConfusionMatrix right_confusion(std::size_t classes) {
  std::vector<std::string> names;
  for (std::size_t k = 0; k < classes; ++k) names.push_back(fmt::format("class {}", k));
  ConfusionMatrix matrix(names);
  for (std::size_t k = 0; k < classes; ++k) matrix.add(k, k);
  return matrix;
}

}  // namespace skyglot
