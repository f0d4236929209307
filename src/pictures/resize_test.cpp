// SPDX-License-Identifier: Apache-2.0
#include "pictures/resize.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "pictures/decode.hpp"
#include "pictures/resample.hpp"
#include "tests/support/shared_data.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

Picture noise(int width, int height, int channels = 3) {
  RandomStream random(7, "noise", {static_cast<std::uint64_t>(width)});
  Picture picture{width, height, channels, {}};
  picture.pixels.resize(static_cast<std::size_t>(width * height * channels));
  for (auto& value : picture.pixels)
    value = static_cast<std::uint8_t>(random.chance(0.5) ? random.integer(0, 255)
                                                         : 255 * random.integer(0, 1));
  return picture;
}

TEST(Resize, KeepsAPictureOfTheSameSize) {
  const Picture picture = noise(31, 17);
  EXPECT_EQ(resize_bicubic(picture, 31, 17).pixels, picture.pixels);
  EXPECT_EQ(crop(picture, 0, 0, 31, 17).pixels, picture.pixels);
}

TEST(Resize, KeepsOneColour) {
  const Picture grey{50, 40, 3, std::vector<std::uint8_t>(6000, 113)};
  for (const int size : {1, 7, 49, 51, 200})
    for (const std::uint8_t value : resize_bicubic(grey, size, size + 3).pixels)
      ASSERT_EQ(value, 113);
}

// Values of Pillow 9.4: Image.fromarray(uint8([[0, 50, 200, 255]])).resize((2, 1), BICUBIC), and
// (7, 1).
TEST(Resize, HasTheValuesOfPillow) {
  const Picture row{4, 1, 1, {0, 50, 200, 255}};
  EXPECT_EQ(resize_bicubic(row, 2, 1).pixels, (std::vector<std::uint8_t>{37, 215}));
  EXPECT_EQ(resize_bicubic(row, 7, 1).pixels,
            (std::vector<std::uint8_t>{0, 9, 43, 125, 207, 244, 255}));
}

TEST(Resize, CropTakesTheRightPixels) {
  const Picture picture = noise(9, 8);
  const Picture part = crop(picture, 2, 3, 4, 5);
  ASSERT_EQ(part.width, 4);
  ASSERT_EQ(part.height, 5);
  for (int y = 0; y < 5; ++y)
    EXPECT_EQ(std::memcmp(part.row(y), picture.row(y + 3) + 6, 12), 0) << y;
  EXPECT_THROW((void)crop(picture, 6, 0, 4, 4), Error);
}

TEST(Resize, CentreCropIsACropOfTheWhole) {
  for (const auto& [width, height] :
       std::vector<std::pair<int, int>>{{600, 400}, {333, 517}, {97, 41}, {64, 300}, {224, 225}}) {
    const Picture picture = noise(width, height);
    const SizeInPixels size = size_with_shorter_side(picture, 64);
    const Picture whole = resize_bicubic(picture, size.width, size.height);
    const auto offset = [](int spare) { return static_cast<int>(std::nearbyint(spare / 2.0)); };
    const Picture expected = crop(whole, offset(size.width - 64), offset(size.height - 64), 64, 64);
    EXPECT_EQ(resize_and_centre_crop(picture, 64).pixels, expected.pixels) << width;
  }
}

TEST(Resize, SidesAreRoundedDown) {
  EXPECT_EQ(size_with_shorter_side(noise(333, 517), 224).height, 347);
  EXPECT_EQ(size_with_shorter_side(noise(517, 333), 224).width, 347);
  EXPECT_EQ(size_with_shorter_side(noise(300, 300), 224).width, 224);
}

TEST(Resize, TheSameOnEveryInstructionSet) {
  if (best_instruction_set() == InstructionSet::portable) GTEST_SKIP() << "only one to run";
  RandomStream random(2, "sizes");
  for (int round = 0; round < 150; ++round) {
    const auto draw = [&](std::int64_t most) { return static_cast<int>(random.integer(1, most)); };
    const Picture picture = noise(draw(120), draw(90), round % 7 == 0 ? 1 : 3);
    ResizeWindow window{draw(100), draw(100), 0, 0, 0, 0};
    window.window_width = draw(window.width);
    window.window_height = draw(window.height);
    window.x = static_cast<int>(random.integer(0, window.width - window.window_width));
    window.y = static_cast<int>(random.integer(0, window.height - window.window_height));
    EXPECT_EQ(resample(picture, window, InstructionSet::avx2).pixels,
              resample(picture, window, InstructionSet::portable).pixels)
        << picture.width << " x " << picture.height << " to " << window.width << " x "
        << window.height;
  }
}

TEST(Resize, TinyAndNarrowPicturesWork) {
  EXPECT_EQ(resize_and_centre_crop(noise(1, 1), 224).pixels.size(), 224u * 224u * 3u);
  EXPECT_EQ(resize_and_centre_crop(noise(1, 5000), 32).height, 32);
  EXPECT_EQ(resize_and_centre_crop(noise(5000, 1), 32).width, 32);
  EXPECT_EQ(resize_bicubic(noise(5000, 2), 1, 1).pixels.size(), 3u);
}

// The tensor "pixels_u8" of a safetensors file.
std::string read_pixels(const std::string& bytes) {
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), sizeof length);
  const auto offsets =
      nlohmann::json::parse(bytes.substr(8, length)).at("pixels_u8").at("data_offsets");
  const auto begin = offsets.at(0).get<std::size_t>();
  return bytes.substr(8 + length + begin, offsets.at(1).get<std::size_t>() - begin);
}

class PixelParity : public testing::Test {
 protected:
  void SetUp() override {
    const fs::path archive = testing_support::shared_data("parity/parity.tar.xz");
    if (archive.empty()) GTEST_SKIP() << "the real data is not here";
    folder_ = fs::path(testing::TempDir()) / "skyglot_pixel_parity";
    fs::create_directories(folder_);
    const std::string command =
        "tar -xJf '" + archive.string() + "' -C '" + folder_.string() + "' parity/clip";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }
  void TearDown() override {
    if (!folder_.empty()) fs::remove_all(folder_);
  }
  fs::path folder_;
};

// Origin: Pillow through the original preprocessing. The promise is +-1 with a mean below 0.02; we
// are equal.
TEST_F(PixelParity, EightBitPixelsAreThoseOfTheReference) {
  const fs::path clip = folder_ / "parity/clip";
  const auto facts = nlohmann::json::parse(read_file(clip / "case.json"));
  const std::string expected = read_pixels(read_file(clip / "expected.safetensors"));
  const int side = facts.at("arch").at("image_size");
  const auto names = facts.at("images").get<std::vector<std::string>>();
  const auto length = static_cast<std::size_t>(side * side * 3);
  ASSERT_EQ(expected.size(), names.size() * length);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Picture picture =
        resize_and_centre_crop(decode_picture(read_file(clip / names[i]), names[i]), side);
    const std::string pixels(picture.pixels.begin(), picture.pixels.end());
    EXPECT_TRUE(pixels == expected.substr(i * length, length)) << names[i];
  }
}

}  // namespace
}  // namespace skyglot
