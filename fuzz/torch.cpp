// SPDX-License-Identifier: Apache-2.0
// Any bytes as a checkpoint: weights or an Error, and every tensor can be read to its end. The
// checksums of a zip are mended first, for blind changes would never get past them.
#include "base/error.hpp"
#include "weights/checkpoint.hpp"
#include "weights/zip_directory.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>
#include <zlib.h>

namespace {

using Bytes = std::vector<std::uint8_t>;

std::uint32_t u32(const Bytes& bytes, std::size_t at) {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

std::uint16_t u16(const Bytes& bytes, std::size_t at) {
  std::uint16_t number = 0;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

// Writes into each record of a central directory the CRC of what its local header points at.
void mend_checksums(Bytes& bytes) {
  constexpr std::uint32_t kCentral = 0x02014b50;
  for (std::size_t at = 0; at + 46 <= bytes.size(); ++at) {
    if (u32(bytes, at) != kCentral) continue;
    const std::size_t local = u32(bytes, at + 42);
    const std::size_t size = u32(bytes, at + 24);
    if (local + 30 > bytes.size()) continue;
    const std::size_t begin = local + 30 + u16(bytes, local + 26) + u16(bytes, local + 28);
    if (begin > bytes.size() || size > bytes.size() - begin) continue;
    const auto crc = static_cast<std::uint32_t>(crc32_z(0, bytes.data() + begin, size));
    std::memcpy(bytes.data() + at + 16, &crc, sizeof crc);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, data + size);
  const auto view = std::as_bytes(std::span(bytes));
  if (skyglot::looks_like_zip(view)) mend_checksums(bytes);
  try {
    for (const auto& [name, tensor] : skyglot::parse_checkpoint(view, "fuzz").tensors)
      (void)skyglot::to_floats(tensor);
  } catch (const skyglot::Error&) {
  }
  return 0;
}
