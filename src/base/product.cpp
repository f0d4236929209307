// SPDX-License-Identifier: Apache-2.0
#include "base/product.hpp"

#include "base/error.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <new>
#include <unistd.h>
#include <vector>

namespace skyglot {
namespace {

constexpr std::size_t kAlignment = 64;
// Steps of depth that a tile goes through at once.
constexpr std::int64_t kMostSteps = 1024;
constexpr std::int64_t kStepBytes = 4;  // a float, or a pair of bfloat16

std::int64_t divided_up(std::int64_t count, std::int64_t by) {
  return (count + by - 1) / by;
}

// Bytes of `a` that stay in a core's second cache while all panels pass by: the more, the seldomer
// these come from memory.
std::int64_t resident_bytes() {
  constexpr std::int64_t kLeast = 384 * 1024;
  constexpr std::int64_t kMost = 2048 * 1024;
  static const std::int64_t bytes =
      std::clamp<std::int64_t>(sysconf(_SC_LEVEL2_CACHE_SIZE) * 3 / 8, kLeast, kMost);
  return bytes;
}

// Large factors stream by whole: on large pages, where the system has them.
void* allocate(std::int64_t bytes) {
  constexpr std::size_t kLargePage = 2 << 20;
  const bool large = static_cast<std::size_t>(bytes) >= 2 * kLargePage;
  const std::size_t alignment = large ? kLargePage : kAlignment;
  const std::size_t size = (static_cast<std::size_t>(bytes) + alignment) / alignment * alignment;
  void* const memory = std::aligned_alloc(alignment, size);
  if (memory == nullptr) throw std::bad_alloc();
  if (large) (void)madvise(memory, size, MADV_HUGEPAGE);
  return memory;
}

struct Blocks {
  std::int64_t rows;   // of `a` that stay in the cache
  std::int64_t steps;  // of the depth
};

// The steps depend on the factor and the kernel alone, for they decide the order of sums.
Blocks blocks_of(const Product& product) {
  const std::int64_t steps = product.b->steps();
  const std::int64_t most =
      product.finish == nullptr ? kMostSteps : std::numeric_limits<std::int64_t>::max();
  const std::int64_t depth = std::max<std::int64_t>(
      1, divided_up(steps, divided_up(steps, std::min(most, std::max<std::int64_t>(steps, 1)))));
  const std::int64_t tile = product.b->kernel().rows;
  const std::int64_t tiles =
      std::max<std::int64_t>(1, resident_bytes() / (depth * kStepBytes) / tile);
  return {tiles * tile, depth};
}

class PartRun {
 public:
  PartRun(const Product& product, const Part& part)
      : product_(product),
        part_(part),
        kernel_(product.b->kernel()),
        blocks_(blocks_of(product)),
        step_bytes_(kernel_.bfloat16 ? 2 : 4) {}

  void run() {
    const std::int64_t end = part_.first_row + part_.rows;
    for (std::int64_t row = part_.first_row; row < end; row += blocks_.rows)
      multiply_rows(row, std::min(blocks_.rows, end - row));
  }

 private:
  void multiply_rows(std::int64_t row, std::int64_t rows) {
    const std::int64_t steps = product_.b->steps();
    for (std::int64_t step = 0; step < steps; step += blocks_.steps)
      multiply_block(row, rows, step, std::min(blocks_.steps, steps - step));
  }

  void multiply_block(std::int64_t row, std::int64_t rows, std::int64_t step, std::int64_t steps) {
    copy_rows(row, rows, step, steps);
    const std::int64_t tiles = divided_up(rows, kernel_.rows);
    for (std::int64_t panel = part_.first_panel; panel < part_.first_panel + part_.panels; ++panel)
      for (std::int64_t i = 0, at = 0; i < tiles; ++i) {
        const std::int64_t few = divided_up(rows - at, tiles - i);
        Tile tile;
        tile.a = resident_.data() + at * stride_;
        tile.b = product_.b->panel(panel, step);
        tile.a_stride = stride_;
        tile.depth = steps;
        tile.rows = static_cast<int>(few);
        tile.add = product_.add || step > 0;
        announce_next(tile, panel, step, i, tiles);
        run_tile(tile, row + at, panel);
        at += few;
      }
  }

