// SPDX-License-Identifier: Apache-2.0
#include "pictures/png.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <zlib.h>

namespace skyglot {
namespace {

TEST(Png, ReadsBackExactly) {
  Picture picture{3, 2, 3, {}};
  for (int i = 0; i < 18; ++i) picture.pixels.push_back(static_cast<std::uint8_t>(i * 14));
  const Picture back = decode_png(encode_png(picture), "test");
  EXPECT_EQ(back.width, 3);
  EXPECT_EQ(back.height, 2);
  EXPECT_EQ(back.pixels, picture.pixels);
}

// "gAMA" with 55556, the usual 1/1.8 of old Macintosh files, right behind IHDR.
std::string with_gamma(const std::string& png) {
  std::string chunk("\0\0\0\4gAMA\0\0\xD9\4", 12);
  const std::uint32_t sum =
      static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(chunk.data() + 4), 8));
  for (const int shift : {24, 16, 8, 0}) chunk.push_back(static_cast<char>(sum >> shift & 0xFF));
  return png.substr(0, 33) + chunk + png.substr(33);
}

// As Pillow does, whose pixels the published preprocessing sees.
TEST(Png, GammaIsIgnored) {
  Picture picture{16, 16, 3, {}};
  for (int i = 0; i < 768; ++i) picture.pixels.push_back(static_cast<std::uint8_t>(i / 3));
  EXPECT_EQ(decode_png(with_gamma(encode_png(picture)), "test").pixels, picture.pixels);
}

TEST(Png, DamagedBytesAreRefused) {
  Picture picture{8, 8, 3, std::vector<std::uint8_t>(192, 7)};
  const std::string good = encode_png(picture);
  EXPECT_THROW((void)decode_png("", "a.png"), Error);
  EXPECT_THROW((void)decode_png(good.substr(0, 30), "a.png"), Error);
  EXPECT_THROW((void)decode_png(good, "a.png", 10), Error);
}

}  // namespace
}  // namespace skyglot
