// SPDX-License-Identifier: Apache-2.0
// A whole run of 'skyglot index': what is new is embedded, what is known is kept, all is joined.
#pragma once

#include "nn/encoder.hpp"

#include "search/index_parts.hpp"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace skyglot {

struct IndexRequest {
  std::vector<std::filesystem::path> sources;  ///< the whole index: what else it holds goes
  RasterLook look{};
  WindowLayout layout{};
  std::filesystem::path output;
  bool overwrite = false;  ///< begin anew where the index was made with other settings
  bool drop = false;       ///< sources that were named before may be left out
  int task = 1;            ///< of `tasks`, which share the parts and join nothing
  int tasks = 1;
  int threads = 1;

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

struct IndexOutcome {
  std::int64_t windows = 0;   ///< with a vector; of a task: of its parts
  std::int64_t skipped = 0;   ///< without enough data, or unreadable
  std::size_t parts = 0;      ///< scenes, and inputs of pictures
  std::size_t new_parts = 0;  ///< that this run embedded
  bool joined = false;        ///< index.json was written
};

/// Layout below the output folder while parts are made, and after:
///   parts/plan.json   everything that all parts share
///   parts/KEY/        vectors of one scene or input (see EmbeddingsWriter)
/// and what write_index() joins them to. A run that was cut off goes on; the bytes depend on
/// sources and settings alone, not on what was indexed before. Throws Error(input) for a folder
/// that holds something else, or an index of other settings or with other sources where that is
/// not allowed.
IndexOutcome build_index(const IndexRequest& request, const ImageEncoder& encoder);

/// What a run would do.
struct IndexEstimate {
  std::int64_t windows = 0;      ///< laid, with or without data
  std::int64_t new_windows = 0;  ///< in parts that are not there yet
  double windows_per_s = 0;      ///< of the tower by itself, measured
  double seconds = 0;
  std::uint64_t bytes = 0;  ///< of the index with its parts
};
[[nodiscard]] IndexEstimate estimate_index(const IndexRequest& request,
                                           const ImageEncoder& encoder);

}  // namespace skyglot
