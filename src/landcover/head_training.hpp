// SPDX-License-Identifier: Apache-2.0
// Training STEGO's head on features that lie ready.
#pragma once

#include "landcover/segmentation_head.hpp"
#include "landcover/stego_settings.hpp"
#include "landcover/tile_features.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace skyglot {

struct HeadTraining {
  StegoSettings stego;
  std::int64_t epochs = 10;
  std::int64_t batch = 16;
  std::int64_t neighbours = 7;  ///< nearest tiles of which one is drawn as the positive
  double rate = 5e-4;           ///< of the head
  double probe_rate = 5e-3;     ///< of the cluster probe
  double dropout = 0.1;         ///< share of the features' channels
  std::int64_t clusters = 0;    ///< of the cluster probe; 0: none is trained
  std::uint64_t seed = 0;

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

/// Means over the steps of an epoch; cosines are of codes, before clamping.
struct EpochFigures {
  std::int64_t epoch = 0;  ///< from 1
  double loss = 0;
  double self_cosine = 0;
  double neighbour_cosine = 0;
  double random_cosine = 0;
  double seconds = 0;
  double steps_per_s = 0;
};

struct TrainedHead {
  SegmentationHead head;
  Matrix probe;  ///< centres of the cluster probe, clusters x dimensions; empty without
  std::vector<EpochFigures> epochs;
};

/// The nearest other tiles by their mean features, best first; a tile that shares ground is no
/// neighbour. Tiles that have none stay empty. Throws Error(input) if fewer than two tiles are left
/// that have one.
[[nodiscard]] std::vector<std::vector<std::int64_t>> tile_neighbours(const TileFeatures& features,
                                                                     std::int64_t count);

/// Cosines of features, averaged over drawn positions: of pictures with themselves, with their
/// neighbours, with others.
struct FeatureAgreement {
  double self = 0, neighbours = 0, random = 0;
};
[[nodiscard]] FeatureAgreement feature_agreement(
    const TileFeatures& features, const std::vector<std::vector<std::int64_t>>& neighbours,
    const HeadTraining& training);

/// Shifts for a backbone whose features agree so much.
void tune_shifts(StegoSettings& settings, const FeatureAgreement& agreement);

/// Takes the threads of the TBB arena it is called in; a seed gives the same head for any number of
/// them. `done` hears of each epoch.
[[nodiscard]] TrainedHead train_head(const TileFeatures& features,
                                     const std::vector<std::vector<std::int64_t>>& neighbours,
                                     const HeadTraining& training,
                                     const std::function<void(const EpochFigures&)>& done = {});

/// Why the head is of no use, in words for a person; nothing where it looks healthy. Collapsed:
/// codes of other pictures agree as those of the same, or all are alike.
[[nodiscard]] std::optional<std::string> collapse_of(const EpochFigures& last);

}  // namespace skyglot
