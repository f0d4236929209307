// SPDX-License-Identifier: Apache-2.0
// The map as teacher: a linear probe learned from its objects, of which many are missing and some
// lie beside their place. Nobody annotated anything, and the legend is the map's.
#pragma once

#include "landcover/landcover_model.hpp"
#include "landcover/object_labels.hpp"
#include "landcover/tile_features.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

struct TeachingOptions {
  double inset_m = 1;        ///< from an object's edge that does not count
  double least_share = 0.3;  ///< of a patch's pixels that must be one class's inner ones
  bool agreement = true;     ///< clusters weigh what the map says, see taught_classes()
  /// Of the generalised cross-entropy (1 - p^q) / q (Zhang and Sabuncu 2018): 0 is cross-entropy,
  /// towards 1 labels that the rest contradicts count less.
  double robustness = 0.7;
  double c = 10;  ///< inverse strength of the probe's L2 penalty, see ProbeFitOptions
  int rounds = 4;

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

struct TeachingRequest {
  TileLayout layout;              ///< its side is the model's tile
  std::filesystem::path cache;    ///< folder that keeps the features
  std::int64_t patches = 50'000;  ///< that are looked at, about
  TeachingOptions options;
};

/// What the map says of patches.
struct PatchLabels {
  std::vector<std::string> names;
  std::vector<std::int32_t> label;  ///< of each cell; -1: nothing, or not enough
  std::vector<float> share;         ///< of its pixels that the label holds for
};

/// The class that most inner pixels of each cell of the sample have.
[[nodiscard]] PatchLabels patch_labels(const Ground& ground, const PatchSample& sample,
                                       ObjectLabels& objects, const TeachingOptions& options);

struct TaughtClasses {
  LandClasses classes;
  std::vector<std::int64_t> patches;  ///< that taught each class
  std::vector<double> agreement;      ///< mean weight of each class's patches by the clusters
};

/// Logistic regression from unit `codes`, a row a cell. A patch without a label takes no part, so a
/// class that the map leaves out is no negative. A label counts as much as the clusters agree: by
/// the share of its nearest centre's patches that have it, relative to the largest such share that
/// any centre has (objects that are missing at random lower all shares alike, while gardens full
/// of houses that the map knows, and grass that it does not, stay a little house). Classes that
/// less than two patches teach are left out. Throws Error(input) where fewer than two are left.
[[nodiscard]] TaughtClasses taught_classes(const Matrix& codes, const Matrix& centres,
                                           const PatchLabels& labels,
                                           const TeachingOptions& options);

/// The classes that a map's objects teach on the codes of `model`, whose features `request` says
/// where to lay and to keep. Throws Error(input) for a model that was taught already, and as the
/// parts above do.
[[nodiscard]] TaughtClasses taught_by_map(const Ground& ground, const ImageEncoder& backbone,
                                          const LandcoverModel& model, ObjectLabels& objects,
                                          const TeachingRequest& request);

}  // namespace skyglot
