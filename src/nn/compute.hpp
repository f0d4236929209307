// SPDX-License-Identifier: Apache-2.0
// Where and how a model computes.
#pragma once

#include "nn/threads.hpp"

#include <memory>
#include <string>

namespace skyglot {

struct ProductChoice;

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

/// What the products really are: "fp32", "bf16", or, for bf16 on a CPU without such products, "fp32
/// with weights rounded to bf16".
[[nodiscard]] std::string computed_as(const ComputeOptions& options);
/// The kernel that makes them, e.g. "avx512"; on a GPU "libtorch".
[[nodiscard]] std::string computed_with(const ComputeOptions& options);

/// What the encoders of a process compute on and share: device, precision, threads and the kernels
/// of the matrix products.
class ComputeContext {
 public:
  /// Warns once on stderr when libtorch's products run on reference BLAS, or when bf16 is not what
  /// its name says. Throws Error(input) with the remedy if the device is not there.
  explicit ComputeContext(const ComputeOptions& options);

  [[nodiscard]] const ComputeOptions& options() const { return options_; }
  [[nodiscard]] bool on_cpu() const { return options_.device == Device::cpu; }
  /// At least 1.
  [[nodiscard]] int threads() const { return threads_; }
  /// What multiplies on this processor.
  [[nodiscard]] const ProductChoice& products() const;
  /// Gives the calling thread the context's threads while the result lives.
  [[nodiscard]] ComputeThreads use() const;

 private:
  ComputeOptions options_;
  int threads_;
};

/// A context to be shared.
[[nodiscard]] std::shared_ptr<const ComputeContext> compute_context(const ComputeOptions& options);

}  // namespace skyglot
