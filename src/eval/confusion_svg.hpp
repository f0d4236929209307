// SPDX-License-Identifier: Apache-2.0
// A confusion matrix as a picture.
#pragma once

#include "scores/confusion.hpp"

#include <string>
#include <string_view>

namespace skyglot {

/// A whole SVG file: rows are true classes, colour is the share of the row, numbers are counts,
/// with a colour scale. `title` stands above it. Every square names itself when pointed at.
[[nodiscard]] std::string confusion_svg(const ConfusionMatrix& matrix, std::string_view title);

}  // namespace skyglot
