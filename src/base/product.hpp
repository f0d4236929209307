// SPDX-License-Identifier: Apache-2.0
// Matrix products with one factor packed for the processor, once, and used many times.
#pragma once

#include "base/bfloat16.hpp"
#include "base/product_kernel.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>

namespace skyglot {

/// A matrix of floats where it lies: element (row, column) at row * row_step + column *
/// column_step.
struct MatrixView {
  const float* values = nullptr;
  std::int64_t rows = 0;
  std::int64_t columns = 0;
  std::int64_t row_step = 0;
  std::int64_t column_step = 1;
};

/// The right factor of a product: depth x columns, in panels of the kernel's width, the last one
/// filled up with zeros. A bfloat16 kernel rounds the values to the nearest.
class PackedMatrix {
 public:
  PackedMatrix() = default;
  PackedMatrix(const MatrixView& factor, const ProductKernel& kernel);

  [[nodiscard]] std::int64_t depth() const { return depth_; }
  [[nodiscard]] std::int64_t columns() const { return columns_; }
  [[nodiscard]] std::int64_t panels() const;
  [[nodiscard]] const ProductKernel& kernel() const { return *kernel_; }
  /// Elements, floats or pairs, behind one another in each column.
  [[nodiscard]] std::int64_t steps() const;
  /// Panel `index` from element `step` on.
  [[nodiscard]] const void* panel(std::int64_t index, std::int64_t step) const;

 private:
  struct Free {
    void operator()(void* memory) const;
  };
  const ProductKernel* kernel_ = nullptr;
  std::int64_t depth_ = 0;
  std::int64_t columns_ = 0;
  std::unique_ptr<std::byte, Free> bytes_;
};

/// What takes a tile of finished sums instead of the output: `sums` holds `rows` rows of
/// `columns` values `stride` apart, which belong at (first_row, first_column).
struct FinishedTile {
  const float* sums;
  std::int64_t stride;
  std::int64_t first_row, rows;
  std::int64_t first_column, columns;
};

/// out = a b, or out += a b, in rows and panels that the caller shares among threads.
struct Product {
  const void* a = nullptr;    ///< rows x depth of float or, for a bfloat16 kernel, of BFloat16
  std::int64_t a_stride = 0;  ///< elements between rows; even for a bfloat16 kernel
  std::int64_t rows = 0;
  const PackedMatrix* b = nullptr;
  float* out = nullptr;  ///< rows x columns
  std::int64_t out_stride = 0;
  bool add = false;
  /// When set, takes the sums in place of `out`.
  void (*finish)(const void* context, const FinishedTile& tile) = nullptr;
  const void* context = nullptr;
};

struct Part {
  std::int64_t first_row, rows;
  std::int64_t first_panel, panels;
};

/// Computes one part on this thread. A value does not depend on how the product is cut.
void multiply(const Product& product, const Part& part);

/// The cut of a product for `index` of `workers` of about equal work; an empty part has no rows.
[[nodiscard]] Part part_of(const Product& product, std::int64_t index, std::int64_t workers);

}  // namespace skyglot
