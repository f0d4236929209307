// SPDX-License-Identifier: Apache-2.0
#include "nn/compute.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/pipeline.hpp"
#include "base/words.hpp"
#include "nn/blas.hpp"
#include "nn/product_choice.hpp"

#include <torch/torch.h>

#include <array>
#include <string_view>

namespace skyglot {
namespace {

constexpr std::array<std::string_view, 2> kDevices{"cpu", "cuda"};
constexpr std::array<std::string_view, 2> kPrecisions{"fp32", "bf16"};

void warn_of_reference_blas() {
  static const bool once = [] {
    if (is_reference_blas())
      log_warning(
          "libtorch's matrix products run on reference BLAS, many times slower than they could: "
          "install libopenblas0-openmp");
    return true;
  }();
  static_cast<void>(once);
}

void warn_of_rounding() {
  static const bool once = [] {
    log_warning(
        "this processor has no bf16 products, or slower ones than fp32's: the weights are rounded "
        "to bf16 and multiplied in fp32, at the speed of fp32");
    return true;
  }();
  static_cast<void>(once);
}

}  // namespace

std::string to_string(Device device) {
  return word_of(device, kDevices);
}

std::string to_string(Precision precision) {
  return word_of(precision, kPrecisions);
}

std::string computed_as(const ComputeOptions& options) {
  std::string asked = to_string(options.precision);
  if (options.precision == Precision::fp32 || options.device == Device::cuda ||
      product_choice().bfloat16 != nullptr)
    return asked;
  return "fp32 with weights rounded to bf16";
}

std::string computed_with(const ComputeOptions& options) {
  if (options.device == Device::cuda) return "libtorch";
  const ProductChoice& choice = product_choice();
  const bool narrow = options.precision == Precision::bf16 && choice.bfloat16 != nullptr;
  return narrow ? choice.bfloat16->name : choice.floats->name;
}

Device parse_device(const std::string& word) {
  return value_of<Device>(word, kDevices, "device");
}

Precision parse_precision(const std::string& word) {
  return value_of<Precision>(word, kPrecisions, "precision");
}

ComputeContext::ComputeContext(const ComputeOptions& options)
    : options_(options), threads_(thread_count(options.threads)) {
  if (options.device == Device::cuda && !torch::cuda::is_available())
    fail(ErrorKind::input,
         "--device cuda: this libtorch finds no CUDA device; use --device cpu, or build against a "
         "libtorch with CUDA (docs/install.md)");
  if (options.device == Device::cuda) return;
  warn_of_reference_blas();
  if (computed_as(options) != to_string(options.precision)) warn_of_rounding();
}

const ProductChoice& ComputeContext::products() const {
  return product_choice();
}

ComputeThreads ComputeContext::use() const {
  if (torch::get_num_threads() != threads_) torch::set_num_threads(threads_);
  return ComputeThreads(threads_);
}

std::shared_ptr<const ComputeContext> compute_context(const ComputeOptions& options) {
  return std::make_shared<const ComputeContext>(options);
}

}  // namespace skyglot
