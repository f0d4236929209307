// SPDX-License-Identifier: Apache-2.0
#include "pictures/decode.hpp"

#include "base/error.hpp"
#include "base/random.hpp"
#include "pictures/jpeg.hpp"
#include "pictures/png.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <turbojpeg.h>
#include <zlib.h>

namespace skyglot {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift);
  return bytes;
}

std::string chunk(const std::string& name, const std::string& data) {
  const std::string body = name + data;
  const auto sum =
      crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size()));
  return big_endian(static_cast<std::uint32_t>(data.size())) + body +
         big_endian(static_cast<std::uint32_t>(sum));
}

std::string deflated(const std::string& bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::string result(size, '\0');
  compress(reinterpret_cast<Bytef*>(result.data()), &size,
           reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uLong>(bytes.size()));
  result.resize(size);
  return result;
}

struct PngKind {
  int bit_depth;
  int colour_type;
  std::string palette;
};

// One row of pixels as a PNG of the given kind.
std::string one_row_png(std::uint32_t width, const PngKind& kind, const std::string& row) {
  std::string header = big_endian(width) + big_endian(1);
  header += {static_cast<char>(kind.bit_depth), static_cast<char>(kind.colour_type), 0, 0, 0};
  std::string png = "\x89PNG\r\n\x1A\n" + chunk("IHDR", header);
  if (!kind.palette.empty()) png += chunk("PLTE", kind.palette);
  return png + chunk("IDAT", deflated(std::string(1, '\0') + row)) + chunk("IEND", "");
}

std::string bytes_of(std::initializer_list<int> values) {
  std::string bytes;
  for (const int value : values) bytes += static_cast<char>(value);
  return bytes;
}

TEST(Decode, GreyPngBecomesThreeChannels) {
  const Picture picture =
      decode_picture(one_row_png(2, {8, 0, ""}, bytes_of({10, 200})), "grey.png");
  EXPECT_EQ(picture.channels, 3);
  EXPECT_THAT(picture.pixels, ElementsAre(10, 10, 10, 200, 200, 200));
}

TEST(Decode, AlphaIsDropped) {
  const auto rgba = one_row_png(2, {8, 6, ""}, bytes_of({1, 2, 3, 0, 40, 50, 60, 128}));
  EXPECT_THAT(decode_picture(rgba, "rgba.png").pixels, ElementsAre(1, 2, 3, 40, 50, 60));
  const auto grey = one_row_png(2, {8, 4, ""}, bytes_of({7, 0, 90, 255}));
  EXPECT_THAT(decode_picture(grey, "la.png").pixels, ElementsAre(7, 7, 7, 90, 90, 90));
}

TEST(Decode, SixteenBitsAreScaled) {
  const auto png = one_row_png(1, {16, 2, ""}, bytes_of({0xFF, 0xFF, 0x80, 0x80, 0x10, 0x10}));
  EXPECT_THAT(decode_picture(png, "deep.png").pixels, ElementsAre(255, 128, 16));
}

TEST(Decode, PalettesAreLookedUp) {
  const auto png = one_row_png(2, {8, 3, bytes_of({9, 8, 7, 100, 110, 120})}, bytes_of({1, 0}));
  EXPECT_THAT(decode_picture(png, "palette.png").pixels, ElementsAre(100, 110, 120, 9, 8, 7));
}

TEST(Decode, OneBitIsBlackAndWhite) {
  EXPECT_THAT(decode_picture(one_row_png(2, {1, 0, ""}, bytes_of({0x40})), "bits.png").pixels,
              ElementsAre(0, 0, 0, 255, 255, 255));
}

TEST(Decode, GreyJpegBecomesThreeChannels) {
  const Picture grey{16, 16, 1, std::vector<std::uint8_t>(256, 77)};
  const Picture picture = decode_picture(encode_jpeg(grey, 95), "grey.jpg");
  EXPECT_EQ(picture.channels, 3);
  EXPECT_EQ(picture.pixels, std::vector<std::uint8_t>(768, 77));
}

