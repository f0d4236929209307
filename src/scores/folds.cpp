// SPDX-License-Identifier: Apache-2.0
#include "scores/folds.hpp"

#include "base/hash.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace skyglot {

std::vector<int> stratified_folds(std::span<const std::int32_t> labels,
                                  std::span<const std::string> ids, int folds, std::uint64_t seed) {
  std::map<std::int32_t, std::vector<std::pair<std::uint64_t, std::size_t>>> by_class;
  for (std::size_t i = 0; i < labels.size(); ++i)
    by_class[labels[i]].emplace_back(mix(seed, stable_hash(ids[i])), i);
  std::vector<int> fold_of(labels.size(), 0);
  int next = 0;  // goes on from class to class, so that small classes do not all start in part 0
  for (auto& [label, rows] : by_class) {
    std::ranges::sort(rows);
    for (const auto& [hash, row] : rows) fold_of[row] = next++ % folds;
  }
  return fold_of;
}

FoldRows rows_of_fold(std::span<const std::int32_t> labels, std::span<const std::string> ids,
                      std::span<const int> folds, int fold, bool inside) {
  FoldRows part;
  for (std::size_t i = 0; i < folds.size(); ++i) {
    if ((folds[i] == fold) != inside) continue;
    part.rows.push_back(static_cast<std::int64_t>(i));
    part.labels.push_back(labels[i]);
    part.ids.push_back(ids[i]);
  }
  return part;
}

}  // namespace skyglot
