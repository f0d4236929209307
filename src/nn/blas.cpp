// SPDX-License-Identifier: Apache-2.0
#include "nn/blas.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <string_view>
#include <unistd.h>

namespace skyglot {
namespace {

// For what has neither AVX2 nor AVX-512.
constexpr std::array<std::string_view, 12> kOldCores{
    "Prescott", "Generic", "Core2",  "Penryn", "Dunnington", "Atom",
    "Nehalem",  "Katmai",  "Banias", "Athlon", "Opteron",    "Northwood"};

template <typename Function>
Function found(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

std::string called(const char* function) {
  auto* const call = found<char* (*)()>(function);
  const char* const text = call == nullptr ? nullptr : call();
  return text == nullptr ? "" : text;
}

std::string file_of(void* symbol) {
  Dl_info info{};
  if (symbol == nullptr || dladdr(symbol, &info) == 0 || info.dli_fname == nullptr) return "";
  std::error_code ignored;
  return std::filesystem::canonical(info.dli_fname, ignored).string();
}

// "OpenBLAS 0.3.21 NO_LAPACK ..." to its first two words.
std::string two_words(const std::string& text) {
  const std::size_t blank = text.find(' ');
  return text.substr(0, blank == std::string::npos ? blank : text.find(' ', blank + 1));
}

}  // namespace

Blas loaded_blas() {
  void* const symbol = dlsym(RTLD_DEFAULT, "sgemm_");
  if (symbol == nullptr) return {};
  const std::string config = called("openblas_get_config");
  const std::string name = config.empty()
                               ? std::filesystem::path(file_of(symbol)).filename().string()
                               : two_words(config) + " (" + called("openblas_get_corename") + ")";
  return {name, reinterpret_cast<decltype(Blas::multiply)>(symbol),
          found<decltype(Blas::threads)>("openblas_get_num_threads"),
          found<decltype(Blas::set_threads)>("openblas_set_num_threads")};
}

void multiply_with(const Blas& blas, const MatrixView& a, const MatrixView& b, float* out) {
  // In columns, as Fortran counts, out^T = b a^T.
  const int rows = static_cast<int>(b.rows);
  const int columns = static_cast<int>(a.rows);
  const int depth = static_cast<int>(a.columns);
  const int b_step = static_cast<int>(b.row_step);
  const int a_step = static_cast<int>(a.row_step);
  const float one = 1;
  const float none = 0;
  blas.multiply("T", "N", &rows, &columns, &depth, &one, b.values, &b_step, a.values, &a_step,
                &none, out, &rows);
}

bool is_reference_blas() {
  return file_of(dlsym(RTLD_DEFAULT, "sgemm_")).find("/blas/libblas.so") != std::string::npos;
}

std::string better_openblas_core() {
  const char* const set = std::getenv("OPENBLAS_CORETYPE");
  const std::string core = called("openblas_get_corename");
  if (set != nullptr || std::ranges::find(kOldCores, core) == kOldCores.end()) return "";
#if defined(__x86_64__)
  // Its AVX-512 kernels are tried on Intel's processors; others take those for AVX2.
  if (__builtin_cpu_is("intel") && float_kernels().front() == &kAvx512Kernel) return "SKYLAKEX";
  if (float_kernels().size() > 1) return "HASWELL";
#endif
  return "";
}

void restart_with_better_core(char** arguments) {
  const std::string core = better_openblas_core();
  if (core.empty() || setenv("OPENBLAS_CORETYPE", core.c_str(), 1) != 0) return;
  execv("/proc/self/exe", arguments);  // comes back where that fails: slower, no worse
}

}  // namespace skyglot
