// SPDX-License-Identifier: Apache-2.0
#include "base/row_source.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"

#include <algorithm>
#include <utility>

namespace skyglot {
namespace {

RowSource::Read reader_of(const Matrix& matrix) {
  return [&matrix](std::int64_t first, std::span<float> values) {
    std::copy_n(matrix.values.begin() + first * matrix.cols, values.size(), values.begin());
  };
}

}  // namespace

RowSource::RowSource(std::int64_t rows, std::int64_t cols, Read read)
    : rows_(rows), cols_(cols), read_(std::move(read)) {}

RowSource::RowSource(const Matrix& matrix)
    : RowSource(matrix.rows, matrix.cols, reader_of(matrix)) {}

RowSource::RowSource(std::shared_ptr<const Matrix> matrix)
    : rows_(matrix->rows),
      cols_(matrix->cols),
      read_([matrix](std::int64_t first, std::span<float> values) {
        reader_of (*matrix)(first, values);
      }) {}

Matrix RowSource::block(std::int64_t first, std::int64_t count) const {
  expect(first >= 0 && count >= 0 && first + count <= rows_, "rows that are there");
  Matrix block(count, cols_);
  if (count > 0) read_(first, block.values);
  return block;
}

RowSource RowSource::chosen(std::vector<std::int64_t> rows) const {
  const auto list = std::make_shared<const std::vector<std::int64_t>>(std::move(rows));
  const auto width = static_cast<std::size_t>(cols_);
  // Rows that follow one another are read together.
  return {std::ssize(*list), cols_,
          [list, width, read = read_](std::int64_t first, std::span<float> values) {
            const auto from =
                std::span(*list).subspan(static_cast<std::size_t>(first), values.size() / width);
            for (std::size_t begin = 0; begin < from.size();) {
              std::size_t end = begin + 1;
              while (end < from.size() && from[end] == from[end - 1] + 1) ++end;
              read(from[begin], values.subspan(begin * width, (end - begin) * width));
              begin = end;
            }
          }};
}

RowSource RowSource::divided(std::vector<double> divisors) const {
  expect(std::ssize(divisors) == rows_, "a divisor for every row");
  const auto by = std::make_shared<const std::vector<double>>(std::move(divisors));
  const auto width = static_cast<std::size_t>(cols_);
  return {rows_, cols_, [by, width, read = read_](std::int64_t first, std::span<float> values) {
            read(first, values);
            for (std::size_t i = 0; i < values.size(); ++i)
              values[i] = static_cast<float>(double{values[i]} /
                                             (*by)[static_cast<std::size_t>(first) + i / width]);
          }};
}

RowSource RowSource::kept(std::int64_t most_bytes) const {
  const std::int64_t bytes = rows_ * cols_ * std::int64_t{sizeof(float)};
  return bytes > most_bytes ? *this : RowSource(std::make_shared<const Matrix>(all()));
}

void for_each_block(const RowSource& source, std::int64_t step,
                    const std::function<void(std::int64_t first, const Matrix& block)>& use) {
  for (std::int64_t first = 0; first < source.rows(); first += step) {
    check_interrupt();
    use(first, source.block(first, std::min(step, source.rows() - first)));
  }
}

}  // namespace skyglot
