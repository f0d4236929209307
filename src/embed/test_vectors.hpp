// SPDX-License-Identifier: Apache-2.0
// Vectors on disk for tests.
#pragma once

#include "base/error.hpp"
#include "embed/embeddings_writer.hpp"
#include "embed/vectors.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace skyglot::testing_support {

/// A folder of ours or a .npy, as the name says; what was there before goes. Without ids a .npy has
/// none beside it.
inline void write_vectors(const std::filesystem::path& output, std::vector<std::string> ids,
                          const Matrix& vectors, const nlohmann::ordered_json& about = {}) {
  const bool without_ids = ids.empty();
  while (std::ssize(ids) < vectors.rows) ids.push_back(std::to_string(ids.size()));
  EmbeddingsWriter writer(output, {}, true);
  writer.add({std::move(ids), vectors, {}, ""});
  (void)writer.finish(about, vectors.cols);
  if (without_ids) std::filesystem::remove(ids_beside(output));
}

}  // namespace skyglot::testing_support
