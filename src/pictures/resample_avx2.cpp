// SPDX-License-Identifier: Apache-2.0
// Weights of 23 bits do not fit the 16-bit multiply-add, so each is split into high * 2^12 + low
// and both sums are kept; all arithmetic is exact (modulo 2^32, and the whole sum fits), so the
// result is the portable one.
#include "pictures/resample_kernels.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#if defined(__x86_64__)

#include <immintrin.h>

#define SKYGLOT_AVX2 __attribute__((target("avx2")))

namespace skyglot {
namespace {

constexpr int kLowBits = 12;
constexpr int kRowsAtOnce = 4;
constexpr int kBlock = 32;

struct SplitWeight {
  std::int16_t high;
  std::int16_t low;
};

SplitWeight halves_of(std::int32_t weight) {
  const std::int32_t high = (weight + (1 << (kLowBits - 1))) >> kLowBits;
  return {static_cast<std::int16_t>(high), static_cast<std::int16_t>(weight - (high << kLowBits))};
}

// Weights of four source pixels, each pair repeated for the four places of a lane (R, G, B,
// nothing).
struct alignas(32) PixelWeights {
  std::array<std::int16_t, 16> high;
  std::array<std::int16_t, 16> low;
};

struct PixelTaps {
  explicit PixelTaps(const FilterTaps& taps);

  const std::vector<int>& first;
  std::vector<int> groups;            // of four source pixels, for each position
  int reach = 0;                      // bytes of a row that the loads touch
  std::vector<PixelWeights> weights;  // of all groups in turn
};

PixelWeights four_weights(const std::int32_t* weights, int count) {
  PixelWeights result{};
  for (std::size_t i = 0; i < 16; ++i) {
    const auto k = static_cast<int>(i / 8 * 2 + i % 2);
    const SplitWeight parts = k < count ? halves_of(weights[k]) : SplitWeight{0, 0};
    result.high[i] = parts.high;
    result.low[i] = parts.low;
  }
  return result;
}

PixelTaps::PixelTaps(const FilterTaps& taps) : first(taps.first) {
  groups.reserve(first.size());
  weights.reserve(first.size() * static_cast<std::size_t>((taps.stride + 3) / 4));
  for (int x = 0; x < taps.positions(); ++x) {
    groups.push_back((taps.count[x] + 3) / 4);
    for (int k = 0; k < taps.count[x]; k += 4)
      weights.push_back(four_weights(taps.weights_of(x) + k, taps.count[x] - k));
    reach = std::max(reach, 3 * first[x] + 12 * groups.back() + 4);
  }
}

struct Sums {
  __m256i high;
  __m256i low;
};

SKYGLOT_AVX2 inline void add_four_pixels(const std::uint8_t* pixels, __m256i high, __m256i low,
                                         Sums& sums) {
  // Bytes of pixels 0 and 1 in the first lane, 2 and 3 in the second, as 16-bit pairs by channel.
  const __m256i pairs =
      _mm256_setr_epi8(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1, 6, -1, 9, -1, 7,
                       -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(pixels));
  const __m256i words = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), pairs);
  sums.high = _mm256_add_epi32(sums.high, _mm256_madd_epi16(words, high));
  sums.low = _mm256_add_epi32(sums.low, _mm256_madd_epi16(words, low));
}

SKYGLOT_AVX2 inline __m256i joined(const Sums& sums) {
  return _mm256_add_epi32(_mm256_slli_epi32(sums.high, kLowBits), sums.low);
}

// The pixels of two rows, one in each lane.
SKYGLOT_AVX2 inline __m256i two_pixels(const Sums& first, const Sums& second) {
  const __m256i a = joined(first);
  const __m256i b = joined(second);
  const __m256i sum = _mm256_add_epi32(_mm256_permute2x128_si256(a, b, 0x20),
                                       _mm256_permute2x128_si256(a, b, 0x31));
  return _mm256_srai_epi32(sum, FilterTaps::kPrecisionBits);
}

inline void store_pixel(std::uint8_t* to, int pixel) {
  std::memcpy(to, &pixel, sizeof pixel);
}

