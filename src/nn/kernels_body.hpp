// SPDX-License-Identifier: Apache-2.0
// The kernels in vectors of SKYGLOT_LANES floats, compiled once for each generation of processors:
// kernels_*.cpp alone include this. Nothing of the standard library is called here: an inline
// function of it, compiled for a newer processor, could be the copy that the linker keeps for all.
#pragma once

#include "base/lanes.hpp"
#include "nn/kernels.hpp"

namespace skyglot::kernels {
namespace {

constexpr std::int64_t kLanes = SKYGLOT_LANES;
using Floats [[gnu::vector_size(kLanes * sizeof(float))]] = float;
using Ints [[gnu::vector_size(kLanes * sizeof(float))]] = std::int32_t;
using Shorts [[gnu::vector_size(kLanes * sizeof(std::uint16_t))]] = std::uint16_t;
using Bits [[gnu::vector_size(kLanes * sizeof(float))]] = std::uint32_t;

[[gnu::always_inline]] inline Floats fill(float value) {
  return spread<Floats>(value);
}

[[gnu::always_inline]] inline Floats load(const float* from) {
  Floats value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

[[gnu::always_inline]] inline void store(float* to, Floats value) {
  __builtin_memcpy(to, &value, sizeof value);
}

// To the nearest, ties to even.
[[gnu::always_inline]] inline void store(BFloat16* to, Floats value) {
  Bits bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  bits += 0x7FFFU + ((bits >> 16) & 1U);
  const Shorts shorts = __builtin_convertvector(bits >> 16, Shorts);
  __builtin_memcpy(to, &shorts, sizeof shorts);
}

[[gnu::always_inline]] inline void narrow(float value, float& to) {
  to = value;
}

[[gnu::always_inline]] inline void narrow(float value, BFloat16& to) {
  std::uint32_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  to.bits = static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
}

[[gnu::always_inline]] inline Floats bits_as_floats(Ints bits) {
  Floats value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

[[gnu::always_inline]] inline Floats clamp(Floats x, float low, float high) {
  x = x < low ? fill(low) : x;
  return x > high ? fill(high) : x;
}

// e^x = 2^n e^r with |r| <= ln 2 / 2; the polynomial is the Cephes one, relative error below 2e-7.
[[gnu::always_inline]] inline Floats exp_of(Floats x) {
  x = clamp(x, -87.3F, 88.3F);
  const Floats scaled = x * 1.44269504088896341F;
  const Floats half = scaled < 0 ? fill(-0.5F) : fill(0.5F);
  const Ints n = __builtin_convertvector(scaled + half, Ints);
  const Floats whole = __builtin_convertvector(n, Floats);
  Floats r = x - whole * 0.693359375F;
  r -= whole * -2.12194440e-4F;
  Floats p = fill(1.9875691500e-4F);
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  p = p * r * r + r + 1.0F;
  return p * bits_as_floats((n + 127) << 23);
}

[[gnu::always_inline]] inline Floats quick_gelu(Floats x) {
  return x / (1.0F + exp_of(x * -1.702F));
}

[[gnu::always_inline]] inline Floats exact_gelu(Floats x) {
  const Floats z = x * 0.70710678118654752F;
  const Floats magnitude = z < 0 ? -z : z;
  const Floats t = 1.0F / (1.0F + 0.3275911F * magnitude);
  Floats p = fill(1.061405429F);
  p = p * t - 1.453152027F;
  p = p * t + 1.421413741F;
  p = p * t - 0.284496736F;
  p = p * t + 0.254829592F;
  const Floats erf = 1.0F - p * t * exp_of(-z * z);
  return 0.5F * x * (1.0F + (z < 0 ? -erf : erf));
}

[[gnu::always_inline]] inline float sum_of(Floats value) {
  float sum = 0;
  for (int i = 0; i < kLanes; ++i) sum += value[i];
  return sum;
}

[[gnu::always_inline]] inline float max_of(Floats value) {
  float top = value[0];
  for (int i = 1; i < kLanes; ++i) top = value[i] > top ? value[i] : top;
  return top;
}

// x += bias, where there is one; returns the row's sum.
[[gnu::always_inline]] inline float add_row(float* x, const float* bias, std::int64_t width) {
  Floats sums = fill(0);
  float tail = 0;
  std::int64_t i = 0;
  for (; i + kLanes <= width; i += kLanes) {
    Floats value = load(x + i);
    if (bias != nullptr) store(x + i, value += load(bias + i));
    sums += value;
  }
  for (; i < width; ++i) {
    if (bias != nullptr) x[i] += bias[i];
    tail += x[i];
  }
  return sum_of(sums) + tail;
}

[[gnu::always_inline]] inline float squares_about(const float* x, float mean, std::int64_t width) {
  Floats sums = fill(0);
  float tail = 0;
  std::int64_t i = 0;
  for (; i + kLanes <= width; i += kLanes) {
    const Floats off = load(x + i) - mean;
    sums += off * off;
  }
  for (; i < width; ++i) tail += (x[i] - mean) * (x[i] - mean);
  return sum_of(sums) + tail;
}

template <typename Element>
[[gnu::always_inline]] inline void scale_row(const float* x, float mean, float scale,
                                             const NormPass& pass, Element* out) {
  std::int64_t i = 0;
  for (; i + kLanes <= pass.width; i += kLanes)
    store(out + i, (load(x + i) - mean) * scale * load(pass.gain + i) + load(pass.shift + i));
  for (; i < pass.width; ++i) narrow((x[i] - mean) * scale * pass.gain[i] + pass.shift[i], out[i]);
}

template <typename Element>
void add_and_normalise_rows(const NormPass& pass, Element* out) {
  const auto width = static_cast<float>(pass.width);
  for (std::int64_t row = 0; row < pass.rows; ++row) {
    float* x = pass.x + row * pass.width;
    const float mean = add_row(x, pass.bias, pass.width) / width;
    const float variance = squares_about(x, mean, pass.width) / width;
    scale_row(x, mean, 1 / __builtin_sqrtf(variance + pass.epsilon), pass,
              out + row * pass.out_stride);
  }
}

template <Gelu kKind, typename Element>
[[gnu::always_inline]] inline void bias_gelu_row(const float* from, const float* bias,
                                                 std::int64_t width, Element* to) {
  const auto gelu = [](Floats x) __attribute__((always_inline)) {
    return kKind == Gelu::quick ? quick_gelu(x) : exact_gelu(x);
  };
  std::int64_t i = 0;
  for (; i + kLanes <= width; i += kLanes) store(to + i, gelu(load(from + i) + load(bias + i)));
  for (; i < width; ++i) narrow(gelu(fill(from[i] + bias[i]))[0], to[i]);
}

template <typename Element>
void bias_gelu_rows(const GeluPass& pass, Element* out) {
  for (std::int64_t row = 0; row < pass.rows; ++row) {
    const float* from = pass.values + row * pass.stride;
    Element* to = out + row * pass.out_stride;
    if (pass.kind == Gelu::quick)
      bias_gelu_row<Gelu::quick>(from, pass.bias, pass.width, to);
    else
      bias_gelu_row<Gelu::exact>(from, pass.bias, pass.width, to);
  }
}

// Queries that share one walk through keys and values.
constexpr std::int64_t kQueryRows = kLanes == 16 ? 8 : 4;
constexpr std::int64_t kColumns = 2 * kLanes;

constexpr std::int64_t least(std::int64_t a, std::int64_t b) {
  return a < b ? a : b;
}

constexpr std::int64_t padded(std::int64_t count) {
  return (count + kColumns - 1) / kColumns * kColumns;
}

// A tile of kQueryRows x kColumns sums, held in registers.
struct SumTile {
  Floats left[kQueryRows];
  Floats right[kQueryRows];
};

// tile[r] = sum over i of a[r][i] * b[i][0..kColumns): kQueryRows rows of a, rows of b `b_stride`
// apart.
[[gnu::always_inline]] inline SumTile tile_product(const float* a, std::int64_t a_stride,
                                                   const float* b, std::int64_t b_stride,
                                                   std::int64_t depth) {
  SumTile tile{};
  for (std::int64_t i = 0; i < depth; ++i) {
    const Floats left = load(b + i * b_stride);
    const Floats right = load(b + i * b_stride + kLanes);
    for (std::int64_t row = 0; row < kQueryRows; ++row) {
      const float factor = a[row * a_stride + i];
      tile.left[row] += factor * left;
      tile.right[row] += factor * right;
    }
  }
  return tile;
}

// Scratch of one head: keys transposed (head_width x padded length), values with padded rows, and
// for kQueryRows queries the scaled queries and their weights over the keys.
struct Workspace {
  std::int64_t key_stride;
  std::int64_t value_stride;
  float* keys;
  float* values;
  float* queries;
  float* weights;
};

inline Workspace divide(float* scratch, std::int64_t length, std::int64_t head_width) {
  Workspace w{padded(length), padded(head_width), scratch, nullptr, nullptr, nullptr};
  w.values = w.keys + head_width * w.key_stride;
  w.queries = w.values + length * w.value_stride;
  w.weights = w.queries + kQueryRows * head_width;
  return w;
}

template <typename Element>
[[gnu::always_inline]] inline void pack_keys_and_values(const AttentionHead<Element>& head,
                                                        const Workspace& w) {
  __builtin_memset(w.keys, 0, static_cast<std::size_t>(w.queries - w.keys) * sizeof(float));
  for (std::int64_t token = 0; token < head.length; ++token) {
    const float* key = head.key + token * head.stride;
    const float* value = head.value + token * head.stride;
    float* packed = w.values + token * w.value_stride;
    for (std::int64_t i = 0; i < head.head_width; ++i)
      w.keys[i * w.key_stride + token] = key[i] + head.key_bias[i];
    for (std::int64_t i = 0; i < head.head_width; ++i) packed[i] = value[i] + head.value_bias[i];
  }
}

template <typename Element>
[[gnu::always_inline]] inline void pack_queries(const AttentionHead<Element>& head, std::int64_t at,
                                                std::int64_t count, const Workspace& w) {
  for (std::int64_t row = 0; row < kQueryRows; ++row) {
    const float* query = head.query + (at + least(row, count - 1)) * head.query_stride;
    for (std::int64_t i = 0; i < head.head_width; ++i)
      w.queries[row * head.head_width + i] = (query[i] + head.query_bias[i]) * head.scale;
  }
}

// Softmax over the first `seen` of a row; the rest becomes zero.
[[gnu::always_inline]] inline void softmax(float* row, std::int64_t seen, std::int64_t width) {
  for (std::int64_t i = seen; i < width; ++i) row[i] = -1e30F;
  Floats tops = load(row);
  for (std::int64_t i = kLanes; i < width; i += kLanes) {
    const Floats value = load(row + i);
    tops = value > tops ? value : tops;
  }
  const float top = max_of(tops);
  Floats sums = fill(0);
  for (std::int64_t i = 0; i < width; i += kLanes) {
    const Floats value = load(row + i);
    const Floats power = value < -1e29F ? fill(0) : exp_of(value - top);
    store(row + i, power);
    sums += power;
  }
  const float scale = 1 / sum_of(sums);
  for (std::int64_t i = 0; i < width; i += kLanes) store(row + i, load(row + i) * scale);
}

template <typename Element>
[[gnu::always_inline]] inline void write_part(Floats sums, std::int64_t room, Element* out) {
  if (room >= kLanes) return store(out, sums);
  for (std::int64_t i = 0; i < room; ++i) narrow(sums[i], out[i]);
}

template <typename Element>
[[gnu::always_inline]] inline void write_rows(const AttentionHead<Element>& head, std::int64_t at,
                                              std::int64_t count, std::int64_t column,
                                              const SumTile& tile) {
  for (std::int64_t row = 0; row < count; ++row) {
    Element* out = head.out + (at + row) * head.out_stride + column;
    write_part(tile.left[row], head.head_width - column, out);
    write_part(tile.right[row], head.head_width - column - kLanes, out + kLanes);
  }
}

// Queries first_query + at ... + count.
template <typename Element>
[[gnu::always_inline]] inline void attend_block(const AttentionHead<Element>& head, std::int64_t at,
                                                std::int64_t count, const Workspace& w) {
  const std::int64_t first = head.first_query + at;
  const std::int64_t seen_by_all = head.causal ? first + count : head.length;
  const std::int64_t width = padded(seen_by_all);
  pack_queries(head, at, count, w);
  for (std::int64_t column = 0; column < width; column += kColumns) {
    const SumTile tile =
        tile_product(w.queries, head.head_width, w.keys + column, w.key_stride, head.head_width);
    for (std::int64_t row = 0; row < kQueryRows; ++row) {
      store(w.weights + row * w.key_stride + column, tile.left[row]);
      store(w.weights + row * w.key_stride + column + kLanes, tile.right[row]);
    }
  }
  for (std::int64_t row = 0; row < kQueryRows; ++row)
    softmax(w.weights + row * w.key_stride,
            head.causal ? first + least(row, count - 1) + 1 : head.length, width);
  for (std::int64_t column = 0; column < head.head_width; column += kColumns)
    write_rows(
        head, at, count, column,
        tile_product(w.weights, w.key_stride, w.values + column, w.value_stride, seen_by_all));
}

template <typename Element>
void attend_head(const AttentionHead<Element>& head, float* scratch) {
  const Workspace w = divide(scratch, head.length, head.head_width);
  pack_keys_and_values(head, w);
  for (std::int64_t at = 0; at < head.queries; at += kQueryRows)
    attend_block(head, at, least(kQueryRows, head.queries - at), w);
}

// One row of a patch: `patch` interleaved pixels to a run of floats a band, patch * patch apart.
[[gnu::always_inline]] inline void split_pixels(const PatchPass& pass, std::int64_t bands,
                                                const std::uint8_t* from, float* to) {
  const std::int64_t plane = pass.patch * pass.patch;
  for (std::int64_t x = 0; x < pass.patch; ++x)
    for (std::int64_t c = 0; c < bands; ++c)
      to[c * plane + x] = static_cast<float>(from[x * bands + c]) * pass.scale[c] + pass.offset[c];
}

[[gnu::always_inline]] inline void cut_patches_of(const PatchPass& pass, std::int64_t bands,
                                                  float* out) {
  const std::int64_t stride = pass.grid_width * pass.patch * bands;
  const std::int64_t plane = pass.patch * pass.patch;
  for (std::int64_t gy = 0; gy < pass.grid_height; ++gy)
    for (std::int64_t gx = 0; gx < pass.grid_width; ++gx, out += bands * plane)
      for (std::int64_t y = 0; y < pass.patch; ++y)
        split_pixels(pass, bands,
                     pass.pixels + (gy * pass.patch + y) * stride + gx * pass.patch * bands,
                     out + y * pass.patch);
}

// Red, green and blue are compiled for themselves.
void cut_all_patches(const PatchPass& pass, float* out) {
  if (pass.bands == 3)
    cut_patches_of(pass, 3, out);
  else
    cut_patches_of(pass, pass.bands, out);
}

constexpr KernelTable kThisTable{add_and_normalise_rows<float>,
                                 add_and_normalise_rows<BFloat16>,
                                 bias_gelu_rows<float>,
                                 bias_gelu_rows<BFloat16>,
                                 attend_head<float>,
                                 attend_head<BFloat16>,
                                 cut_all_patches};

}  // namespace
}  // namespace skyglot::kernels
