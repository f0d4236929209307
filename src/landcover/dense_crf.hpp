// SPDX-License-Identifier: Apache-2.0
// A fully connected conditional random field over a window (Kraehenbuehl and Koltun 2011): pixels
// that lie near one another, and more so those that look alike, pull each other to one class.
#pragma once

#include "landcover/ground.hpp"
#include "landcover/segmenter.hpp"

#include <cstdint>

namespace skyglot {

/// As published with STEGO.
struct CrfOptions {
  int iterations = 10;        ///< of the mean field
  double near_deviation = 1;  ///< pixels, of the kernel of places alone
  double near_weight = 3;
  double alike_deviation = 67;  ///< pixels, of the kernel of places and colours
  double colour_deviation = 3;  ///< of 256 steps, of the same kernel
  double alike_weight = 4;

  /// Throws Error(usage) naming every value that makes no sense.
  void validate() const;
};

/// Puts the logarithms of the mean field's probabilities in place of the scores. Kernels are
/// normalised on both sides, K_ij / sqrt(K_i K_j), classes other than one's own all weigh the same
/// (Potts). The kernel of places is summed exactly, the other on a PermutohedralLattice. `shown` is
/// the same window; pixels without data take no part and keep what they have. Takes the threads of
/// the TBB arena it is called in; no value depends on their number.
void sharpen(WindowScores& scores, const ShownGround& shown, const CrfOptions& options);

/// Memory that sharpen() takes for a pixel at most, besides what it is given.
[[nodiscard]] std::uint64_t crf_bytes_a_pixel(std::int64_t classes);

}  // namespace skyglot
