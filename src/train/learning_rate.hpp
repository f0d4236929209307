// SPDX-License-Identifier: Apache-2.0
// How the learning rate goes over a training.
#pragma once

#include <cstdint>

namespace skyglot {

struct RateSchedule {
  double rate = 1e-5;        ///< at its height
  std::int64_t warm_up = 0;  ///< steps
  std::int64_t steps = 1;    ///< in all
};

/// Of step 0, 1, ...: rate * (step + 1) / warm_up while warming up, then a cosine to zero:
/// rate / 2 * (1 + cos(pi (step - warm_up) / (steps - warm_up))). As open_clip has it.
[[nodiscard]] double rate_at(const RateSchedule& schedule, std::int64_t step);

}  // namespace skyglot
