// SPDX-License-Identifier: Apache-2.0
// Two towers that have never met become a CLIP that contrastive training can begin with.
#pragma once

#include "weights/bert.hpp"
#include "weights/model_folder.hpp"

#include <cstdint>

namespace skyglot {

struct JoinOptions {
  std::int64_t embedding_width = 256;
  std::int64_t context_length = 64;  ///< tokens of a text; at most the encoder's positions
  Pooling pooling = Pooling::mean;   ///< of the picture's tokens
  std::uint64_t seed = 0;            ///< of the two projections

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

/// The blocks of both towers as they are, projections drawn anew. `image` is a plain ViT: Error
/// (input) where it has a text tower, scaled layers or registers, and where `text` is not framed
/// by [PAD] and [SEP] (see with_pieces()) or has fewer positions than a context.
[[nodiscard]] StoredModel join_towers(const StoredModel& image, const BertEncoder& text,
                                      const JoinOptions& options);

}  // namespace skyglot
