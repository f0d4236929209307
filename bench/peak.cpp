// SPDX-License-Identifier: Apache-2.0
#include "peak.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace skyglot::bench {
namespace {

constexpr int kSteps = 200'000;
constexpr int kChains = 12;  // sums in flight: more than the units' latency calls for

volatile float some_float = 0.999F;
volatile float sink = 0;

#if defined(__x86_64__)

[[gnu::target("avx512f")]] void run_512() {
  const __m512 factor = _mm512_set1_ps(some_float);
  __m512 sums[kChains];
  for (__m512& sum : sums) sum = factor;
  for (int i = 0; i < kSteps; ++i)
#pragma GCC unroll 12
    for (__m512& sum : sums) sum = _mm512_fmadd_ps(sum, factor, factor);
  for (const __m512& sum : sums) sink = sink + _mm512_cvtss_f32(sum);
}

[[gnu::target("avx512f,avx512bf16")]] void run_512_pairs() {
  const auto factor = reinterpret_cast<__m512bh>(_mm512_set1_epi32(0x3f803f80));
  __m512 sums[kChains];
  for (__m512& sum : sums) sum = _mm512_set1_ps(some_float);
  for (int i = 0; i < kSteps; ++i)
#pragma GCC unroll 12
    for (__m512& sum : sums) sum = _mm512_dpbf16_ps(sum, factor, factor);
  for (const __m512& sum : sums) sink = sink + _mm512_cvtss_f32(sum);
}

[[gnu::target("avx2,fma")]] void run_256() {
  const __m256 factor = _mm256_set1_ps(some_float);
  __m256 sums[kChains];
  for (__m256& sum : sums) sum = factor;
  for (int i = 0; i < kSteps; ++i)
#pragma GCC unroll 12
    for (__m256& sum : sums) sum = _mm256_fmadd_ps(sum, factor, factor);
  for (const __m256& sum : sums) sink = sink + _mm256_cvtss_f32(sum);
}

#endif

void run_128() {
  using Floats [[gnu::vector_size(16)]] = float;
  const float one = some_float;
  const Floats factor{one, one, one, one};
  Floats sums[kChains];
  for (Floats& sum : sums) sum = factor;
  for (int i = 0; i < kSteps; ++i)
#pragma GCC unroll 12
    for (Floats& sum : sums) sum = sum * factor + factor;
  for (const Floats& sum : sums) sink = sink + sum[0];
}

MultiplyAdds of(void (*run)(), int products) {
  return {run, 2.0 * products * kSteps * kChains};
}

}  // namespace

MultiplyAdds peak_multiply_adds(bool bfloat16) {
#if defined(__x86_64__)
  if (bfloat16 && __builtin_cpu_supports("avx512bf16")) return of(run_512_pairs, 32);
  if (__builtin_cpu_supports("avx512f")) return of(run_512, 16);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return of(run_256, 8);
#endif
  return of(run_128, 4);
}

}  // namespace skyglot::bench
