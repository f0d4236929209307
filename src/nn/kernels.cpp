// SPDX-License-Identifier: Apache-2.0
#include "nn/kernels.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

// Each entry point is compiled for several generations of x86 and picked when the program starts.
// Vectors are 8 floats wide everywhere: wider ones GCC takes apart where the CPU has none of that
// width.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__)
#define SKYGLOT_CLONES __attribute__((target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define SKYGLOT_CLONES
#endif
#define SKYGLOT_INLINE inline __attribute__((always_inline))

namespace skyglot::kernels {
namespace {

constexpr std::int64_t kLanes = 8;
using Floats = float __attribute__((vector_size(kLanes * sizeof(float))));
using Ints = std::int32_t __attribute__((vector_size(kLanes * sizeof(float))));
using Shorts = std::uint16_t __attribute__((vector_size(kLanes * sizeof(std::uint16_t))));
using Bits = std::uint32_t __attribute__((vector_size(kLanes * sizeof(float))));

SKYGLOT_INLINE Floats fill(float value) {
  return Floats{} + value;
}

SKYGLOT_INLINE Floats load(const float* from) {
  Floats value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

SKYGLOT_INLINE void store(float* to, Floats value) {
  std::memcpy(to, &value, sizeof value);
}

SKYGLOT_INLINE Floats load(const BFloat16* from) {
  Shorts shorts;
  std::memcpy(&shorts, from, sizeof shorts);
  const Bits bits = __builtin_convertvector(shorts, Bits) << 16;
  Floats value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// To the nearest, ties to even.
SKYGLOT_INLINE void store(BFloat16* to, Floats value) {
  Bits bits;
  std::memcpy(&bits, &value, sizeof bits);
  bits += 0x7FFFU + ((bits >> 16) & 1U);
  const Shorts shorts = __builtin_convertvector(bits >> 16, Shorts);
  std::memcpy(to, &shorts, sizeof shorts);
}

SKYGLOT_INLINE float widen(float value) {
  return value;
}

SKYGLOT_INLINE float widen(BFloat16 value) {
  const std::uint32_t bits = std::uint32_t{value.bits} << 16;
  float result;
  std::memcpy(&result, &bits, sizeof result);
  return result;
}

SKYGLOT_INLINE void narrow(float value, float& to) {
  to = value;
}

SKYGLOT_INLINE void narrow(float value, BFloat16& to) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  to.bits = static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16) & 1U)) >> 16);
}

