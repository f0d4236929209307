// SPDX-License-Identifier: Apache-2.0
// Pictures with captions from several sources, in batches that depend on seed and number alone.
#pragma once

#include "pictures/picture.hpp"
#include "pictures/sample_stream.hpp"
#include "pictures/source.hpp"

#include "train/augment.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// What each label may be called besides itself; a label is found whatever its case, with '_' and
/// '-' as spaces.
class LabelNames {
 public:
  LabelNames() = default;
  /// Reads a table with the columns label and name. Throws Error(format) naming a row that lacks
  /// one of them.
  explicit LabelNames(std::string_view csv, const std::string& table);

  /// The label itself, then its other names.
  [[nodiscard]] std::vector<std::string> of(const std::string& label) const;
  /// Of all that it holds; "" where that is nothing.
  [[nodiscard]] std::string hash() const;

 private:
  std::map<std::string, std::vector<std::string>> names_;
};

/// Where pictures and their captions come from, and how large a part of every batch they are.
struct TrainingSource {
  std::vector<std::filesystem::path> images;  ///< folders, tars, lists, data sets
  std::filesystem::path root;                 ///< of a list's paths
  std::string caption;  ///< column, member or JSON key that holds the captions; "": the usual ones
  /// Sentences with {label} for pictures that have no caption but a label or stand in a class
  /// folder; one of them is drawn each time.
  std::vector<std::string> templates;
  LabelNames names;   ///< what else a label may be called in the templates
  double weight = 1;  ///< of this source among all; what a weight is to sizes is not asked
};

struct PictureCaptions {
  std::vector<std::string> texts;  ///< empty where it has none
  std::string label;  ///< which the templates were filled with; "" for captions of its own
};

/// All captions of a picture: those of the column asked for; else "captions", "caption" or "title"
/// of the .json beside it, the columns of these names, or the lines of its .txt; else the templates
/// filled with every name of its label. Throws Error(format) on a damaged .json.
[[nodiscard]] PictureCaptions captions_of(const SourcePicture& picture,
                                          const TrainingSource& source);

struct BatchOptions {
  std::int64_t batch = 256;  ///< of all ranks together
  int rank = 0;
  int world = 1;
  int side = 224;
  Augmentation augmentation;
  std::uint64_t seed = 0;
  int threads = 0;
  std::size_t max_pixels = 100'000'000;
};

struct TrainingBatch {
  std::vector<Picture> pictures;      ///< this rank's, side x side
  std::vector<std::string> captions;  ///< one a picture
  /// Equal for pictures that each other's captions fit: those of one label whatever they call it,
  /// and those of equal captions.
  std::vector<std::string> meanings;
  std::string position;       ///< see TrainingData::resume()
  std::int64_t replaced = 0;  ///< pictures that could not be used, another taken instead
};

/// Batches without end, the next one made while the last is used. Picture k of batch b is drawn by
/// (seed, b, k), whatever the number of ranks; each source is gone through in an order of its own,
/// shuffled anew every epoch.
class TrainingData {
 public:
  /// Throws Error(input) naming a source without pictures or without captions, Error(usage) for
  /// weights that make no sense.
  TrainingData(const std::vector<TrainingSource>& sources, const BatchOptions& options);
  ~TrainingData();

  /// The next batch. Throws Error(input) where too many pictures in a row cannot be used, Error(io)
  /// where a source or one of its files is gone.
  [[nodiscard]] TrainingBatch next();
  /// Goes on after the batch that said this position. Throws Error(input) where the sources are
  /// others.
  void resume(const std::string& position);

  /// Pictures of all sources together.
  [[nodiscard]] std::uint64_t size() const;

 private:
  struct Source;
  struct Drawn;
  [[nodiscard]] std::vector<Drawn> draw();
  [[nodiscard]] TrainingBatch make_batch();
  [[nodiscard]] std::size_t pick(std::uint64_t item) const;
  [[nodiscard]] std::string position() const;

  BatchOptions options_;
  std::vector<Source> sources_;
  std::uint64_t number_ = 0;  // of the batch that is drawn next
  std::future<TrainingBatch> coming_;
};

}  // namespace skyglot
