// SPDX-License-Identifier: Apache-2.0
// The passes of a transformer between its matrix products, fused and vectorised for CPUs. Each
// works on one thread; who calls them splits the rows.
#pragma once

#include <cstdint>
#include <span>

namespace skyglot::kernels {

/// A bfloat16's bits; the upper half of a float's.
struct BFloat16 {
  std::uint16_t bits;
};

enum class Gelu { exact, quick };

/// For each row of `x` (rows * width): x += bias and, where given, x += added. Then out =
/// LayerNorm(x) by gain and shift. `bias` and `added` may be null.
struct NormPass {
  float* x = nullptr;
  const float* bias = nullptr;
  const float* gain = nullptr;
  const float* shift = nullptr;
  std::int64_t rows = 0;
  std::int64_t width = 0;
  float epsilon = 1e-5F;
};
void add_and_normalise(const NormPass& pass, const float* added, float* out);
void add_and_normalise(const NormPass& pass, const BFloat16* added, BFloat16* out);

/// values = gelu(values + bias), row by row, in place. Exact GELU takes erf from Abramowitz and
/// Stegun 7.1.26 (absolute error below 1.5e-7).
void bias_gelu(Gelu kind, const float* bias, std::int64_t rows, std::int64_t width, float* values);
void bias_gelu(Gelu kind, const float* bias, std::int64_t rows, std::int64_t width,
               BFloat16* values);

/// One head of one sequence: softmax(scale * Q K^T) V for `queries` tokens from first_query on.
/// Rows of keys and values lie `stride` apart, those of queries `query_stride`; the biases
/// (head_width each) are added while reading.
template <typename Element>
struct AttentionHead {
  const Element* query = nullptr;  ///< of token first_query
  const Element* key = nullptr;
  const Element* value = nullptr;
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

/// One picture of side grid * patch, interleaved RGB, to grid * grid rows of 3 * patch * patch
/// floats (channel, row, column), each channel as value * scale + offset.
struct PatchPass {
  const std::uint8_t* pixels = nullptr;
  std::int64_t grid_height = 0;
  std::int64_t grid_width = 0;
  std::int64_t patch = 0;
  const float* scale = nullptr;   ///< 3
  const float* offset = nullptr;  ///< 3
};
void cut_patches(const PatchPass& pass, float* out);

}  // namespace skyglot::kernels
