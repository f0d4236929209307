// SPDX-License-Identifier: Apache-2.0
// Tags as vectors: how they are said, read by a text tower.
#pragma once

#include "base/matrix.hpp"
#include "base/tag.hpp"
#include "embed/embed.hpp"

#include <span>
#include <string>

namespace skyglot {

/// One row a tag: what tag_words() makes of it, embedded. A wording of several parts with '|'
/// between them, such as "{key} | {value}", is read part by part, and the vectors stand side by
/// side: N x (parts * E). Throws Error(usage) for a part without a mark.
[[nodiscard]] Matrix tag_vectors(std::span<const Tag> tags, const std::string& wording,
                                 const TextModel& tower, const EmbedOptions& options);

}  // namespace skyglot
