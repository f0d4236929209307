// SPDX-License-Identifier: Apache-2.0
// What a kind of processor multiplies matrices with.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace skyglot {

/// A few rows of `a` times one panel of packed columns: out = a b, or out += a b.
struct Tile {
  const void* a = nullptr;    ///< `rows` rows, a_stride elements apart
  const void* b = nullptr;    ///< `depth` runs of the kernel's columns
  float* out = nullptr;       ///< `rows` rows of the kernel's columns, out_stride apart
  std::int64_t a_stride = 0;  ///< in floats, or in pairs of bfloat16
  std::int64_t depth = 0;     ///< in floats, or in pairs of bfloat16
  std::int64_t out_stride = 0;
  /// What the next panel needs from memory, fetched meanwhile: next_step bytes with each of
  /// `depth`.
  const void* next = nullptr;
  std::int64_t next_step = 0;
  int rows = 0;  ///< 1 to the kernel's
  bool add = false;
};

/// The innermost loop for one generation of processors. Each sum goes through the depth in order,
/// whatever the number of rows: a row of a product does not depend on those beside it.
struct ProductKernel {
  const char* name;
  bool bfloat16;  ///< factors are bfloat16, two of them behind one another for each column
  int rows;       ///< of a tile, at most
  int columns;    ///< of a panel
  void (*multiply)(const Tile& tile);
};

/// Kernels that this processor runs, the best by its features first; the last runs everywhere.
[[nodiscard]] std::span<const ProductKernel* const> float_kernels();
/// Nothing where the processor does not multiply bfloat16.
[[nodiscard]] const ProductKernel* bfloat16_kernel();

/// Of product_*.cpp, all but the first on x86-64 only. To be run where float_kernels() and
/// bfloat16_kernel() list them.
extern const ProductKernel kPlainKernel;
extern const ProductKernel kAvx2Kernel;
extern const ProductKernel kAvx512Kernel;
extern const ProductKernel kAvx512Bf16Kernel;

}  // namespace skyglot
