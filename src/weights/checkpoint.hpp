// SPDX-License-Identifier: Apache-2.0
// Any checkpoint file of the field, opened without running anything that is in it.
#pragma once

#include "weights/tensor.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

enum class Container {
  safetensors,          ///< one file
  safetensors_sharded,  ///< model.safetensors.index.json with its shards
  torch_zip,            ///< torch.save since 1.6
  torch_script,         ///< TorchScript archive (OpenAI's CLIP)
  torch_legacy          ///< torch.save before 1.6
};

/// What a checkpoint file holds, before names are understood. A file that is one tensor
/// (torch.save(embeddings, FILE)) gives it under the empty name.
struct Checkpoint {
  Container container = Container::safetensors;
  TensorMap tensors;   ///< names as in the file, the chosen dictionary ("state_dict", "teacher",
                       ///< ...) unwrapped
  std::string chosen;  ///< which dictionary was taken; empty: the top level
  std::vector<std::string>
      other_entries;  ///< what else stood beside it ("optimizer", "epoch", ...)
  /// Entries that only code of others could build, which is never run: name -> "module.function".
  std::map<std::string, std::string> unreadable;
  std::map<std::string, std::string> metadata;  ///< "__metadata__" of safetensors
  bool has_quick_gelu = false;  ///< a TorchScript archive has modules of a class QuickGELU
};

/// Opens `path` (a file, an index.json, or a Hugging Face folder). `prefer` names the dictionary to
/// take where several hold weights (default: state_dict, model, teacher, then student). Throws
/// Error(format) naming the file and what is wrong, Error(resource) past sane sizes.
[[nodiscard]] Checkpoint open_checkpoint(const std::filesystem::path& path,
                                         const std::string& prefer = "");

/// One file's bytes, which must live as long as `owner` or the result (the fuzzers' door).
[[nodiscard]] Checkpoint parse_checkpoint(std::span<const std::byte> bytes, const std::string& name,
                                          const std::string& prefer = "",
                                          const std::shared_ptr<const void>& owner = nullptr);

/// "safetensors", "TorchScript", ...
[[nodiscard]] std::string to_string(Container container);

}  // namespace skyglot
