// SPDX-License-Identifier: Apache-2.0
#include "nn/compute.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/pipeline.hpp"
#include "base/words.hpp"
#include "nn/threads.hpp"

#include <torch/torch.h>

#include <array>
#include <dlfcn.h>
#include <filesystem>
#include <string_view>

namespace skyglot {
namespace {

constexpr std::array<std::string_view, 2> kDevices{"cpu", "cuda"};
constexpr std::array<std::string_view, 2> kPrecisions{"fp32", "bf16"};

// The file that sgemm_ comes from, or nothing where libtorch brings its own products.
std::string blas_library() {
  void* symbol = dlsym(RTLD_DEFAULT, "sgemm_");
  Dl_info info{};
  if (symbol == nullptr || dladdr(symbol, &info) == 0 || info.dli_fname == nullptr) return "";
  std::error_code ignored;
  return std::filesystem::canonical(info.dli_fname, ignored).string();
}

// Debian's reference BLAS lies in a folder named "blas"; it is fifty times slower than OpenBLAS.
void warn_of_reference_blas() {
  static const bool once = [] {
    if (blas_library().find("/blas/libblas.so") != std::string::npos)
      log_warning(
          "matrix products run on reference BLAS, many times slower than they could: "
          "install libopenblas0-openmp");
    return true;
  }();
  static_cast<void>(once);
}

// Passes run side by side, each on one thread (passes.hpp). OpenBLAS built on OpenMP sees that;
// built on threads of its own, it would put all of them under every pass.
void keep_products_on_their_thread() {
  constexpr int kOwnThreads = 1;
  auto* const kind = reinterpret_cast<int (*)()>(dlsym(RTLD_DEFAULT, "openblas_get_parallel"));
  auto* const set =
      reinterpret_cast<void (*)(int)>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  if (kind != nullptr && set != nullptr && kind() == kOwnThreads) set(1);
}

}  // namespace

std::string to_string(Device device) {
  return word_of(device, kDevices);
}

std::string to_string(Precision precision) {
  return word_of(precision, kPrecisions);
}

Device parse_device(const std::string& word) {
  return value_of<Device>(word, kDevices, "device");
}

Precision parse_precision(const std::string& word) {
  return value_of<Precision>(word, kPrecisions, "precision");
}

void prepare_compute(const ComputeOptions& options) {
  if (options.device == Device::cuda && !torch::cuda::is_available())
    fail(ErrorKind::input,
         "--device cuda: this libtorch finds no CUDA device; use --device cpu, or build against a "
         "libtorch with CUDA (docs/install.md)");
  torch::set_num_threads(thread_count(options.threads));
  set_compute_threads(thread_count(options.threads));
  if (options.device == Device::cuda) return;
  warn_of_reference_blas();
  keep_products_on_their_thread();
}

}  // namespace skyglot
