// SPDX-License-Identifier: Apache-2.0
#include "base/half.hpp"

#include <fp16.h>

#include <bit>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace skyglot {
namespace {

static_assert(std::endian::native == std::endian::little, "files are read as they lie");

constexpr std::size_t kHalfSize = sizeof(std::uint16_t);

#if defined(__x86_64__)
constexpr std::size_t kLanes = 8;

// Every processor with AVX2 has F16C, and older compilers know the former's name alone.
bool has_instruction() noexcept {
  static const bool has = __builtin_cpu_supports("avx2") != 0;
  return has;
}

// Both return how many were done, in whole groups of lanes.
__attribute__((target("avx,f16c"))) std::size_t widen_groups(const std::byte* halves, float* values,
                                                             std::size_t count) noexcept {
  const std::size_t whole = count / kLanes * kLanes;
  for (std::size_t i = 0; i < whole; i += kLanes) {
    const __m128i group = _mm_loadu_si128(reinterpret_cast<const __m128i*>(halves + kHalfSize * i));
    _mm256_storeu_ps(values + i, _mm256_cvtph_ps(group));
  }
  return whole;
}

__attribute__((target("avx,f16c"))) std::size_t narrow_groups(const float* values, char* halves,
                                                              std::size_t count) noexcept {
  const std::size_t whole = count / kLanes * kLanes;
  for (std::size_t i = 0; i < whole; i += kLanes)
    _mm_storeu_si128(reinterpret_cast<__m128i*>(halves + kHalfSize * i),
                     _mm256_cvtps_ph(_mm256_loadu_ps(values + i),
                                     _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
  return whole;
}
#else
bool has_instruction() noexcept {
  return false;
}
std::size_t widen_groups(const std::byte*, float*, std::size_t) noexcept {
  return 0;
}
std::size_t narrow_groups(const float*, char*, std::size_t) noexcept {
  return 0;
}
#endif

}  // namespace

float from_half(std::uint16_t half) noexcept {
  return fp16_ieee_to_fp32_value(half);
}

std::uint16_t to_half(float value) noexcept {
  return fp16_ieee_from_fp32_value(value);
}

void widen_halves(std::span<const std::byte> halves, std::span<float> values) noexcept {
  std::size_t done =
      has_instruction() ? widen_groups(halves.data(), values.data(), values.size()) : 0;
  for (; done < values.size(); ++done) {
    std::uint16_t half = 0;
    std::memcpy(&half, halves.data() + kHalfSize * done, kHalfSize);
    values[done] = from_half(half);
  }
}

std::string half_bytes(std::span<const float> values) {
  std::string bytes(kHalfSize * values.size(), '\0');
  std::size_t done =
      has_instruction() ? narrow_groups(values.data(), bytes.data(), values.size()) : 0;
  for (; done < values.size(); ++done) {
    const std::uint16_t half = to_half(values[done]);
    std::memcpy(bytes.data() + kHalfSize * done, &half, kHalfSize);
  }
  return bytes;
}

}  // namespace skyglot
