// SPDX-License-Identifier: Apache-2.0
#include "scores/linkage.hpp"

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>

namespace skyglot {
namespace {

double euclidean(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t d = 0; d < a.size(); ++d) {
    const double difference = double{a[d]} - double{b[d]};
    sum += difference * difference;
  }
  return std::sqrt(sum);
}

// Mean distances of the groups that are left; `group` says for each row which one it is in, named
// by its first row.
class Groups {
 public:
  explicit Groups(const Matrix& rows) : count_(static_cast<std::size_t>(rows.rows)) {
    distance_.resize(count_ * count_);
    for (std::size_t i = 0; i < count_; ++i) {
      group_.push_back(i);
      size_.push_back(1);
      for (std::size_t j = 0; j < count_; ++j)
        distance_[i * count_ + j] = euclidean(rows.row(static_cast<std::int64_t>(i)),
                                              rows.row(static_cast<std::int64_t>(j)));
    }
  }

  void join_nearest() {
    double least = std::numeric_limits<double>::infinity();
    std::size_t first = 0, second = 0;
    for (std::size_t i = 0; i < count_; ++i)
      for (std::size_t j = i + 1; size_[i] > 0 && j < count_; ++j)
        if (size_[j] > 0 && distance_[i * count_ + j] < least) {
          least = distance_[i * count_ + j];
          first = i;
          second = j;
        }
    join(first, second);
  }

  [[nodiscard]] std::vector<std::int32_t> numbered() const {
    std::vector<std::int32_t> number(count_, -1), result;
    std::int32_t next = 0;
    for (const std::size_t group : group_) {
      if (number[group] < 0) number[group] = next++;
      result.push_back(number[group]);
    }
    return result;
  }

 private:
  void join(std::size_t first, std::size_t second) {
    const double a = size_[first], b = size_[second];
    for (std::size_t k = 0; k < count_; ++k) {
      const double mean =
          (a * distance_[first * count_ + k] + b * distance_[second * count_ + k]) / (a + b);
      distance_[first * count_ + k] = distance_[k * count_ + first] = mean;
    }
    size_[first] = a + b;
    size_[second] = 0;
    for (std::size_t& group : group_)
      if (group == second) group = first;
  }

  std::size_t count_;
  std::vector<double> distance_;
  std::vector<std::size_t> group_;
  std::vector<double> size_;  // 0: no longer a group
};

}  // namespace

std::vector<std::int32_t> average_linkage(const Matrix& rows, std::int64_t groups) {
  Groups left(rows);
  for (std::int64_t n = rows.rows; n > groups; --n) left.join_nearest();
  return left.numbered();
}

}  // namespace skyglot
