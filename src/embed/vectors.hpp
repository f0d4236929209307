// SPDX-License-Identifier: Apache-2.0
// Embeddings on disk: ids and vectors, ours and other people's.
#pragma once

#include "base/matrix.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

/// Vectors with the id of each row. `about` says what made them (model, weights hash, activation, resize...);
/// empty for foreign files.
struct Embeddings {
  std::vector<std::string> ids;  ///< may be empty for foreign files
  Matrix vectors;
  nlohmann::ordered_json about;
};

/// Reads a folder of ours (embeddings.json, vectors.f16, ids.txt), a .npy of float16/32/64 with
/// NAME.ids.txt beside it where there is one, a .pt or .safetensors holding one matrix. Throws Error naming
/// the file and what is wrong.
[[nodiscard]] Embeddings read_embeddings(const std::filesystem::path& path);

/// float32 rows and `NAME.ids.txt` beside them.
void write_npy(const std::filesystem::path& path, const Embeddings& embeddings);

}  // namespace skyglot
