// SPDX-License-Identifier: Apache-2.0
// What the tests against original implementations have in common: figures out of an archive, and
// how near two sets of vectors are.
#pragma once

#include "base/matrix.hpp"
#include "tests/support/program.hpp"
#include "weights/tensor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace skyglot::testing_support {

[[nodiscard]] inline double cosine(std::span<const float> a, std::span<const float> b) {
  double ab = 0, aa = 0, bb = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    ab += double{a[i]} * double{b[i]};
    aa += double{a[i]} * double{a[i]};
    bb += double{b[i]} * double{b[i]};
  }
  return ab / std::sqrt(aa * bb);
}

/// All sides but the last are rows.
[[nodiscard]] inline Matrix matrix_of(const TensorView& tensor) {
  Matrix matrix(tensor.element_count() / tensor.shape.back(), tensor.shape.back());
  matrix.values = to_floats(tensor);
  return matrix;
}

[[nodiscard]] inline double lowest_cosine(const Matrix& a, const Matrix& b) {
  EXPECT_EQ(a.rows, b.rows);
  EXPECT_EQ(a.cols, b.cols);
  if (a.rows != b.rows || a.cols != b.cols) return -1;
  double lowest = 1;
  for (std::int64_t i = 0; i < a.rows; ++i) lowest = std::min(lowest, cosine(a.row(i), b.row(i)));
  return lowest;
}

/// The folder `name` of the .tar.xz, unpacked once for each program.
[[nodiscard]] inline std::filesystem::path unpacked(const std::filesystem::path& archive,
                                                    const std::string& name) {
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) / ("figures_" + name);
  if (std::filesystem::exists(folder)) return folder / name;
  std::filesystem::create_directories(folder);
  const std::string command = "tar -xJf '" + archive.string() + "' -C '" + folder.string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
  return folder / name;
}

/// A checkpoint as a model folder of the running test.
[[nodiscard]] inline std::filesystem::path import(const std::filesystem::path& checkpoint,
                                                  const std::vector<std::string>& options) {
  const std::filesystem::path folder = test_folder() / "model";
  std::vector<std::string> arguments{"model", "import", checkpoint.string(), "--output",
                                     folder.string()};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const ProgramResult result = run_skyglot(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return folder;
}

}  // namespace skyglot::testing_support
