// SPDX-License-Identifier: Apache-2.0
#include "base/product_kernel.hpp"

#include <vector>

namespace skyglot {
namespace {

std::vector<const ProductKernel*> found_float_kernels() {
  std::vector<const ProductKernel*> kernels;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    kernels.push_back(&kAvx512Kernel);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    kernels.push_back(&kAvx2Kernel);
#endif
  kernels.push_back(&kPlainKernel);
  return kernels;
}

}  // namespace

std::span<const ProductKernel* const> float_kernels() {
  static const std::vector<const ProductKernel*> kernels = found_float_kernels();
  return kernels;
}

const ProductKernel* bfloat16_kernel() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bf16") && float_kernels().front() == &kAvx512Kernel)
    return &kAvx512Bf16Kernel;
#endif
  return nullptr;
}

}  // namespace skyglot
