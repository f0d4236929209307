// SPDX-License-Identifier: Apache-2.0
#include "train/learning_rate.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace skyglot {

double rate_at(const RateSchedule& schedule, std::int64_t step) {
  if (step < schedule.warm_up)
    return schedule.rate * static_cast<double>(step + 1) / static_cast<double>(schedule.warm_up);
  const auto span =
      static_cast<double>(std::max<std::int64_t>(1, schedule.steps - schedule.warm_up));
  const double share = std::min(1.0, static_cast<double>(step - schedule.warm_up) / span);
  return schedule.rate / 2 * (1 + std::cos(std::numbers::pi * share));
}

}  // namespace skyglot
