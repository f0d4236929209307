// SPDX-License-Identifier: Apache-2.0
// Embeddings on disk: ids and vectors, ours and other people's.
#pragma once

#include "base/row_source.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace skyglot {

/// Vectors with the id of each row. `about` says what made them (model, weights hash, activation,
/// resize...); empty for foreign files.
struct Embeddings {
  std::vector<std::string> ids;  ///< may be empty for foreign files
  RowSource vectors;             ///< left in the mapped file
  nlohmann::ordered_json about;
};

/// Reads a folder of ours (embeddings.json, vectors.f16, ids.txt), a .npy of float16/32/64 with
/// NAME.ids.txt beside it where there is one, a .pt or .safetensors holding one matrix. Sizes and
/// hashes of ours are checked. Throws Error naming the file and what is wrong.
[[nodiscard]] Embeddings read_embeddings(const std::filesystem::path& path);

/// Rows by their ids.
class IdIndex {
 public:
  /// Throws Error(input) naming `where` and the id if one stands for two rows that differ: then
  /// nobody can tell which is meant.
  IdIndex(const Embeddings& embeddings, const std::string& where);
  [[nodiscard]] std::optional<std::int64_t> find(const std::string& id) const;

 private:
  std::unordered_map<std::string, std::int64_t> rows_;
};

/// A list of numbers, such as labels: a .npy of one dimension, or a .pt or .safetensors with one
/// tensor. Throws Error naming the file and what is wrong.
[[nodiscard]] std::vector<float> read_numbers(const std::filesystem::path& path);

/// "x.npy" -> "x.npy.ids.txt".
[[nodiscard]] std::filesystem::path ids_beside(const std::filesystem::path& npy);

/// The id as it is kept: line breaks become '_'.
[[nodiscard]] std::string stored_id(std::string id);
/// One stored id a line.
[[nodiscard]] std::string ids_text(const std::vector<std::string>& ids);

/// What embeddings.json says of the files beside it.
struct VectorsFacts {
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::string sha256;      ///< of vectors.f16
  std::string ids_sha256;  ///< of ids.txt
};
[[nodiscard]] nlohmann::ordered_json embeddings_json(const VectorsFacts& facts,
                                                     const nlohmann::ordered_json& about);

}  // namespace skyglot
