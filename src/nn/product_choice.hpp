// SPDX-License-Identifier: Apache-2.0
// Which kernel multiplies on this processor, decided by a measurement of a few milliseconds.
#pragma once

#include "base/product_kernel.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

struct MeasuredProduct {
  std::string name;      ///< of a kernel, or of a library and the core it takes this one for
  double gflops = 0;     ///< of one thread, multiply-adds counted twice
  bool right = true;     ///< the product agrees with its formula
  bool library = false;  ///< measured for comparison only: see choose_product()
};

struct ProductChoice {
  std::string processor;
  std::vector<MeasuredProduct> measured;
  const ProductKernel* floats = nullptr;
  /// Null where the processor does not multiply bfloat16, or is slower at it than at floats, as a
  /// recent Xeon without AMX: then the same weights are multiplied as floats.
  const ProductKernel* bfloat16 = nullptr;
  bool from_cache = false;
};

/// The fastest of our kernels that multiplies rightly; of two within 5 % the one that the
/// processor's features put first. The BLAS library of the process is measured beside them in the
/// same shape, but not taken: its sums depend on what shares a product, so a picture's vector would
/// depend on its company. `cache` keeps the result for this processor, these kernels and this
/// version of skyglot; a damaged one is measured anew. "" measures without one.
[[nodiscard]] ProductChoice choose_product(const std::filesystem::path& cache);

/// What this process multiplies with: chosen once, with the cache in the user's cache folder.
[[nodiscard]] const ProductChoice& product_choice();

/// $XDG_CACHE_HOME or ~/.cache; "" where there is neither.
[[nodiscard]] std::filesystem::path product_cache();

}  // namespace skyglot
