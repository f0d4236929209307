// SPDX-License-Identifier: Apache-2.0
// A sentence encoder of the BERT family (MiniLM and others), as transformers saves it.
#pragma once

#include "weights/model_config.hpp"
#include "weights/tensor.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

struct BertEncoder {
  TransformerConfig transformer;
  /// Under the names of a clip's text tower (see model_tensors()), float32: token_embedding,
  /// positional_embedding with the first token type added, ln_embedding, transformer.resblocks.
  TensorMap weights;
  std::vector<std::string> pieces;  ///< by id
};

/// Reads config.json, the only *.safetensors and tokenizer.json of a folder. Layers, widths and
/// shapes are checked against each other. Throws Error(input) if one is missing, Error(format)
/// naming what is not as BERT's.
[[nodiscard]] BertEncoder read_bert(const std::filesystem::path& folder);

/// `encoder` with the pieces of `kept` alone, in their order; a text tower of them finds its end by
/// the largest id, so [SEP] must be the last and [PAD] the first. Throws Error(usage) naming a
/// piece that `encoder` has not.
[[nodiscard]] BertEncoder with_pieces(const BertEncoder& encoder,
                                      const std::vector<std::string>& kept);

}  // namespace skyglot