// Inks stored inverted, as Photoshop does.
std::string cmyk_jpeg(std::array<std::uint8_t, 4> inks) {
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < 64; ++i) pixels.insert(pixels.end(), inks.begin(), inks.end());
  unsigned char* out = nullptr;
  unsigned long size = 0;
  tjhandle encoder = tjInitCompress();
  tjCompress2(encoder, pixels.data(), 8, 0, 8, TJPF_CMYK, &out, &size, TJSAMP_444, 100, 0);
  std::string bytes(reinterpret_cast<char*>(out), size);
  tjFree(out);
  tjDestroy(encoder);
  return bytes;
}

TEST(Decode, CmykJpegBecomesRgb) {
  const Picture red = decode_picture(cmyk_jpeg({255, 0, 0, 255}), "red.jpg");
  EXPECT_EQ(red.channels, 3);
  ASSERT_EQ(red.pixels.size(), 192u);
  EXPECT_GE(red.pixels[0], 253);
  EXPECT_LE(red.pixels[1], 2);
  const Picture half = decode_picture(cmyk_jpeg({255, 255, 255, 128}), "grey.jpg");
  EXPECT_NEAR(half.pixels[100], 128, 2);
}

std::string message_of(std::string_view bytes, std::size_t max_pixels = 1000) {
  try {
    (void)decode_picture(bytes, "x.jpg", max_pixels);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(Decode, SaysWhatTheBytesAreInstead) {
  EXPECT_EQ(message_of(""), "x.jpg: the file is empty");
  EXPECT_THAT(message_of("GIF89a......"), HasSubstr("a GIF"));
  EXPECT_THAT(message_of(std::string_view("II*\0abc", 7)), HasSubstr("a TIFF"));
  EXPECT_THAT(message_of("RIFF1234WEBPVP8 "), HasSubstr("a WebP"));
  EXPECT_THAT(message_of("\n<!DOCTYPE HTML><html>404"), HasSubstr("a web page"));
  EXPECT_THAT(message_of("version https://git-lfs.github.com/spec/v1"), HasSubstr("Git LFS"));
  EXPECT_EQ(message_of("what is this"), "x.jpg: neither JPEG nor PNG");
}

TEST(Decode, EnormousAndTruncatedPicturesAreRefused) {
  const Picture picture{40, 40, 3, std::vector<std::uint8_t>(4800, 9)};
  EXPECT_THAT(message_of(encode_png(picture)),
              HasSubstr("40 x 40 pixels are more than --max-pixels"));
  EXPECT_THAT(message_of(encode_jpeg(picture, 90)), HasSubstr("40 x 40"));
  for (const std::string& good : {encode_png(picture), encode_jpeg(picture, 90)}) {
    ASSERT_EQ(message_of(good, 5000), "");
    for (const std::size_t kept : {good.size() / 2, good.size() - 30})
      EXPECT_THAT(message_of(good.substr(0, kept), 5000), HasSubstr("x.jpg")) << kept;
  }
}

TEST(Decode, MutationsNeverCrash) {
  const std::vector<std::string> good{
      one_row_png(2, {8, 3, bytes_of({9, 8, 7, 100, 110, 120})}, bytes_of({1, 0})),
      cmyk_jpeg({1, 2, 3, 4}), encode_png({20, 20, 3, std::vector<std::uint8_t>(1200, 40)})};
  RandomStream random(3, "decode");
  int refused = 0;
  for (int i = 0; i < 1500; ++i) {
    std::string bad = good[static_cast<std::size_t>(i) % good.size()];
    for (int k = 0; k < 3; ++k)
      bad[random.index(bad.size())] = static_cast<char>(random.integer(0, 255));
    if (i % 5 == 0) bad.resize(random.index(bad.size()));
    refused += message_of(bad).empty() ? 0 : 1;
  }
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace skyglot
