// SPDX-License-Identifier: Apache-2.0
// The pictures of a sample set through a model, kept for the next time where a folder is given.
#pragma once

#include "base/row_source.hpp"
#include "embed/embed.hpp"
#include "eval/samples.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

/// A picture that could not be embedded.
struct SkippedPicture {
  std::size_t sample = 0;
  std::string reason;
};

struct PictureVectors {
  RowSource vectors;              ///< unit rows in half precision
  std::vector<std::size_t> kept;  ///< the sample of each row, ascending
  std::vector<SkippedPicture> skipped;
  bool from_cache = false;
};

struct PictureVectorOptions {
  EmbedOptions embed;
  std::filesystem::path cache;  ///< folder; empty: nothing is kept
  std::int64_t columns = 0;     ///< of the vectors
  /// Everything about the model that decides the vectors: weights, activation, resize, precision.
  nlohmann::ordered_json model;
};

/// Embeds the samples' pictures in order. With a cache the vectors are a vector file
/// (embed/job.hpp) CACHE/<key>: read if it is whole and its hashes are right, made anew with a
/// warning if they are not, taken up where it was left if it was begun. The key is a hash of
/// options.model, the version of skyglot, the pictures' ids and the paths, sizes and times of the
/// inputs. Vectors are the same with and without a cache. Throws what embed_pictures throws, and
/// Error(input) if no picture could be embedded.
[[nodiscard]] PictureVectors embed_samples(const SampleSet& set, const PictureModel& tower,
                                           const PictureVectorOptions& options);

}  // namespace skyglot
