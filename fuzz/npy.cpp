// SPDX-License-Identifier: Apache-2.0
// Any bytes: an array of NumPy's or an Error, and every row can be read, from the first to the
// last.
#include "embed/npy.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace {

// Rows of many columns are few, of few columns many: never more than the bytes there are.
void read_all(const skyglot::RowSource& rows) {
  constexpr std::int64_t kStep = 7;
  for (std::int64_t first = 0; first < rows.rows(); first += kStep)
    (void)rows.block(first, std::min(kStep, rows.rows() - first));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  try {
    read_all(skyglot::npy_rows(bytes, nullptr, "fuzz"));
  } catch (const skyglot::Error&) {
  }
  try {
    (void)skyglot::parse_npy_list(bytes, "fuzz");
  } catch (const skyglot::Error&) {
  }
  return 0;
}
