// SPDX-License-Identifier: Apache-2.0
// Classes of land: centres of patch codes, joined into as many classes as were asked for.
#pragma once

#include "base/matrix.hpp"

#include "landcover/segmentation_head.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace skyglot {

using Colour = std::array<std::uint8_t, 3>;

/// Of a byte that also says "no data".
inline constexpr std::int64_t kMostClasses = 255;

struct CoverClass {
  std::string name;  ///< "class 1" until somebody names it
  Colour colour{};
  friend bool operator==(const CoverClass&, const CoverClass&) = default;
};

/// Centres and the class of each, or a linear probe in their place.
struct LandClasses {
  Matrix centres;                      ///< unit rows
  std::vector<std::int32_t> class_of;  ///< one a centre
  std::vector<CoverClass> classes;
  PointwiseLayer probe{};  ///< logits of classes from codes; where it is, there are no centres
};

struct ClusteringOptions {
  std::int64_t classes = 0;
  std::int64_t centres = 30;  ///< that are joined; as many as classes at least
  std::int64_t restarts = 4;  ///< k-means with other seeds, whose centres are joined together
  std::uint64_t seed = 0;

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

/// Spherical k-means of unit `codes`, its centres joined by average linkage (land is not of equal
/// shares, which k-means with as many centres as classes would make it). The centres of several
/// runs together say more surely where codes lie than those of one. Throws Error(input) for fewer
/// codes than centres.
[[nodiscard]] LandClasses cluster_codes(const Matrix& codes, const ClusteringOptions& options);

/// "class 1", ..., in colours that are easily told apart.
[[nodiscard]] std::vector<CoverClass> unnamed_classes(std::int64_t count);

/// log p of each class (columns) for unit `codes` (rows): log softmax(sharpness * cosine), where
/// the cosine of a class is that to the nearest of its centres; or log softmax of the probe's
/// logits.
[[nodiscard]] Matrix class_log_probabilities(const Matrix& codes, const LandClasses& classes,
                                             double sharpness);

}  // namespace skyglot
