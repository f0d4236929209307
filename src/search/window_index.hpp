// SPDX-License-Identifier: Apache-2.0
// An index opened: vectors, windows, and what both were made of.
#pragma once

#include "embed/vectors.hpp"

#include "search/index_tables.hpp"
#include <nlohmann/json.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

/// Whether a folder is an index, or the beginning of one.
[[nodiscard]] bool is_index_folder(const std::filesystem::path& folder);

/// Not for use by two threads at once, for the tables are open in it; vectors may be read by any.
class WindowIndex {
 public:
  /// Sizes and hashes of all files are checked. Throws Error(input) for an index that is not
  /// finished, Error(format) naming the file that is not what index.json speaks of.
  static WindowIndex open(const std::filesystem::path& folder);

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  /// index.json.
  [[nodiscard]] const nlohmann::ordered_json& facts() const { return facts_; }
  /// What about_model() says of the model that made the vectors.
  [[nodiscard]] const nlohmann::ordered_json& model() const;
  [[nodiscard]] std::int64_t size() const { return embeddings_.vectors.rows(); }
  [[nodiscard]] std::int64_t columns() const { return embeddings_.vectors.cols(); }
  [[nodiscard]] const std::vector<std::string>& ids() const { return embeddings_.ids; }
  /// Unit rows.
  [[nodiscard]] const RowSource& vectors() const { return rows_; }
  [[nodiscard]] WindowTable& windows() { return table_; }
  [[nodiscard]] bool has_places() const;
  /// The scenes that were indexed; empty where there are pictures only.
  [[nodiscard]] ImageryCatalogue catalogue() const;
  /// The row of an id. Throws Error(input) naming it, and one that is like it.
  [[nodiscard]] std::int64_t row_of(const std::string& id) const;
  /// Where the pictures of a row without a scene lie: its input and its id there.
  struct PicturePlace {
    std::filesystem::path input;
    std::string id;
  };
  [[nodiscard]] std::optional<PicturePlace> picture_of(std::int64_t row) const;

 private:
  WindowIndex(std::filesystem::path folder, nlohmann::ordered_json facts, Embeddings embeddings);

  std::filesystem::path folder_;
  nlohmann::ordered_json facts_;
  Embeddings embeddings_;
  RowSource rows_;
  WindowTable table_;
};

}  // namespace skyglot
