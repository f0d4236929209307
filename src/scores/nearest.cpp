// SPDX-License-Identifier: Apache-2.0
#include "scores/nearest.hpp"

#include "base/linear_algebra.hpp"
#include "scores/row_blocks.hpp"

#include <algorithm>
#include <utility>

namespace skyglot {
namespace {

constexpr std::int64_t kBlockRows = 1024;
constexpr std::int64_t kTileRows = 16384;

bool better(const Neighbour& a, const Neighbour& b) {
  return a.score != b.score ? a.score > b.score : a.index < b.index;
}

// The best of what it is offered, in the order of their indexes.
class Best {
 public:
  explicit Best(std::size_t k) : k_(k) {}

  template <typename Without>
  void offer(std::span<const float> scores, std::int64_t first, const Without& without) {
    if (k_ == 0) return;
    for (std::int64_t i = 0; i < std::ssize(scores); ++i) {
      const float score = scores[static_cast<std::size_t>(i)];
      const bool full = heap_.size() == k_;
      // Later ones need a higher score, for of equals the lower index is better.
      if ((full && !(score > heap_.front().score)) || without(first + i)) continue;
      if (full) {
        std::ranges::pop_heap(heap_, better);
        heap_.pop_back();
      }
      heap_.push_back({first + i, score});
      std::ranges::push_heap(heap_, better);
    }
  }

  [[nodiscard]] std::vector<Neighbour> take() {
    std::ranges::sort_heap(heap_, better);
    return std::exchange(heap_, {});
  }

 private:
  std::size_t k_;
  std::vector<Neighbour> heap_;  // the worst of the best in front
};

}  // namespace

std::vector<Neighbour> nearest(std::span<const float> scores, std::size_t k) {
  Best best(k);
  best.offer(scores, 0, [](std::int64_t) { return false; });
  return best.take();
}

void for_each_nearest(const RowSource& queries, const RowSource& items,
                      const NearestOptions& options,
                      const std::function<void(std::int64_t, const std::vector<Neighbour>&)>& use) {
  const RowSource others = items.kept(kMostKeptBytes);
  const std::int64_t step = options.block_rows > 0 ? options.block_rows : kBlockRows;
  const std::int64_t tile_step = options.tile_rows > 0 ? options.tile_rows : kTileRows;
  for_each_block(queries, step, [&](std::int64_t first, const Matrix& block) {
    std::vector<Best> best(static_cast<std::size_t>(block.rows), Best(options.k));
    for_each_block(others, tile_step, [&](std::int64_t at, const Matrix& tile) {
      const Matrix scores = inner_products(block, 0, block.rows, tile);
      for (std::int64_t i = 0; i < block.rows; ++i)
        best[static_cast<std::size_t>(i)].offer(scores.row(i), at, [&](std::int64_t item) {
          return (options.without_self && item == first + i) ||
                 (options.without && options.without(first + i, item));
        });
    });
    for (std::int64_t i = 0; i < block.rows; ++i)
      use(first + i, best[static_cast<std::size_t>(i)].take());
  });
}

}  // namespace skyglot
