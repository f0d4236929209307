// SPDX-License-Identifier: Apache-2.0
// Embeddings on disk: ids and vectors, ours and other people's.
#pragma once

#include "base/matrix.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// Vectors with the id of each row. `about` says what made them (model, weights hash, activation,
/// resize...); empty for foreign files.
struct Embeddings {
  std::vector<std::string> ids;  ///< may be empty for foreign files
  Matrix vectors;
  nlohmann::ordered_json about;
};

/// Reads a folder of ours (embeddings.json, vectors.f16, ids.txt), a .npy of float16/32/64 with
/// NAME.ids.txt beside it where there is one, a .pt or .safetensors holding one matrix. Throws
/// Error naming the file and what is wrong.
[[nodiscard]] Embeddings read_embeddings(const std::filesystem::path& path);

/// A list of numbers, such as labels: a .npy of one dimension, or a .pt or .safetensors with one
/// tensor. Throws Error naming the file and what is wrong.
[[nodiscard]] std::vector<float> read_numbers(const std::filesystem::path& path);

/// A folder of ours; embeddings.json is written last.
void write_embeddings(const std::filesystem::path& folder, const Embeddings& embeddings);

/// float32 rows and `NAME.ids.txt` beside them.
void write_npy(const std::filesystem::path& path, const Embeddings& embeddings);

/// "x.npy" -> "x.npy.ids.txt".
[[nodiscard]] std::filesystem::path ids_beside(const std::filesystem::path& npy);

/// One line an id; line breaks inside an id become '_'.
[[nodiscard]] std::string ids_text(const std::vector<std::string>& ids);

/// What embeddings.json says of `rows` vectors whose file has this hash.
struct VectorsFacts {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::string sha256;
};
[[nodiscard]] nlohmann::ordered_json embeddings_json(const VectorsFacts& facts,
                                                     const nlohmann::ordered_json& about);

}  // namespace skyglot
