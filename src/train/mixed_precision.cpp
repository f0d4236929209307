// SPDX-License-Identifier: Apache-2.0
#include "train/mixed_precision.hpp"

#include <ATen/autocast_mode.h>

namespace skyglot {
namespace {

// Versions before 2.4 have a switch for each device.
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
void switch_autocast(torch::DeviceType device, bool on) {
  at::autocast::set_autocast_enabled(device, on);
  at::autocast::set_autocast_dtype(device, torch::kBFloat16);
}
#else
void switch_autocast(torch::DeviceType device, bool on) {
  if (device == torch::kCUDA) {
    at::autocast::set_enabled(on);
    at::autocast::set_autocast_gpu_dtype(torch::kBFloat16);
  } else {
    at::autocast::set_cpu_enabled(on);
    at::autocast::set_autocast_cpu_dtype(torch::kBFloat16);
  }
}
#endif

}  // namespace

MixedPrecision::MixedPrecision(Precision precision, torch::Device device)
    : on_(precision == Precision::bf16), device_(device.type()) {
  if (on_) switch_autocast(device_, true);
}

MixedPrecision::~MixedPrecision() {
  if (!on_) return;
  switch_autocast(device_, false);
  // Weights rounded for this pass are others after the next step.
  at::autocast::clear_cache();
}

}  // namespace skyglot
