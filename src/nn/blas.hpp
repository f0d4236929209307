// SPDX-License-Identifier: Apache-2.0
// The BLAS library that libtorch brought into the process.
#pragma once

#include "base/product.hpp"

#include <string>

namespace skyglot {

struct Blas {
  /// "OpenBLAS 0.3.21 (Haswell)", or the library's file; "" where there is none to be found.
  std::string name;
  /// sgemm_ of the Fortran interface.
  void (*multiply)(const char*, const char*, const int*, const int*, const int*, const float*,
                   const float*, const int*, const float*, const int*, const float*, float*,
                   const int*) = nullptr;
  /// OpenBLAS's own count of threads; null for other libraries.
  int (*threads)() = nullptr;
  void (*set_threads)(int) = nullptr;
};

[[nodiscard]] Blas loaded_blas();
/// out (a.rows x b.rows) = a b^T; rows lie row_step apart.
void multiply_with(const Blas& blas, const MatrixView& a, const MatrixView& b, float* out);

/// Debian's reference BLAS, fifty times slower than others.
[[nodiscard]] bool is_reference_blas();

/// OpenBLAS that is older than the processor takes a kernel for processors of long ago. Returns the
/// value of OPENBLAS_CORETYPE that would do better; "" where the library knows what it has, where
/// it is another, or where the user has set the variable.
[[nodiscard]] std::string better_openblas_core();
/// Starts this program anew with that value, where there is one: the library looks at it only while
/// it is loaded.
void restart_with_better_core(char** arguments);

}  // namespace skyglot
