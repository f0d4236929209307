// SPDX-License-Identifier: Apache-2.0
// Parts joined to an index: one vector file, one table of windows, one word about both.
#pragma once

#include "search/index_parts.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

/// What was joined.
struct JoinedIndex {
  std::int64_t windows = 0;
  std::int64_t skipped = 0;
};

/// Writes ids.txt, vectors.f16, embeddings.json, windows.gpkg and (where there are scenes)
/// imagery.gpkg into `folder`, index.json last; the same parts give the same bytes. While the files
/// change their places there is no index.json, so none is ever seen that its files do not fit.
/// Memory: one block of vectors, the ids of one part, and the entries of the R-tree. Throws
/// Error(input) where no part holds a window.
JoinedIndex write_index(const std::filesystem::path& folder, const IndexSources& sources,
                        const IndexSettings& settings, const std::vector<IndexPart>& parts,
                        const std::vector<std::string>& named);

}  // namespace skyglot
