// SPDX-License-Identifier: Apache-2.0
// The bare matrix products of a transformer's block by the libraries that one could have instead.
#pragma once

#include "weights/model_config.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace skyglot::bench {

/// The four products of one block, every thread on rows of its own, as the tower's passes are.
struct LibraryProducts {
  std::string name;  ///< "OpenBLAS 0.3.21 (SkylakeX)", "oneDNN 2.6.3 (avx512_core)"
  double flop = 0;   ///< of one run, multiply-adds counted twice
  std::function<void()> run;
};

/// The BLAS library of the process and, where skyglot was built beside libdnnl-dev, oneDNN with
/// packed weights. `narrow` takes bfloat16 factors, where the library has such products.
[[nodiscard]] std::vector<LibraryProducts> library_products(std::int64_t rows,
                                                            const TransformerConfig& config,
                                                            bool narrow);

}  // namespace skyglot::bench