using FourRows = std::array<const std::uint8_t*, kRowsAtOnce>;
using FourResults = std::array<std::uint8_t*, kRowsAtOnce>;

// Each store writes one byte too many, which the next one or the padding takes.
SKYGLOT_AVX2 void resample_four_rows(const FourRows& rows, const PixelTaps& taps,
                                     const FourResults& results) {
  const __m256i zero = _mm256_setzero_si256();
  // For rounding; only one lane of each sum gets it.
  const __m256i half =
      _mm256_inserti128_si256(zero, _mm_set1_epi32(1 << (FilterTaps::kPrecisionBits - 1)), 0);
  const PixelWeights* weights = taps.weights.data();
  const std::size_t positions = taps.first.size();
  for (std::size_t x = 0; x < positions; ++x) {
    Sums a{zero, half};
    Sums b{zero, half};
    Sums c{zero, half};
    Sums d{zero, half};
    std::ptrdiff_t at = 3 * static_cast<std::ptrdiff_t>(taps.first[x]);
    for (int group = taps.groups[x]; group > 0; --group, at += 12, ++weights) {
      const __m256i high = _mm256_load_si256(reinterpret_cast<const __m256i*>(&weights->high));
      const __m256i low = _mm256_load_si256(reinterpret_cast<const __m256i*>(&weights->low));
      add_four_pixels(rows[0] + at, high, low, a);
      add_four_pixels(rows[1] + at, high, low, b);
      add_four_pixels(rows[2] + at, high, low, c);
      add_four_pixels(rows[3] + at, high, low, d);
    }
    const __m256i words = _mm256_packs_epi32(two_pixels(a, b), two_pixels(c, d));
    const __m256i bytes = _mm256_packus_epi16(words, words);
    const __m128i ac = _mm256_castsi256_si128(bytes);
    const __m128i bd = _mm256_extracti128_si256(bytes, 1);
    store_pixel(results[0] + 3 * x, _mm_cvtsi128_si32(ac));
    store_pixel(results[1] + 3 * x, _mm_cvtsi128_si32(bd));
    store_pixel(results[2] + 3 * x, _mm_extract_epi32(ac, 1));
    store_pixel(results[3] + 3 * x, _mm_extract_epi32(bd, 1));
  }
}

// Rows near the end of the memory are copied to where wide loads may read on.
class ReadableRows {
 public:
  ReadableRows(const ByteRows& source, int reach)
      : source_(source), reach_(static_cast<std::size_t>(reach)), copies_(reach, kRowsAtOnce) {}

  [[nodiscard]] const std::uint8_t* row(int y) {
    const auto begin = static_cast<std::size_t>(y * source_.stride);
    if (begin + reach_ <= source_.bytes) return source_.row(y);
    std::uint8_t* copy = copies_.row(y % kRowsAtOnce);
    std::copy_n(source_.row(y), std::min(reach_, source_.bytes - begin), copy);
    return copy;
  }

 private:
  const ByteRows& source_;
  std::size_t reach_;
  PaddedRows copies_;
};

struct alignas(4) WeightPair {
  std::int32_t high;
  std::int32_t low;
};

WeightPair pair_of(std::int32_t first, std::int32_t second) {
  const auto packed = [](std::int16_t a, std::int16_t b) {
    return static_cast<std::int32_t>(
        static_cast<std::uint16_t>(a) |
        (static_cast<std::uint32_t>(static_cast<std::uint16_t>(b)) << 16));
  };
  const SplitWeight a = halves_of(first);
  const SplitWeight b = halves_of(second);
  return {packed(a.high, b.high), packed(a.low, b.low)};
}

SKYGLOT_AVX2 inline void add_words(__m256i words, __m256i high, __m256i low, Sums& sums) {
  sums.high = _mm256_add_epi32(sums.high, _mm256_madd_epi16(words, high));
  sums.low = _mm256_add_epi32(sums.low, _mm256_madd_epi16(words, low));
}

