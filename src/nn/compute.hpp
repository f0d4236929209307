// SPDX-License-Identifier: Apache-2.0
// Where and how a model computes.
#pragma once

#include <string>

namespace skyglot {

enum class Device { cpu, cuda };
enum class Precision { fp32, bf16 };

struct ComputeOptions {
  Device device = Device::cpu;
  Precision precision = Precision::fp32;
  int threads = 0;  ///< 0: one per processor
};

[[nodiscard]] std::string to_string(Device device);
[[nodiscard]] std::string to_string(Precision precision);
/// Throw Error(usage) naming the words there are.
[[nodiscard]] Device parse_device(const std::string& word);
[[nodiscard]] Precision parse_precision(const std::string& word);

/// Sets the thread count and warns once on stderr when matrix products run on reference BLAS.
/// Throws Error(input) with the remedy if the device is not there.
void prepare_compute(const ComputeOptions& options);

}  // namespace skyglot
