// SPDX-License-Identifier: Apache-2.0
// Prompts for classes: templates filled in, and their embeddings averaged.
#pragma once

#include "base/matrix.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// How the embeddings of a class's prompts become one.
enum class Averaging {
  normalised,  ///< each to unit length, mean, unit length (CLIP, SkyScript)
  raw          ///< mean as the tower gives them, unit length (GeoRSCLIP)
};

[[nodiscard]] std::string to_string(Averaging averaging);
/// Throws Error(usage) naming the words there are.
[[nodiscard]] Averaging parse_averaging(const std::string& word);

/// One template a line, '#' starts a comment. Throws Error(input) that names `where` if there is
/// none, or the line without {c}.
[[nodiscard]] std::vector<std::string> parse_templates(std::string_view text,
                                                       const std::string& where);

/// A path, or a built-in file such as "templates/skyscript.txt".
[[nodiscard]] std::vector<std::string> read_templates(const std::string& name);

/// Throws Error(usage) naming the template without {c}, or that there is none.
void require_class_marks(std::span<const std::string> templates);

/// Every template with every wording in place of {c}: all prompts of the first class first.
[[nodiscard]] std::vector<std::string> fill_templates(std::span<const std::string> templates,
                                                      std::span<const std::string> wordings);

/// `prompts` holds `each` rows a class as the tower gave them (not normalised), classes one after
/// the other. Gives one unit row a class. Throws Error(input) on values that are not finite.
[[nodiscard]] Matrix average_prompts(const Matrix& prompts, std::int64_t each, Averaging averaging);

}  // namespace skyglot
