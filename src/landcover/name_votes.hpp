// SPDX-License-Identifier: Apache-2.0
// What speaks for the names of clusters: words, a map's objects, points that somebody clicked.
#pragma once

#include "landcover/cluster_names.hpp"
#include "landcover/ground.hpp"
#include "landcover/object_labels.hpp"
#include "landcover/segmenter.hpp"
#include "landcover/tiles.hpp"

#include <string>
#include <vector>

namespace skyglot {

/// Windows of `side` pixels spread over all scenes, about `most_pixels` in all.
[[nodiscard]] std::vector<GroundTile> spread_windows(const Ground& ground, int side,
                                                     double most_pixels);

/// In each window the probabilities of the classes of `words` (see open_vocabulary_model()), a
/// vote a pixel; then each name's votes divided by their mean over all pixels, for a text may lie
/// nearer to every picture than another does.
[[nodiscard]] NameVotes votes_by_words(const Segmenter& clusters, const Segmenter& words,
                                       const std::vector<GroundTile>& windows);

/// A vote for each pixel that lies in an object, and not within `inset_m` of its edge.
[[nodiscard]] NameVotes votes_by_objects(const Segmenter& clusters, ObjectLabels& objects,
                                         const std::vector<GroundTile>& windows, double inset_m);

/// A place that somebody named.
struct NamedPoint {
  std::string name;
  std::string picture{};  ///< file name or stem of the scene; empty: any that shows the place
  Point at;               ///< longitude and latitude, or column and row
  bool in_pixels = false;
};
/// A table with the columns name and either lon, lat or column, row, and perhaps picture. Throws
/// Error(format) naming line and cell.
[[nodiscard]] std::vector<NamedPoint> parse_points(const std::string& csv, const std::string& name);

/// A vote a point. Throws Error(input) naming a point that no scene shows.
[[nodiscard]] NameVotes votes_by_points(const Segmenter& clusters,
                                        const std::vector<NamedPoint>& points);

}  // namespace skyglot
