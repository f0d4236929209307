// SPDX-License-Identifier: Apache-2.0
#include "scores/binomial.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

double log_choose(double n, double k) {
  return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
}

// A run of outcomes with their probabilities, grown by its likelier neighbour.
class Outcomes {
 public:
  Outcomes(std::int64_t count, double share)
      : n_(static_cast<double>(count)), odds_(share / (1 - share)) {
    low_ = high_ = std::min(std::floor((n_ + 1) * share), n_);
    below_ = above_ =
        std::exp(log_choose(n_, low_) + low_ * std::log(share) + (n_ - low_) * std::log1p(-share));
  }

  [[nodiscard]] double mode() const { return high_; }
  [[nodiscard]] double probability_of_mode() const { return above_; }
  [[nodiscard]] bool complete() const { return !(next_below() > 0) && !(next_above() > 0); }

  /// Takes the likelier outcome beside those taken; `probability` becomes its own.
  double take(double& probability) {
    if (next_above() >= next_below()) {
      probability = above_ = next_above();
      return ++high_;
    }
    probability = below_ = next_below();
    return --low_;
  }

 private:
  [[nodiscard]] double next_above() const {
    return high_ < n_ ? above_ * odds_ * (n_ - high_) / (high_ + 1) : 0;
  }
  [[nodiscard]] double next_below() const {
    return low_ > 0 ? below_ * low_ / (odds_ * (n_ - low_ + 1)) : 0;
  }

  double n_;
  double odds_;
  double low_ = 0;
  double high_ = 0;
  double below_ = 0;  // probabilities of low_ and high_
  double above_ = 0;
};

}  // namespace

std::int64_t draw_binomial(RandomStream& random, std::int64_t count, double share) {
  double left = random.uniform();
  if (count == 0 || share <= 0) return 0;
  if (share >= 1) return count;
  Outcomes outcomes(count, share);
  double probability = outcomes.probability_of_mode();
  double outcome = outcomes.mode();
  while (left >= probability && !outcomes.complete()) {
    left -= probability;
    outcome = outcomes.take(probability);
  }
  return static_cast<std::int64_t>(outcome);
}

}  // namespace skyglot
