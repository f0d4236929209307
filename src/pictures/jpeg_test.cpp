// SPDX-License-Identifier: Apache-2.0
#include "pictures/jpeg.hpp"

#include "base/error.hpp"
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace skyglot {
namespace {

Picture gradient(int width, int height) {
  Picture picture{width, height, 3, {}};
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x)
      for (const int value : {x * 2, y * 2, 128})
        picture.pixels.push_back(static_cast<std::uint8_t>(value % 256));
  return picture;
}

TEST(Jpeg, DecodesNearlyWhatWasEncoded) {
  const Picture picture = gradient(97, 61);
  const Picture back = decode_jpeg(encode_jpeg(picture, 95), "test");
  ASSERT_EQ(back.width, 97);
  ASSERT_EQ(back.height, 61);
  int worst = 0;
  for (std::size_t i = 0; i < picture.pixels.size(); ++i)
    worst = std::max(worst, std::abs(picture.pixels[i] - back.pixels[i]));
  EXPECT_LE(worst, 12);
}

TEST(Jpeg, SamePictureSameBytes) {
  EXPECT_EQ(encode_jpeg(gradient(64, 64), 90), encode_jpeg(gradient(64, 64), 90));
}

TEST(Jpeg, DamagedBytesAreNamed) {
  EXPECT_THROW((void)decode_jpeg("", "a.jpg"), Error);
  EXPECT_THROW((void)decode_jpeg("not a jpeg at all", "a.jpg"), Error);
  EXPECT_THROW((void)decode_jpeg(encode_jpeg(gradient(64, 64), 90), "a.jpg", 100), Error);
}

TEST(Jpeg, MutationsNeverCrash) {
  const std::string good = encode_jpeg(gradient(48, 48), 85);
  RandomStream random(5, "jpeg");
  for (int i = 0; i < 500; ++i) {
    std::string bad = good;
    for (int k = 0; k < 3; ++k)
      bad[random.index(bad.size())] = static_cast<char>(random.integer(0, 255));
    if (i % 5 == 0) bad.resize(random.index(bad.size()));
    try {
      (void)decode_jpeg(bad, "bad.jpg");
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace skyglot
