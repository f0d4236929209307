// SPDX-License-Identifier: Apache-2.0
// NumPy's .npy files of one matrix or one list.
#pragma once

#include "base/row_source.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

/// What stands before the values of a float32 matrix in row order; a multiple of 64 bytes long.
[[nodiscard]] std::string npy_header(std::int64_t rows, std::int64_t columns);

/// A matrix of little-endian floats or integers, rows or columns first, left where its bytes are:
/// `owner` keeps them. Throws Error(format) with `name` and what is wrong; the bytes need not be
/// trusted. The format is numpy.lib.format's, 1.0 to 3.0.
[[nodiscard]] RowSource npy_rows(std::span<const std::byte> bytes,
                                 std::shared_ptr<const void> owner, const std::string& name);

/// One row of numbers (or a matrix one wide or high) of the same types: labels.
[[nodiscard]] std::vector<float> parse_npy_list(std::span<const std::byte> bytes,
                                                const std::string& name);

}  // namespace skyglot
