// SPDX-License-Identifier: Apache-2.0
#include "pictures/jpeg.hpp"

#include "base/error.hpp"

#include <memory>
#include <turbojpeg.h>
#include <type_traits>

namespace skyglot {
namespace {

struct DestroyHandle {
  void operator()(void* handle) const { tjDestroy(handle); }
};
using Handle = std::unique_ptr<std::remove_pointer_t<tjhandle>, DestroyHandle>;

const unsigned char* as_bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string encode_jpeg(const Picture& picture, int quality) {
  thread_local const Handle encoder(tjInitCompress());
  const int subsampling =
      picture.channels == 1 ? TJSAMP_GRAY : (quality >= 95 ? TJSAMP_444 : TJSAMP_420);
  std::string bytes(tjBufSize(picture.width, picture.height, subsampling), '\0');
  auto* out = reinterpret_cast<unsigned char*>(bytes.data());
  unsigned long size = bytes.size();
  const int code = tjCompress2(encoder.get(), picture.pixels.data(), picture.width, 0,
                               picture.height, picture.channels == 1 ? TJPF_GRAY : TJPF_RGB, &out,
                               &size, subsampling, quality, TJFLAG_NOREALLOC | TJFLAG_ACCURATEDCT);
  if (code != 0)
    fail(ErrorKind::internal, "cannot encode a JPEG: {}", tjGetErrorStr2(encoder.get()));
  bytes.resize(size);
  return bytes;
}

Picture decode_jpeg(std::string_view bytes, const std::string& name, std::size_t max_pixels) {
  thread_local const Handle decoder(tjInitDecompress());
  Picture picture;
  int subsampling = 0;
  int colours = 0;
  if (tjDecompressHeader3(decoder.get(), as_bytes(bytes), bytes.size(), &picture.width,
                          &picture.height, &subsampling, &colours) != 0)
    fail(ErrorKind::format, "{}: not a JPEG: {}", name, tjGetErrorStr2(decoder.get()));
  const auto pixels =
      static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height);
  if (pixels > max_pixels)
    fail(ErrorKind::resource, "{}: {} x {} pixels are more than allowed", name, picture.width,
         picture.height);
  picture.pixels.resize(pixels * 3);
  if (tjDecompress2(decoder.get(), as_bytes(bytes), bytes.size(), picture.pixels.data(),
                    picture.width, 0, picture.height, TJPF_RGB, TJFLAG_ACCURATEDCT) != 0)
    fail(ErrorKind::format, "{}: damaged JPEG: {}", name, tjGetErrorStr2(decoder.get()));
  return picture;
}

}  // namespace skyglot
