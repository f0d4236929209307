// SPDX-License-Identifier: Apache-2.0
// What the tensors of a checkpoint are called in the field, and what skyglot calls them.
#pragma once

#include "weights/tensor.hpp"

#include <map>
#include <string>
#include <vector>

namespace skyglot {

enum class NameFamily {
  open_clip,  ///< OpenAI and open_clip, the text tower perhaps under "text."
  hf_clip,    ///< Hugging Face CLIPModel
  timm,       ///< DINO, DINOv2, timm
  hf_vit      ///< Hugging Face ViT and Dinov2
};

/// Tensors under canonical names (see StoredModel), as they were found: types and surplus ones are
/// not looked at yet.
struct NamedTensors {
  NameFamily family = NameFamily::open_clip;
  std::string prefix;  ///< "module.", "net.model.", ... in front of every name
  TensorMap tensors;
  std::map<std::string, std::string>
      sources;                       ///< canonical name -> name in the file (or three with "+")
  std::vector<std::string> ignored;  ///< names in the file that belong to no tower
};

/// Finds the family and the prefix (or takes `prefix` if it is not empty), renames, joins q, k and
/// v, turns what is stored transposed. Throws Error(format) naming `where` for what is no vision
/// transformer, Error(usage) where several prefixes fit.
[[nodiscard]] NamedTensors canonical_tensors(const TensorMap& tensors, const std::string& prefix,
                                             const std::string& where);

/// "open_clip", "Hugging Face CLIPModel", ...
[[nodiscard]] std::string to_string(NameFamily family);

}  // namespace skyglot
