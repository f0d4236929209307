// SPDX-License-Identifier: Apache-2.0
#include "nn/kernels.hpp"

#include "base/product_kernel.hpp"

namespace skyglot::kernels {
namespace {

const KernelTable& table() {
#if defined(__x86_64__)
  const ProductKernel* const best = float_kernels().front();
  if (best == &kAvx512Kernel) return kAvx512Table;
  if (best == &kAvx2Kernel) return kAvx2Table;
#endif
  return kPlainTable;
}

constexpr std::int64_t padded(std::int64_t count) {
  constexpr std::int64_t kWidest = 32;
  return (count + kWidest - 1) / kWidest * kWidest;
}

}  // namespace

void add_and_normalise(const NormPass& pass, float* out) {
  table().normalise_to_float(pass, out);
}

void add_and_normalise(const NormPass& pass, BFloat16* out) {
  table().normalise_to_bfloat16(pass, out);
}

void bias_gelu(const GeluPass& pass, float* out) {
  table().gelu_to_float(pass, out);
}

void bias_gelu(const GeluPass& pass, BFloat16* out) {
  table().gelu_to_bfloat16(pass, out);
}

std::int64_t attention_scratch(std::int64_t length, std::int64_t head_width) {
  constexpr std::int64_t kMostQueries = 8;
  return head_width * padded(length) + length * padded(head_width) + kMostQueries * head_width +
         kMostQueries * padded(length);
}

void attend(const AttentionHead<float>& head, float* scratch) {
  table().attend_to_float(head, scratch);
}

void attend(const AttentionHead<BFloat16>& head, float* scratch) {
  table().attend_to_bfloat16(head, scratch);
}

void cut_patches(const PatchPass& pass, float* out) {
  table().cut(pass, out);
}

}  // namespace skyglot::kernels
