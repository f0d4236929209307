// SPDX-License-Identifier: Apache-2.0
// The passes of a transformer between its matrix products, fused and vectorised for CPUs. Each
// works on one thread; who calls them splits the rows.
#pragma once

#include "base/bfloat16.hpp"

#include <cstdint>

namespace skyglot::kernels {

enum class Gelu { exact, quick };

/// For each row of `x` (rows * width): x += bias, where given; then out = LayerNorm(x) by gain and
/// shift, in rows out_stride apart.
struct NormPass {
  float* x = nullptr;
  const float* bias = nullptr;
  const float* gain = nullptr;
  const float* shift = nullptr;
  std::int64_t rows = 0;
  std::int64_t width = 0;
  std::int64_t out_stride = 0;
  float epsilon = 1e-5F;
};
void add_and_normalise(const NormPass& pass, float* out);
void add_and_normalise(const NormPass& pass, BFloat16* out);

/// out = gelu(values + bias), row by row. Exact GELU takes erf from Abramowitz and Stegun 7.1.26
/// (absolute error below 1.5e-7).
struct GeluPass {
  Gelu kind = Gelu::exact;
  const float* values = nullptr;
  const float* bias = nullptr;
  std::int64_t rows = 0;
  std::int64_t width = 0;
  std::int64_t stride = 0;
  std::int64_t out_stride = 0;
};
void bias_gelu(const GeluPass& pass, float* out);
void bias_gelu(const GeluPass& pass, BFloat16* out);

/// One head of one sequence: softmax(scale * Q K^T) V for `queries` tokens from first_query on.
/// Rows of keys and values lie `stride` apart, those of queries `query_stride`; the biases
/// (head_width each) are added while reading.
template <typename Element>
struct AttentionHead {
  const float* query = nullptr;  ///< of token first_query
  const float* key = nullptr;
  const float* value = nullptr;
  const float* query_bias = nullptr;
  const float* key_bias = nullptr;
  const float* value_bias = nullptr;
  Element* out = nullptr;  ///< head_width wide rows, out_stride apart, one a query
  std::int64_t stride = 0;
  std::int64_t query_stride = 0;
  std::int64_t out_stride = 0;
  std::int64_t length = 0;  ///< tokens of the sequence
  std::int64_t first_query = 0;
  std::int64_t queries = 0;
  std::int64_t head_width = 0;
  float scale = 1;
  bool causal = false;  ///< query i sees keys 0..i
};

/// Floats of scratch memory that attend() needs.
[[nodiscard]] std::int64_t attention_scratch(std::int64_t length, std::int64_t head_width);
void attend(const AttentionHead<float>& head, float* scratch);
void attend(const AttentionHead<BFloat16>& head, float* scratch);

/// One picture of so many patches, bands interleaved, to as many rows of bands * patch * patch
/// floats (band, row, column), each band as value * scale + offset.
struct PatchPass {
  const std::uint8_t* pixels = nullptr;
  std::int64_t grid_height = 0;
  std::int64_t grid_width = 0;
  std::int64_t patch = 0;
  const float* scale = nullptr;   ///< one a band
  const float* offset = nullptr;  ///< one a band
  std::int64_t bands = 3;
};
void cut_patches(const PatchPass& pass, float* out);

/// The kernels of one generation of processors; the functions above take the best table there is.
struct KernelTable {
  void (*normalise_to_float)(const NormPass&, float*);
  void (*normalise_to_bfloat16)(const NormPass&, BFloat16*);
  void (*gelu_to_float)(const GeluPass&, float*);
  void (*gelu_to_bfloat16)(const GeluPass&, BFloat16*);
  void (*attend_to_float)(const AttentionHead<float>&, float*);
  void (*attend_to_bfloat16)(const AttentionHead<BFloat16>&, float*);
  void (*cut)(const PatchPass&, float*);
};
extern const KernelTable kPlainTable;
extern const KernelTable kAvx2Table;    ///< x86-64 only
extern const KernelTable kAvx512Table;  ///< x86-64 only

}  // namespace skyglot::kernels
