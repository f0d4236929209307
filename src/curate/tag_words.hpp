// SPDX-License-Identifier: Apache-2.0
// Tags as words that a text tower reads.
#pragma once

#include "base/tag.hpp"

#include <string>

namespace skyglot {

inline constexpr const char* kTagWording = "{key} {value}";

/// `wording` with {key} and {value} filled in: the separators _ : ; of a tag become blanks, so that
/// generator:source=solar reads "generator source solar". The value "*" (any) is left out. Throws
/// Error(usage) if the wording has neither mark.
[[nodiscard]] std::string tag_words(const Tag& tag, const std::string& wording = kTagWording);

}  // namespace skyglot
