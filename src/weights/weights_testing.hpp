// SPDX-License-Identifier: Apache-2.0
// Files for the tests of this room: small checkpoints made of chosen bytes, and the reference set.
#pragma once

#include "weights/import.hpp"
#include "weights/model_folder.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace skyglot::weights_testing {

/// A fresh path in the running test's own folder.
[[nodiscard]] std::filesystem::path test_path(const std::string& name = "file");

/// A small CLIP (two image layers, one text layer) and its random weights.
[[nodiscard]] ModelConfig small_clip();
[[nodiscard]] StoredModel random_model(const ModelConfig& config);

/// A ViT without texts: two layers of one head.
[[nodiscard]] ModelConfig small_vit();
/// The tensors as a file of the running test.
[[nodiscard]] std::filesystem::path written(const TensorMap& tensors,
                                            const std::string& name = "weights.safetensors");
/// What an import of a small CLIP must be told.
[[nodiscard]] ModelImportOptions quick();

/// A zip of stored entries, each with its right CRC-32.
/// `large`: with all sizes and offsets in zip64 records, as beyond 4 GB.
[[nodiscard]] std::string stored_zip(const std::map<std::string, std::string>& entries,
                                     bool large = false);
/// A torch.save archive of this pickle and these storages.
[[nodiscard]] std::string torch_zip(const std::string& pickle,
                                    const std::map<std::string, std::string>& storages = {});
/// Opcodes of one float32 tensor: of storage `key` with `count` elements, seen through offset,
/// shape and strides.
struct TensorOpcodes {
  std::string key = "0";
  std::int64_t count = 6;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape{2, 3};
  std::vector<std::int64_t> strides{3, 1};
  std::string storage = "FloatStorage";
};
[[nodiscard]] std::string tensor_opcodes(const TensorOpcodes& tensor);
/// Those of a text.
[[nodiscard]] std::string text_opcodes(const std::string& text);
/// {"name": value, ...} with the opcodes of each value.
[[nodiscard]] std::string dictionary_opcodes(const std::map<std::string, std::string>& entries);
/// PROTO 2, the opcodes, STOP.
[[nodiscard]] std::string pickle_of(const std::string& opcodes);

/// A committed seed of the fuzzers (random numbers written by torch itself).
[[nodiscard]] std::string seed(const std::string& name);
/// Folder with the unpacked reference set, or an empty path where it is absent.
[[nodiscard]] std::filesystem::path parity_folder();

/// What the Error said, or "accepted".
template <typename Run>
std::string refusal(Run run);

}  // namespace skyglot::weights_testing

#include "base/error.hpp"

template <typename Run>
std::string skyglot::weights_testing::refusal(Run run) {
  try {
    (void)run();
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}
