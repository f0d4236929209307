// SPDX-License-Identifier: Apache-2.0
// Any bytes: a sound safetensors file or an Error, and every tensor can be read to its end.
#include "weights/safetensors.hpp"

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  try {
    for (const auto& [name, tensor] : skyglot::parse_safetensors(bytes, "fuzz").tensors)
      (void)skyglot::to_floats(tensor);
  } catch (const skyglot::Error&) {
  }
  return 0;
}
