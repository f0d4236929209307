// SPDX-License-Identifier: Apache-2.0
#include "scores/nearest.hpp"

#include <algorithm>

namespace skyglot {
namespace {

bool better(const Neighbour& a, const Neighbour& b) {
  return a.score != b.score ? a.score > b.score : a.index < b.index;
}

}  // namespace

std::vector<Neighbour> nearest(std::span<const float> scores, std::size_t k, std::int64_t without) {
  std::vector<Neighbour> heap;  // the worst of the best in front
  if (k == 0) return heap;
  heap.reserve(std::min(k, scores.size()));
  for (std::int64_t i = 0; i < std::ssize(scores); ++i) {
    const float score = scores[static_cast<std::size_t>(i)];
    const bool full = heap.size() == k;
    // Later ones need a higher score, for of equals the lower index is better.
    if ((full && !(score > heap.front().score)) || i == without) continue;
    if (full) {
      std::ranges::pop_heap(heap, better);
      heap.pop_back();
    }
    heap.push_back({i, score});
    std::ranges::push_heap(heap, better);
  }
  std::ranges::sort_heap(heap, better);
  return heap;
}

}  // namespace skyglot
