// SPDX-License-Identifier: Apache-2.0
// libFuzzer: any bytes are a picture of the promised size or an Error. The checksums of PNG chunks
// are mended first, or no change would get past them.
#include "base/error.hpp"
#include "pictures/decode.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <zlib.h>

namespace {

constexpr std::size_t kMaxPixels = 1'000'000;

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(bytes[at + i]);
  return value;
}

// Chunks are length, type, content and the checksum of the last two.
void mend_checksums(std::string& png) {
  for (std::size_t at = 8; at + 12 <= png.size();) {
    const std::size_t length = big_endian(png, at);
    if (length > png.size() - at - 12) return;
    const auto sum = static_cast<std::uint32_t>(crc32(
        0, reinterpret_cast<const Bytef*>(png.data() + at + 4), static_cast<uInt>(length + 4)));
    for (std::size_t i = 0; i < 4; ++i)
      png[at + 8 + length + i] = static_cast<char>(sum >> (24 - 8 * i));
    at += 12 + length;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.starts_with("\x89PNG")) mend_checksums(bytes);
  try {
    const skyglot::Picture picture = skyglot::decode_picture(bytes, "fuzz", kMaxPixels);
    const auto pixels =
        static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height);
    if (pixels == 0 || pixels > kMaxPixels || picture.pixels.size() != 3 * pixels) __builtin_trap();
  } catch (const skyglot::Error&) {
  }
  return 0;
}