  // With each tile of this panel a share of the next comes from memory.
  void announce_next(Tile& tile, std::int64_t panel, std::int64_t step, std::int64_t index,
                     std::int64_t tiles) const {
    const std::int64_t share = divided_up(kernel_.columns * kStepBytes, tiles);
    const std::int64_t next = std::min(panel + 1, product_.b->panels() - 1);
    tile.next =
        static_cast<const std::byte*>(product_.b->panel(next, step)) + index * tile.depth * share;
    tile.next_step = share;
  }

  // Rows a power of two apart would share a few lines of the cache.
  void copy_rows(std::int64_t row, std::int64_t rows, std::int64_t step, std::int64_t steps) {
    constexpr std::int64_t kApart = 16;
    stride_ = (steps / kApart | 1) * kApart + kApart * 2;
    resident_.resize(static_cast<std::size_t>(rows * stride_));
    const std::int64_t per_step = kernel_.bfloat16 ? 2 : 1;
    const std::int64_t wanted = std::min(steps * per_step, product_.b->depth() - step * per_step);
    const auto* from = static_cast<const std::byte*>(product_.a) +
                       (row * product_.a_stride + step * per_step) * step_bytes_;
    for (std::int64_t i = 0; i < rows; ++i) {
      float* const to = resident_.data() + i * stride_;
      if (wanted < steps * per_step) to[steps - 1] = 0;
      std::memcpy(to, from + i * product_.a_stride * step_bytes_,
                  static_cast<std::size_t>(wanted * step_bytes_));
    }
  }

  void run_tile(Tile& tile, std::int64_t row, std::int64_t panel) {
    const std::int64_t column = panel * kernel_.columns;
    const std::int64_t columns =
        std::min<std::int64_t>(kernel_.columns, product_.b->columns() - column);
    if (product_.finish != nullptr)
      return finish_tile(tile, {nullptr, 0, row, tile.rows, column, columns});
    float* const out = product_.out + row * product_.out_stride + column;
    if (columns < kernel_.columns) return run_narrow_tile(tile, out, columns);
    tile.out = out;
    tile.out_stride = product_.out_stride;
    kernel_.multiply(tile);
  }

  void finish_tile(Tile& tile, FinishedTile finished) {
    use_spare(tile);
    tile.add = false;
    kernel_.multiply(tile);
    finished.sums = tile.out;
    finished.stride = tile.out_stride;
    product_.finish(product_.context, finished);
  }

  void use_spare(Tile& tile) {
    spare_.resize(static_cast<std::size_t>(kernel_.rows) *
                  static_cast<std::size_t>(kernel_.columns));
    tile.out = spare_.data();
    tile.out_stride = kernel_.columns;
  }

  // The last panel of a factor whose width is no multiple of a panel's.
  void run_narrow_tile(Tile& tile, float* out, std::int64_t columns) {
    use_spare(tile);
    const auto bytes = static_cast<std::size_t>(columns) * sizeof(float);
    if (tile.add)
      for (int i = 0; i < tile.rows; ++i)
        std::memcpy(tile.out + i * tile.out_stride, out + i * product_.out_stride, bytes);
    kernel_.multiply(tile);
    for (int i = 0; i < tile.rows; ++i)
      std::memcpy(out + i * product_.out_stride, tile.out + i * tile.out_stride, bytes);
  }

