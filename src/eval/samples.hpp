// SPDX-License-Identifier: Apache-2.0
// The pictures of a benchmark with the label or captions of each, whatever the layout.
#pragma once

#include "eval/classes.hpp"
#include "eval/manifest.hpp"
#include "pictures/source.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

/// One picture and what is true of it.
struct PictureSample {
  std::string id;       ///< as the source names it
  std::string label{};  ///< a class, its index, or a number of objects; empty: not asked for
  bool number = false;  ///< the label was written as a number, as indexes are
  std::vector<std::string> captions{};
};

[[nodiscard]] Labels labels_of(std::span<const PictureSample> samples);

/// What a protocol must know of each picture.
enum class Truth { labels, captions, labels_and_captions };

struct SampleRequest {
  std::vector<std::filesystem::path> images;  ///< folders, tars, lists, data sets
  /// A list with labels or captions for `images`, in place of data.list; empty: none.
  std::filesystem::path list;
  DataRules data;
  Truth truth = Truth::labels;
};

/// The samples, and the way to open their pictures again in the same order.
class SampleSet {
 public:
  std::vector<PictureSample> samples;
  std::string layout;  ///< what was found: "folders", "csv", "webdataset", "karpathy or coco"
  std::vector<std::string> inputs;  ///< paths that were read
  std::filesystem::path list;       ///< where labels or captions were listed; empty: nowhere
  std::string split;                ///< that a Karpathy file was read for; empty: no such file
  std::filesystem::path root;       ///< what the paths of a table are relative to
  std::int64_t unlabelled = 0;      ///< rows whose label or caption is null, dropped
  std::int64_t unlisted = 0;        ///< pictures that the caption list does not name, passed over
  std::int64_t missing = 0;         ///< pictures of the caption list that are not there
  bool list_missing = false;        ///< the manifest's list was not there: all pictures were read

  /// The pictures of the samples, in order. Call it with the set in place: it is referred to.
  [[nodiscard]] std::unique_ptr<PictureSource> open() const;

  /// Takes those samples out and counts them as unlabelled.
  void drop(const std::vector<bool>& dropped);

 private:
  friend SampleSet read_samples(const SampleRequest& request);
  std::vector<std::filesystem::path> paths_;
  SourceOptions options_;
  std::vector<bool> used_;  // by place in the source
};

/// Goes through names and labels without reading a picture. The truth of a picture is, in this
/// order: its row in the list; the "label" and "captions" (or "caption") of the .json beside it,
/// its .cls, its .txt (a caption a line); the name of the folder it lies in. Null cells of a list
/// (null_cells.hpp) are no labels and no captions. For captions, rows of a list with the same path
/// become one sample. Throws Error(input) that names the remedy if a list is not there, a column is
/// missing, or no picture has what was asked for.
[[nodiscard]] SampleSet read_samples(const SampleRequest& request);

}  // namespace skyglot
