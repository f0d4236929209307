// SPDX-License-Identifier: Apache-2.0
#include "landcover/map_score.hpp"

#include "base/error.hpp"
#include "base/words.hpp"
#include "scores/assignment.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace skyglot {
namespace {

constexpr std::array<std::string_view, 3> kMatchings{"hungarian", "majority", "named"};

std::vector<std::int64_t> majorities(const ClusterCounts& counts) {
  std::vector<std::int64_t> result;
  for (std::int64_t k = 0; k < counts.clusters; ++k) {
    const auto row =
        std::span(counts.counts)
            .subspan(static_cast<std::size_t>(k) * counts.classes.size(), counts.classes.size());
    const auto most = std::ranges::max_element(row);
    result.push_back(*most > 0 ? most - row.begin() : -1);
  }
  return result;
}

std::vector<std::int64_t> matched(const ClusterCounts& counts, Matching matching) {
  if (matching == Matching::majority) return majorities(counts);
  if (matching == Matching::hungarian) {
    const std::vector<double> gain(counts.counts.begin(), counts.counts.end());
    auto pairs = best_assignment(gain, counts.clusters, std::ssize(counts.classes));
    for (std::int64_t k = 0; k < counts.clusters; ++k) {
      std::int64_t& mine = pairs[static_cast<std::size_t>(k)];
      if (mine >= 0 && counts.at(k, static_cast<std::size_t>(mine)) == 0) mine = -1;
    }
    return pairs;
  }
  std::vector<std::int64_t> same(static_cast<std::size_t>(counts.clusters));
  std::iota(same.begin(), same.end(), 0);
  for (std::int64_t& one : same)
    if (one >= std::ssize(counts.classes)) one = -1;
  return same;
}

// Pixels of each class by what they are mapped as.
struct ClassTotals {
  std::vector<double> right, mapped, truth;
};

ClassTotals totals_of(const ClusterCounts& counts, const std::vector<std::int64_t>& class_of) {
  const std::size_t classes = counts.classes.size();
  ClassTotals totals{std::vector<double>(classes), std::vector<double>(classes),
                     std::vector<double>(classes)};
  for (std::int64_t k = 0; k < counts.clusters; ++k)
    for (std::size_t c = 0; c < classes; ++c) {
      const auto pixels = static_cast<double>(counts.at(k, c));
      totals.truth[c] += pixels;
      const std::int64_t mine = class_of[static_cast<std::size_t>(k)];
      if (mine < 0) continue;
      totals.mapped[static_cast<std::size_t>(mine)] += pixels;
      if (mine == static_cast<std::int64_t>(c)) totals.right[c] += pixels;
    }
  return totals;
}

void require_classes(const ClusterCounts& counts, const std::vector<double>& truth) {
  const auto there = std::ranges::count_if(truth, [](double pixels) { return pixels > 0; });
  if (there == 0)
    fail(ErrorKind::input, "the truth has no labelled pixel where the map shows anything");
  if (there > 1) return;
  const auto only = std::ranges::find_if(truth, [](double pixels) { return pixels > 0; });
  fail(ErrorKind::input,
       "the truth holds the class \"{}\" alone: a map of one colour would be right everywhere. "
       "Give truth of more classes",
       counts.classes[static_cast<std::size_t>(only - truth.begin())]);
}

}  // namespace

std::int64_t ClusterCounts::total() const {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

Matching parse_matching(const std::string& word) {
  return value_of<Matching>(word, kMatchings, "matching");
}

std::string to_string(Matching matching) {
  return word_of(matching, kMatchings);
}

ConfusionMatrix map_confusion(const ClusterCounts& counts, const MapScore& score) {
  std::vector<std::string> names = counts.classes;
  std::string none = "none";
  while (std::ranges::find(names, none) != names.end()) none.insert(0, "(").append(")");
  if (std::ranges::find(score.class_of, -1) != score.class_of.end()) names.push_back(none);
  ConfusionMatrix matrix(names);
  for (std::int64_t k = 0; k < counts.clusters; ++k)
    for (std::size_t truth = 0; truth < counts.classes.size(); ++truth) {
      const std::int64_t mine = score.class_of[static_cast<std::size_t>(k)];
      const std::size_t shown = mine < 0 ? counts.classes.size() : static_cast<std::size_t>(mine);
      matrix.counts[truth * names.size() + shown] += counts.at(k, truth);
    }
  return matrix;
}

void add_confusion_of(ConfusionMatrix& sum, const ConfusionMatrix& other) {
  std::vector<std::string> names = sum.names;
  for (const std::string& name : other.names)
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  ConfusionMatrix result(names);
  for (const ConfusionMatrix* one : {static_cast<const ConfusionMatrix*>(&sum), &other})
    for (std::size_t truth = 0; truth < one->classes(); ++truth)
      for (std::size_t shown = 0; shown < one->classes(); ++shown) {
        const auto place = [&](std::size_t c) {
          return static_cast<std::size_t>(std::ranges::find(names, one->names[c]) - names.begin());
        };
        result.counts[place(truth) * names.size() + place(shown)] += one->at(truth, shown);
      }
  sum = std::move(result);
}

ScoreSpread spread_of(std::span<const MapScore> scores, double MapScore::*figure) {
  ScoreSpread spread;
  const auto count = static_cast<double>(scores.size());
  for (const MapScore& one : scores) spread.mean += one.*figure / count;
  for (const MapScore& one : scores) spread.deviation += std::pow(one.*figure - spread.mean, 2);
  spread.deviation = scores.size() > 1 ? std::sqrt(spread.deviation / (count - 1)) : 0;
  return spread;
}

MapScore score_map(const ClusterCounts& counts, Matching matching) {
  MapScore score;
  score.class_of = matched(counts, matching);
  const ClassTotals totals = totals_of(counts, score.class_of);
  require_classes(counts, totals.truth);
  const auto all = static_cast<double>(counts.total());
  double chance = 0, ious = 0, with_iou = 0;
  for (std::size_t c = 0; c < counts.classes.size(); ++c) {
    score.accuracy += totals.right[c] / all;
    chance += totals.mapped[c] / all * totals.truth[c] / all;
    score.one_class = std::max(score.one_class, totals.truth[c] / all);
    ClassIou one{counts.classes[c], static_cast<std::int64_t>(totals.truth[c]), {}};
    const double either = totals.truth[c] + totals.mapped[c] - totals.right[c];
    if (either > 0) {
      one.iou = totals.right[c] / either;
      ious += *one.iou;
      ++with_iou;
    }
    score.classes.push_back(one);
  }
  score.kappa = chance < 1 ? (score.accuracy - chance) / (1 - chance) : 0;
  score.mean_iou = ious / with_iou;
  return score;
}

}  // namespace skyglot
