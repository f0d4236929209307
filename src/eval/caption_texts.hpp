// SPDX-License-Identifier: Apache-2.0
// The texts of a retrieval benchmark and which picture each belongs to.
#pragma once

#include "scores/retrieval.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

struct CaptionOptions {
  std::string prefix{};     ///< put before every caption
  bool capitalise = false;  ///< the caption's first letter becomes a capital (RemoteCLIP's script)
  /// Every caption counts, even if another reads the same (RemoteCLIP); else each distinct one
  /// once, with all pictures it belongs to (SkyScript).
  bool every = false;
};

struct CaptionTexts {
  std::vector<std::string> texts;
  std::vector<RetrievalPair> pairs;  ///< (row of the picture, index of the text)
  std::int64_t captions = 0;         ///< before equal ones were merged
};

/// Texts in the order they first come, pairs by picture without repetition. Captions are compared
/// as they stand, before prefix and capital.
[[nodiscard]] CaptionTexts collect_captions(
    std::span<const std::vector<std::string>> captions_of_pictures, const CaptionOptions& options);

/// What the model reads for a caption.
[[nodiscard]] std::string caption_text(std::string_view caption, const CaptionOptions& options);

}  // namespace skyglot
