// SPDX-License-Identifier: Apache-2.0
// The two passes of antialiased resizing, for a window of the result, on the instructions there
// are.
#pragma once

#include "pictures/picture.hpp"

#include <cstdint>
#include <vector>

namespace skyglot {

/// Fixed-point weights of consecutive result positions along one axis.
struct FilterTaps {
  static constexpr int kPrecisionBits = 22;
  int stride = 0;          ///< weights kept for each position; those past its count are zero
  std::vector<int> first;  ///< first source position that counts
  std::vector<int> count;  ///< how many count
  std::vector<std::int32_t> weights;  ///< positions * stride, each times 2^22

  [[nodiscard]] int positions() const { return static_cast<int>(first.size()); }
  [[nodiscard]] const std::int32_t* weights_of(int position) const {
    return weights.data() + static_cast<std::ptrdiff_t>(position) * stride;
  }
};

/// Keys' cubic with a = -0.5, or the triangle between neighbours.
enum class ResizeFilter { bicubic, bilinear };

/// Weights of result positions [from, from + positions) when `source_size` becomes `result_size`:
/// the filter widened by the scale when shrinking, as Pillow's Resample.c computes and rounds them.
struct FilterSpan {
  int from = 0;
  int positions = 0;
};
[[nodiscard]] FilterTaps filter_taps(ResizeFilter filter, int source_size, int result_size,
                                     FilterSpan span);

/// The picture as if resized to width * height and then cropped; only what the window shows is
/// computed.
struct ResizeWindow {
  int width = 0;
  int height = 0;
  int x = 0;
  int y = 0;
  int window_width = 0;
  int window_height = 0;
  ResizeFilter filter = ResizeFilter::bicubic;
};

/// Results are the same on each.
enum class InstructionSet { portable, avx2 };
[[nodiscard]] InstructionSet best_instruction_set();

/// `window` must lie inside the result and neither may be empty. `set` must be one the processor
/// has.
[[nodiscard]] Picture resample(const Picture& picture, const ResizeWindow& window,
                               InstructionSet set = best_instruction_set());

}  // namespace skyglot
