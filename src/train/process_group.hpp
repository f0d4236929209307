// SPDX-License-Identifier: Apache-2.0
// Processes that train one model together.
#pragma once

#include "nn/parameters.hpp"

#include <torch/torch.h>

#include <string>
#include <vector>

namespace skyglot {

/// What the processes of a training exchange. All calls are made by all processes in one order.
class ProcessGroup {
 public:
  virtual ~ProcessGroup() = default;
  [[nodiscard]] virtual int rank() const = 0;
  [[nodiscard]] virtual int world() const = 0;
  /// The rows of all processes, in the order of their ranks; every process has as many.
  [[nodiscard]] virtual torch::Tensor gather_rows(const torch::Tensor& rows) = 0;
  /// Sums the gradients of all processes, in place.
  virtual void sum_gradients(const Parameters& parameters) = 0;
  /// One number of each process, in the order of their ranks.
  [[nodiscard]] virtual std::vector<std::int64_t> gather_numbers(std::int64_t number) = 0;
};

}  // namespace skyglot
