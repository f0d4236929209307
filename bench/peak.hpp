// SPDX-License-Identifier: Apache-2.0
// What a processor's units can multiply and add when nothing has to be loaded: the limit that no
// product can pass, whoever wrote it.
#pragma once

namespace skyglot::bench {

struct MultiplyAdds {
  void (*run)() = nullptr;  ///< on this thread
  double flop = 0;          ///< of one run: products and sums counted apart
};

/// The widest multiply-adds that this processor has, of floats or of pairs of bfloat16.
[[nodiscard]] MultiplyAdds peak_multiply_adds(bool bfloat16);

}  // namespace skyglot::bench
