// SPDX-License-Identifier: Apache-2.0
// How right maps are whose classes nobody named: clusters against the truth.
#pragma once

#include "scores/confusion.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

/// Pixels by cluster and true class. Clusters may be more or fewer than classes.
struct ClusterCounts {
  std::int64_t clusters = 0;
  std::vector<std::string> classes;
  std::vector<std::int64_t> counts;  ///< clusters x classes

  [[nodiscard]] std::int64_t at(std::int64_t cluster, std::size_t truth) const {
    return counts[static_cast<std::size_t>(cluster) * classes.size() + truth];
  }
  [[nodiscard]] std::int64_t total() const;
};

enum class Matching {
  hungarian,  ///< one cluster a class, the pairing with most pixels right
  majority,   ///< each cluster is the class that most of its pixels are
  named       ///< cluster i is class i
};

struct ClassIou {
  std::string name;
  std::int64_t pixels = 0;    ///< true ones
  std::optional<double> iou;  ///< nothing for a class that is neither true nor mapped anywhere
};

/// Shares, not percent.
struct MapScore {
  double accuracy = 0;
  double one_class = 0;  ///< accuracy of the largest class for everything
  double kappa = 0;      ///< Cohen's
  double mean_iou = 0;   ///< of the classes that have an IoU
  std::vector<ClassIou> classes;
  /// Class of each cluster; -1: none.
  std::vector<std::int64_t> class_of;
};

/// A cluster without a class is wrong everywhere and counts as one more row. Throws Error(input) if
/// the truth holds one class alone, or nothing: there any map would be right.
[[nodiscard]] MapScore score_map(const ClusterCounts& counts, Matching matching);

/// True classes (rows) by what the map shows, a cluster without a class as "none".
[[nodiscard]] ConfusionMatrix map_confusion(const ClusterCounts& counts, const MapScore& score);
/// Adds classes of the same name, and puts new ones behind.
void add_confusion_of(ConfusionMatrix& sum, const ConfusionMatrix& other);

/// Mean and deviation (n - 1; 0 for one map) of a figure over maps.
struct ScoreSpread {
  double mean = 0;
  double deviation = 0;
};
[[nodiscard]] ScoreSpread spread_of(std::span<const MapScore> scores, double MapScore::*figure);

/// Throws Error(usage) naming the words there are.
[[nodiscard]] Matching parse_matching(const std::string& word);
[[nodiscard]] std::string to_string(Matching matching);

}  // namespace skyglot
