// SPDX-License-Identifier: Apache-2.0
// What commands that compute with a model share: where, how exactly, on how many threads.
#pragma once

#include "nn/compute.hpp"

#include <CLI/CLI.hpp>

#include <string>

namespace skyglot {

/// --device and --precision.
struct ComputeChoice {
  std::string device = "cpu";
  std::string precision = "fp32";

  void add_to(CLI::App& app) {
    app.add_option("--device", device, "cpu or cuda")->capture_default_str();
    app.add_option("--precision", precision, "fp32 or bf16")->capture_default_str();
  }
  /// Throws Error(usage) naming the words there are.
  [[nodiscard]] ComputeOptions options(int threads) const {
    return {parse_device(device), parse_precision(precision), threads};
  }
};

}  // namespace skyglot
