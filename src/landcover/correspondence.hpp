// SPDX-License-Identifier: Apache-2.0
// STEGO's correspondence loss and its gradient: codes are to agree where the features of a frozen
// backbone do.
#pragma once

#include "landcover/patch_maps.hpp"
#include "landcover/stego_settings.hpp"

#include <cstdint>
#include <vector>

namespace skyglot {

/// Features and codes of the same pictures on the same grid.
struct CodedMaps {
  PatchMaps features;
  PatchMaps codes;
};

/// What a step draws.
struct CorrespondenceDraws {
  std::vector<MapPoint> anchor_points;  ///< as many for each picture, one picture after the other
  std::vector<MapPoint> other_points;   ///< in the positives and the negatives
  /// For each of the negatives the anchors in an order without fixed points.
  std::vector<std::vector<std::int64_t>> orders;
};

/// Means, before their weights.
struct CorrespondenceTerm {
  double loss = 0;
  double cosine = 0;  ///< of codes, before clamping
};

struct CorrespondenceLoss {
  CorrespondenceTerm self, neighbours, random;
  double total = 0;     ///< weighted sum
  Matrix by_anchors;    ///< gradient of the total by the anchors' codes, as their rows
  Matrix by_positives;  ///< and by the positives'
};

/// Hamilton et al. 2022 (STEGO), equations 2 to 4: the mean over pairs of positions of
/// - clamp(cosine of codes) * (cosine of features - shift), for anchors with themselves, with their
/// neighbours and with other anchors. With `pointwise` the features' cosines are centred over the
/// other picture's positions, their mean over the batch kept. Independent of the number of threads.
[[nodiscard]] CorrespondenceLoss correspondence_loss(const CodedMaps& anchors,
                                                     const CodedMaps& positives,
                                                     const CorrespondenceDraws& draws,
                                                     const StegoSettings& settings);

/// - mean cosine of rows to their nearest centre, which is chosen without gradient (cosine k-means
/// by descent), with the gradient by the centres.
struct ClusterLoss {
  double loss = 0;
  Matrix by_centres;
};
[[nodiscard]] ClusterLoss cluster_loss(const Matrix& codes, const Matrix& centres);

}  // namespace skyglot
