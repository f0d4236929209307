// SPDX-License-Identifier: Apache-2.0
#include "pictures/png.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

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

TEST(Png, DamagedBytesAreRefused) {
  Picture picture{8, 8, 3, std::vector<std::uint8_t>(192, 7)};
  const std::string good = encode_png(picture);
  EXPECT_THROW((void)decode_png("", "a.png"), Error);
  EXPECT_THROW((void)decode_png(good.substr(0, 30), "a.png"), Error);
  EXPECT_THROW((void)decode_png(good, "a.png", 10), Error);
}

}  // namespace
}  // namespace skyglot
