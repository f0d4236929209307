// SPDX-License-Identifier: Apache-2.0
#include "scores/assignment.hpp"

#include <cstddef>
#include <limits>

namespace skyglot {
namespace {

constexpr double kFar = std::numeric_limits<double>::infinity();

// Costs to be made small, of no more rows than columns.
struct AssignmentCosts {
  std::span<const double> gain;
  std::size_t rows, columns;
  bool turned;  // gain lies columns x rows

  [[nodiscard]] double at(std::size_t row, std::size_t column) const {
    return -(turned ? gain[column * rows + row] : gain[row * columns + column]);
  }
};

// Rows join one after another; row and column 0 stand for "none".
class Assigner {
 public:
  explicit Assigner(const AssignmentCosts& costs)
      : costs_(costs),
        row_price_(costs.rows + 1),
        column_price_(costs.columns + 1),
        row_of_(costs.columns + 1),
        came_from_(costs.columns + 1) {}

  // Row of each column, from 1; 0: none.
  std::vector<std::size_t> run() {
    for (std::size_t row = 1; row <= costs_.rows; ++row) add(row);
    return row_of_;
  }

 private:
  void add(std::size_t row) {
    distance_.assign(costs_.columns + 1, kFar);
    reached_.assign(costs_.columns + 1, 0);
    row_of_[0] = row;
    std::size_t column = 0;
    do {
      reached_[column] = 1;
      column = nearest_from(column);
    } while (row_of_[column] != 0);
    while (column != 0) {
      row_of_[column] = row_of_[came_from_[column]];
      column = came_from_[column];
    }
  }

  std::size_t nearest_from(std::size_t column) {
    const std::size_t row = row_of_[column];
    double least = kFar;
    std::size_t next = 0;
    for (std::size_t j = 1; j <= costs_.columns; ++j) {
      if (reached_[j] != 0) continue;
      const double length = costs_.at(row - 1, j - 1) - row_price_[row] - column_price_[j];
      if (length < distance_[j]) {
        distance_[j] = length;
        came_from_[j] = column;
      }
      if (distance_[j] < least) {
        least = distance_[j];
        next = j;
      }
    }
    raise_prices(least);
    return next;
  }

  void raise_prices(double by) {
    for (std::size_t j = 0; j <= costs_.columns; ++j) {
      if (reached_[j] != 0) {
        row_price_[row_of_[j]] += by;
        column_price_[j] -= by;
      } else {
        distance_[j] -= by;
      }
    }
  }

  const AssignmentCosts& costs_;
  std::vector<double> row_price_, column_price_, distance_;
  std::vector<std::size_t> row_of_, came_from_;
  std::vector<char> reached_;
};

}  // namespace

std::vector<std::int64_t> best_assignment(std::span<const double> gain, std::int64_t rows,
                                          std::int64_t columns) {
  const bool turned = rows > columns;
  const AssignmentCosts costs{gain, static_cast<std::size_t>(turned ? columns : rows),
                              static_cast<std::size_t>(turned ? rows : columns), turned};
  const std::vector<std::size_t> row_of = Assigner(costs).run();
  std::vector<std::int64_t> column_of(static_cast<std::size_t>(rows), -1);
  for (std::size_t j = 1; j < row_of.size(); ++j) {
    if (row_of[j] == 0) continue;
    const std::size_t row = turned ? j - 1 : row_of[j] - 1;
    column_of[row] = static_cast<std::int64_t>(turned ? row_of[j] - 1 : j - 1);
  }
  return column_of;
}

}  // namespace skyglot