SKYGLOT_AVX2 inline __m256i rounded(const Sums& sums) {
  const __m256i half = _mm256_set1_epi32(1 << (FilterTaps::kPrecisionBits - 1));
  return _mm256_srai_epi32(_mm256_add_epi32(joined(sums), half), FilterTaps::kPrecisionBits);
}

// One result of `kBlock` neighbouring columns.
SKYGLOT_AVX2 void resample_block(const std::uint8_t* rows, std::ptrdiff_t stride, int count,
                                 const WeightPair* weights, std::uint8_t* result) {
  const __m256i zero = _mm256_setzero_si256();
  std::array<Sums, 4> sums{{{zero, zero}, {zero, zero}, {zero, zero}, {zero, zero}}};
  for (int k = 0; k < count; k += 2, ++weights) {
    const std::uint8_t* row = rows + k * stride;
    const std::uint8_t* next = k + 1 < count ? row + stride : row;  // its weight is then zero
    const __m256i a = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(row));
    const __m256i b = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(next));
    const __m256i high = _mm256_set1_epi32(weights->high);
    const __m256i low = _mm256_set1_epi32(weights->low);
    const __m256i left = _mm256_unpacklo_epi8(a, b);
    const __m256i right = _mm256_unpackhi_epi8(a, b);
    add_words(_mm256_unpacklo_epi8(left, zero), high, low, sums[0]);
    add_words(_mm256_unpackhi_epi8(left, zero), high, low, sums[1]);
    add_words(_mm256_unpacklo_epi8(right, zero), high, low, sums[2]);
    add_words(_mm256_unpackhi_epi8(right, zero), high, low, sums[3]);
  }
  const __m256i left = _mm256_packs_epi32(rounded(sums[0]), rounded(sums[1]));
  const __m256i right = _mm256_packs_epi32(rounded(sums[2]), rounded(sums[3]));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(result), _mm256_packus_epi16(left, right));
}

void find_pairs(const FilterTaps& taps, int y, std::vector<WeightPair>& pairs) {
  pairs.clear();
  const std::int32_t* weights = taps.weights_of(y);
  for (int k = 0; k < taps.count[y]; k += 2)
    pairs.push_back(pair_of(weights[k], k + 1 < taps.count[y] ? weights[k + 1] : 0));
}

}  // namespace

void resample_rows_avx2(const ByteRows& source, const FilterTaps& taps, PaddedRows& result) {
  const PixelTaps pixel_taps(taps);
  ReadableRows readable(source, pixel_taps.reach);
  for (int y = 0; y < source.rows; y += kRowsAtOnce) {
    FourRows rows{};
    FourResults results{};
    for (int i = 0; i < kRowsAtOnce; ++i) {
      // A last group that is not whole works on its last row again.
      const int at = std::min(y + i, source.rows - 1);
      rows[static_cast<std::size_t>(i)] = readable.row(at);
      results[static_cast<std::size_t>(i)] = result.row(at);
    }
    resample_four_rows(rows, pixel_taps, results);
  }
}

void resample_columns_avx2(const ByteRows& source, int row_bytes, const FilterTaps& taps,
                           std::uint8_t* result) {
  std::vector<WeightPair> weights;
  for (int y = 0; y < taps.positions(); ++y, result += row_bytes) {
    find_pairs(taps, y, weights);
    const std::uint8_t* rows = source.row(taps.first[y]);
    // The last block overlaps the one before it.
    for (int at = 0; at < row_bytes; at += kBlock) {
      const int from = std::min(at, row_bytes - kBlock);
      resample_block(rows + from, source.stride, taps.count[y], weights.data(), result + from);
    }
  }
}

}  // namespace skyglot

#else

#include "base/error.hpp"

namespace skyglot {

void resample_rows_avx2(const ByteRows&, const FilterTaps&, PaddedRows&) {
  expect(false, "AVX2 on another kind of processor");
}

void resample_columns_avx2(const ByteRows&, int, const FilterTaps&, std::uint8_t*) {
  expect(false, "AVX2 on another kind of processor");
}

}  // namespace skyglot

#endif
