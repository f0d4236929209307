// SPDX-License-Identifier: Apache-2.0
#include "pictures/png.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <png.h>

namespace skyglot {
namespace {

struct FreeImage {
  void operator()(png_image* image) const { png_image_free(image); }
};

png_image new_image() {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  return image;
}

void drop_alpha(Picture& picture) {
  const std::size_t count = picture.pixels.size() / 4;
  for (std::size_t i = 1; i < count; ++i)
    std::copy_n(picture.pixels.data() + 4 * i, 3, picture.pixels.data() + 3 * i);
  picture.pixels.resize(count * 3);
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char c : bytes.substr(0, 4)) value = value << 8 | static_cast<std::uint8_t>(c);
  return value;
}

// The pixels as they are stored: libpng would change them by what the file says of its gamma, which
// Pillow, and so every published preprocessing, does not.
std::string without_colour_space(std::string_view bytes) {
  constexpr std::array<std::string_view, 5> kColourSpace{"gAMA", "cHRM", "sRGB", "iCCP", "cICP"};
  constexpr std::size_t kMarkBytes = 8;
  constexpr std::size_t kFrameBytes = 12;  // length, type and checksum of a chunk
  std::string kept(bytes.substr(0, kMarkBytes));
  for (std::size_t at = kMarkBytes; at < bytes.size();) {
    const std::string_view rest = bytes.substr(at);
    const std::size_t size =
        rest.size() < kFrameBytes ? rest.size() : kFrameBytes + big_endian(rest);
    const std::string_view chunk = rest.substr(0, size);
    if (std::ranges::find(kColourSpace, chunk.substr(std::min<std::size_t>(4, chunk.size()), 4)) ==
        kColourSpace.end())
      kept += chunk;
    at += chunk.size();
  }
  return kept;
}

}  // namespace

std::string encode_png(const Picture& picture) {
  png_image image = new_image();
  image.width = static_cast<png_uint_32>(picture.width);
  image.height = static_cast<png_uint_32>(picture.height);
  image.format = picture.channels == 1 ? PNG_FORMAT_GRAY : PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string bytes(size, '\0');
  if (png_image_write_to_memory(&image, bytes.data(), &size, 0, picture.pixels.data(), 0,
                                nullptr) == 0)
    fail(ErrorKind::internal, "cannot encode a PNG: {}", image.message);
  bytes.resize(size);
  return bytes;
}

Picture decode_png(std::string_view file, const std::string& name, std::size_t max_pixels) {
  const std::string bytes = without_colour_space(file);
  png_image image = new_image();
  const std::unique_ptr<png_image, FreeImage> guard(&image);
  if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0)
    fail(ErrorKind::format, "{}: not a PNG: {}", name, image.message);
  const std::size_t pixels = static_cast<std::size_t>(image.width) * image.height;
  if (pixels > max_pixels)
    fail(ErrorKind::resource, "{}: {} x {} pixels are more than --max-pixels {}", name, image.width,
         image.height, max_pixels);
  const bool has_alpha = (image.format & PNG_FORMAT_FLAG_ALPHA) != 0;
  image.format = has_alpha ? PNG_FORMAT_RGBA : PNG_FORMAT_RGB;
  image.flags |= PNG_IMAGE_FLAG_16BIT_sRGB;  // 16 bits are scaled, not taken for linear light
  Picture picture{static_cast<int>(image.width), static_cast<int>(image.height), 3, {}};
  picture.pixels.resize(pixels * (has_alpha ? 4 : 3));
  if (png_image_finish_read(&image, nullptr, picture.pixels.data(), 0, nullptr) == 0)
    fail(ErrorKind::format, "{}: damaged PNG: {}", name, image.message);
  if (has_alpha) drop_alpha(picture);
  return picture;
}

}  // namespace skyglot
