// SPDX-License-Identifier: Apache-2.0
// The safetensors file format, read by every rule of its reference validator and written
// atomically.
#pragma once

#include "weights/tensor.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace skyglot {

struct Safetensors {
  TensorMap tensors;
  std::map<std::string, std::string> metadata;  ///< the "__metadata__" entry
};

/// Maps the file into memory; tensors point into the mapping. Throws Error(format) that names the
/// file and the broken rule, Error(io) if it cannot be read.
[[nodiscard]] Safetensors read_safetensors(const std::filesystem::path& path);

/// The same on bytes in memory, which must outlive the result.
[[nodiscard]] Safetensors parse_safetensors(std::span<const std::byte> bytes,
                                            const std::string& name,
                                            std::shared_ptr<const void> owner = nullptr);

/// Writes the file whole or not at all; tensors in name order, data 64-byte aligned.
void write_safetensors(const std::filesystem::path& path, const TensorMap& tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace skyglot