SKYGLOT_INLINE Floats bits_as_floats(Ints bits) {
  Floats value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

SKYGLOT_INLINE Floats clamp(Floats x, float low, float high) {
  x = x < low ? fill(low) : x;
  return x > high ? fill(high) : x;
}

// e^x = 2^n e^r with |r| <= ln 2 / 2; the polynomial is the Cephes one, relative error below 2e-7.
SKYGLOT_INLINE Floats exp_of(Floats x) {
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

SKYGLOT_INLINE Floats quick_gelu(Floats x) {
  return x / (1.0F + exp_of(x * -1.702F));
}

SKYGLOT_INLINE Floats exact_gelu(Floats x) {
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

SKYGLOT_INLINE float sum_of(Floats value) {
  float sum = 0;
  for (int i = 0; i < kLanes; ++i) sum += value[i];
  return sum;
}

SKYGLOT_INLINE float max_of(Floats value) {
  float top = value[0];
  for (int i = 1; i < kLanes; ++i) top = std::max(top, value[i]);
  return top;
}

// x += bias + added; returns the row's sum.
template <typename Element>
SKYGLOT_INLINE float add_row(float* x, const float* bias, const Element* added,
                             std::int64_t width) {
  Floats sums = fill(0);
  float tail = 0;
  std::int64_t i = 0;
  for (; i + kLanes <= width; i += kLanes) {
    Floats value = load(x + i);
    if (bias != nullptr) value += load(bias + i);
    if (added != nullptr) value += load(added + i);
    store(x + i, value);
    sums += value;
  }
  for (; i < width; ++i) {
    if (bias != nullptr) x[i] += bias[i];
    if (added != nullptr) x[i] += widen(added[i]);
    tail += x[i];
  }
  return sum_of(sums) + tail;
}

SKYGLOT_INLINE float squares_about(const float* x, float mean, std::int64_t width) {
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
SKYGLOT_INLINE void scale_row(const float* x, float mean, float scale, const NormPass& pass,
                              Element* out) {
  std::int64_t i = 0;
  for (; i + kLanes <= pass.width; i += kLanes)
    store(out + i, (load(x + i) - mean) * scale * load(pass.gain + i) + load(pass.shift + i));
  for (; i < pass.width; ++i) narrow((x[i] - mean) * scale * pass.gain[i] + pass.shift[i], out[i]);
}

template <typename Element>
SKYGLOT_INLINE void add_and_normalise_rows(const NormPass& pass, const Element* added,
                                           Element* out) {
  const auto width = static_cast<float>(pass.width);
  for (std::int64_t row = 0; row < pass.rows; ++row) {
    const std::int64_t at = row * pass.width;
    float* x = pass.x + at;
    const float mean =
        add_row(x, pass.bias, added == nullptr ? nullptr : added + at, pass.width) / width;
    const float variance = squares_about(x, mean, pass.width) / width;
    scale_row(x, mean, 1 / std::sqrt(variance + pass.epsilon), pass, out + at);
  }
}

template <Gelu kKind, typename Element>
SKYGLOT_INLINE void bias_gelu_row(const float* bias, std::int64_t width, Element* values) {
  const auto gelu = [](Floats x) __attribute__((always_inline)) {
    return kKind == Gelu::quick ? quick_gelu(x) : exact_gelu(x);
  };
  std::int64_t i = 0;
  for (; i + kLanes <= width; i += kLanes)
    store(values + i, gelu(load(values + i) + load(bias + i)));
  for (; i < width; ++i) narrow(gelu(fill(widen(values[i]) + bias[i]))[0], values[i]);
}

template <typename Element>
SKYGLOT_INLINE void bias_gelu_rows(Gelu kind, const float* bias, std::int64_t rows,
                                   std::int64_t width, Element* values) {
  for (std::int64_t row = 0; row < rows; ++row) {
    if (kind == Gelu::quick)
      bias_gelu_row<Gelu::quick>(bias, width, values + row * width);
    else
      bias_gelu_row<Gelu::exact>(bias, width, values + row * width);
  }
}

constexpr std::int64_t kQueryRows = 4;  // queries that share one walk through keys and values
constexpr std::int64_t kColumns = 2 * kLanes;

constexpr std::int64_t padded(std::int64_t count) {
  return (count + kColumns - 1) / kColumns * kColumns;
}

// A tile of kQueryRows x kColumns sums, held in registers.
struct Tile {
  Floats left[kQueryRows];
  Floats right[kQueryRows];
};

// tile[r] = sum over i of a[r][i] * b[i][0..kColumns): kQueryRows rows of a, rows of b `b_stride`
// apart.
SKYGLOT_INLINE Tile tile_product(const float* a, std::int64_t a_stride, const float* b,
                                 std::int64_t b_stride, std::int64_t depth) {
  Tile tile{};
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

Workspace divide(float* scratch, std::int64_t length, std::int64_t head_width) {
  Workspace w{padded(length), padded(head_width), scratch, nullptr, nullptr, nullptr};
  w.values = w.keys + head_width * w.key_stride;
  w.queries = w.values + length * w.value_stride;
  w.weights = w.queries + kQueryRows * head_width;
  return w;
}

template <typename Element>
SKYGLOT_INLINE void pack_keys_and_values(const AttentionHead<Element>& head, const Workspace& w) {
  std::memset(w.keys, 0, static_cast<std::size_t>(w.queries - w.keys) * sizeof(float));
  for (std::int64_t token = 0; token < head.length; ++token) {
    const Element* key = head.key + token * head.stride;
    const Element* value = head.value + token * head.stride;
    float* packed = w.values + token * w.value_stride;
    for (std::int64_t i = 0; i < head.head_width; ++i)
      w.keys[i * w.key_stride + token] = widen(key[i]) + head.key_bias[i];
    for (std::int64_t i = 0; i < head.head_width; ++i)
      packed[i] = widen(value[i]) + head.value_bias[i];
  }
}

template <typename Element>
SKYGLOT_INLINE void pack_queries(const AttentionHead<Element>& head, std::int64_t at,
                                 std::int64_t count, const Workspace& w) {
  for (std::int64_t row = 0; row < kQueryRows; ++row) {
    const Element* query = head.query + (at + std::min(row, count - 1)) * head.query_stride;
    for (std::int64_t i = 0; i < head.head_width; ++i)
      w.queries[row * head.head_width + i] = (widen(query[i]) + head.query_bias[i]) * head.scale;
  }
}

// Softmax over the first `seen` of a row; the rest becomes zero.
SKYGLOT_INLINE void softmax(float* row, std::int64_t seen, std::int64_t width) {
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
SKYGLOT_INLINE void write_part(Floats sums, std::int64_t room, Element* out) {
  if (room >= kLanes) return store(out, sums);
  for (std::int64_t i = 0; i < room; ++i) narrow(sums[i], out[i]);
}

template <typename Element>
SKYGLOT_INLINE void write_rows(const AttentionHead<Element>& head, std::int64_t at,
                               std::int64_t count, std::int64_t column, const Tile& tile) {
  for (std::int64_t row = 0; row < count; ++row) {
    Element* out = head.out + (at + row) * head.out_stride + column;
    write_part(tile.left[row], head.head_width - column, out);
    write_part(tile.right[row], head.head_width - column - kLanes, out + kLanes);
  }
}

// Queries first_query + at ... + count.
template <typename Element>
SKYGLOT_INLINE void attend_block(const AttentionHead<Element>& head, std::int64_t at,
                                 std::int64_t count, const Workspace& w) {
  const std::int64_t first = head.first_query + at;
  const std::int64_t seen_by_all = head.causal ? first + count : head.length;
  const std::int64_t width = padded(seen_by_all);
  pack_queries(head, at, count, w);
  for (std::int64_t column = 0; column < width; column += kColumns) {
    const Tile tile =
        tile_product(w.queries, head.head_width, w.keys + column, w.key_stride, head.head_width);
    for (std::int64_t row = 0; row < kQueryRows; ++row) {
      store(w.weights + row * w.key_stride + column, tile.left[row]);
      store(w.weights + row * w.key_stride + column + kLanes, tile.right[row]);
    }
  }
  for (std::int64_t row = 0; row < kQueryRows; ++row)
    softmax(w.weights + row * w.key_stride,
            head.causal ? first + std::min(row, count - 1) + 1 : head.length, width);
  for (std::int64_t column = 0; column < head.head_width; column += kColumns)
    write_rows(
        head, at, count, column,
        tile_product(w.weights, w.key_stride, w.values + column, w.value_stride, seen_by_all));
}

template <typename Element>
SKYGLOT_INLINE void attend_head(const AttentionHead<Element>& head, float* scratch) {
  const Workspace w = divide(scratch, head.length, head.head_width);
  pack_keys_and_values(head, w);
  for (std::int64_t at = 0; at < head.queries; at += kQueryRows)
    attend_block(head, at, std::min(kQueryRows, head.queries - at), w);
}

// One row of a patch: `patch` interleaved pixels to three runs of floats, patch * patch apart.
SKYGLOT_INLINE void split_pixels(const PatchPass& pass, const std::uint8_t* from, float* to) {
  const std::int64_t plane = pass.patch * pass.patch;
  for (std::int64_t x = 0; x < pass.patch; ++x)
    for (std::int64_t c = 0; c < 3; ++c)
      to[c * plane + x] = static_cast<float>(from[x * 3 + c]) * pass.scale[c] + pass.offset[c];
}

}  // namespace

SKYGLOT_CLONES void add_and_normalise(const NormPass& pass, const float* added, float* out) {
  add_and_normalise_rows(pass, added, out);
}

SKYGLOT_CLONES void add_and_normalise(const NormPass& pass, const BFloat16* added, BFloat16* out) {
  add_and_normalise_rows(pass, added, out);
}

SKYGLOT_CLONES void bias_gelu(Gelu kind, const float* bias, std::int64_t rows, std::int64_t width,
                              float* values) {
  bias_gelu_rows(kind, bias, rows, width, values);
}

SKYGLOT_CLONES void bias_gelu(Gelu kind, const float* bias, std::int64_t rows, std::int64_t width,
                              BFloat16* values) {
  bias_gelu_rows(kind, bias, rows, width, values);
}

std::int64_t attention_scratch(std::int64_t length, std::int64_t head_width) {
  return head_width * padded(length) + length * padded(head_width) + kQueryRows * head_width +
         kQueryRows * padded(length);
}

SKYGLOT_CLONES void attend(const AttentionHead<float>& head, float* scratch) {
  attend_head(head, scratch);
}

SKYGLOT_CLONES void attend(const AttentionHead<BFloat16>& head, float* scratch) {
  attend_head(head, scratch);
}

SKYGLOT_CLONES void cut_patches(const PatchPass& pass, float* out) {
  const std::int64_t stride = pass.grid_width * pass.patch * 3;
  const std::int64_t plane = pass.patch * pass.patch;
  for (std::int64_t gy = 0; gy < pass.grid_height; ++gy)
    for (std::int64_t gx = 0; gx < pass.grid_width; ++gx, out += 3 * plane)
      for (std::int64_t y = 0; y < pass.patch; ++y)
        split_pixels(pass, pass.pixels + (gy * pass.patch + y) * stride + gx * pass.patch * 3,
                     out + y * pass.patch);
}

}  // namespace skyglot::kernels