  static thread_local std::vector<float> resident_;
  static thread_local std::vector<float> spare_;
  const Product& product_;
  const Part& part_;
  const ProductKernel& kernel_;
  const Blocks blocks_;
  const std::int64_t step_bytes_;
  std::int64_t stride_ = 0;
};

thread_local std::vector<float> PartRun::resident_;
thread_local std::vector<float> PartRun::spare_;

// Columns of one panel: `width` values of a row stand together.
void pack_floats(const MatrixView& part, std::int64_t width, float* out) {
  for (std::int64_t lane = 0; lane < part.columns; ++lane) {
    const float* const column = part.values + lane * part.column_step;
    for (std::int64_t row = 0; row < part.rows; ++row)
      out[row * width + lane] = column[row * part.row_step];
  }
}

// The same with the values of two rows as pairs.
void pack_pairs(const MatrixView& part, std::int64_t width, BFloat16* out) {
  for (std::int64_t lane = 0; lane < part.columns; ++lane) {
    const float* const column = part.values + lane * part.column_step;
    for (std::int64_t row = 0; row < part.rows; ++row)
      out[(row / 2 * width + lane) * 2 + row % 2] = round_to_bfloat16(column[row * part.row_step]);
  }
}

}  // namespace

void PackedMatrix::Free::operator()(void* memory) const {
  std::free(memory);
}

PackedMatrix::PackedMatrix(const MatrixView& factor, const ProductKernel& kernel)
    : kernel_(&kernel), depth_(factor.rows), columns_(factor.columns) {
  const std::int64_t panel_bytes = kernel.columns * steps() * kStepBytes;
  bytes_.reset(static_cast<std::byte*>(allocate(panels() * panel_bytes)));
  std::memset(bytes_.get(), 0, static_cast<std::size_t>(panels() * panel_bytes));
  for (std::int64_t panel = 0; panel < panels(); ++panel) {
    const std::int64_t column = panel * kernel.columns;
    MatrixView part = factor;
    part.values += column * factor.column_step;
    part.columns = std::min<std::int64_t>(kernel.columns, columns_ - column);
    std::byte* const out = bytes_.get() + panel * panel_bytes;
    if (kernel.bfloat16)
      pack_pairs(part, kernel.columns, reinterpret_cast<BFloat16*>(out));
    else
      pack_floats(part, kernel.columns, reinterpret_cast<float*>(out));
  }
}

std::int64_t PackedMatrix::panels() const {
  return divided_up(columns_, kernel_->columns);
}

std::int64_t PackedMatrix::steps() const {
  return kernel_->bfloat16 ? divided_up(depth_, 2) : depth_;
}

const void* PackedMatrix::panel(std::int64_t index, std::int64_t step) const {
  return bytes_.get() + (index * steps() + step) * kernel_->columns * kStepBytes;
}

void multiply(const Product& product, const Part& part) {
  expect(product.b != nullptr && (product.finish == nullptr || !product.add),
         "a product that is finished elsewhere adds to nothing");
  if (part.rows > 0 && part.panels > 0) PartRun(product, part).run();
}

Part part_of(const Product& product, std::int64_t index, std::int64_t workers) {
  const std::int64_t tile = product.b->kernel().rows;
  const std::int64_t tiles = divided_up(product.rows, tile);
  const std::int64_t panels = product.b->panels();
  std::int64_t across = 1;  // shares of the rows
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (std::int64_t share = 1; share <= workers; ++share) {
    const std::int64_t work = divided_up(tiles, share) * divided_up(panels, workers / share);
    if (work < least) across = share;
    least = std::min(least, work);
  }
  const std::int64_t down = workers / across;
  if (index >= across * down) return {0, 0, 0, 0};
  const auto cut = [](std::int64_t count, std::int64_t i, std::int64_t n) { return count * i / n; };
  const std::int64_t row = std::min(product.rows, cut(tiles, index / down, across) * tile);
  const std::int64_t row_end = std::min(product.rows, cut(tiles, index / down + 1, across) * tile);
  const std::int64_t panel = cut(panels, index % down, down);
  return {row, row_end - row, panel, cut(panels, index % down + 1, down) - panel};
}

}  // namespace skyglot
