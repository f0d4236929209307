// SPDX-License-Identifier: Apache-2.0
#include "pictures/png.hpp"

#include "base/error.hpp"

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

Picture decode_png(std::string_view bytes, const std::string& name, std::size_t max_pixels) {
  png_image image = new_image();
  const std::unique_ptr<png_image, FreeImage> guard(&image);
  if (png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) == 0)
    fail(ErrorKind::format, "{}: not a PNG: {}", name, image.message);
  const std::size_t pixels = static_cast<std::size_t>(image.width) * image.height;
  if (pixels > max_pixels)
    fail(ErrorKind::resource, "{}: {} x {} pixels are more than allowed", name, image.width,
         image.height);
  image.format = PNG_FORMAT_RGB;
  Picture picture{static_cast<int>(image.width), static_cast<int>(image.height), 3, {}};
  picture.pixels.resize(pixels * 3);
  const png_color black{0, 0, 0};
  if (png_image_finish_read(&image, &black, picture.pixels.data(), 0, nullptr) == 0)
    fail(ErrorKind::format, "{}: damaged PNG: {}", name, image.message);
  return picture;
}

}  // namespace skyglot
