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

namespace {

// What a decoder says that leaves the picture whole.
bool is_harmless(tjhandle decoder) {
  const std::string_view message = tjGetErrorStr2(decoder);
  return tjGetErrorCode(decoder) == TJERR_WARNING &&
         message.find("extraneous bytes") != std::string_view::npos;
}

// Thousands of scans in a small file would take hours.
#ifdef TJFLAG_LIMITSCANS
constexpr int kDecodeFlags = TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS;
#else
constexpr int kDecodeFlags = TJFLAG_ACCURATEDCT;
#endif

// One decoder a thread. What it refuses leaves it in a state that spoils the next picture, so it is
// made anew then.
class Decoder {
 public:
  explicit Decoder(const std::string& name) : name_(name) {
    if (!handle_) handle_.reset(tjInitDecompress());
  }

  /// Sizes of the picture; returns whether it has four inks instead of colours.
  bool read_header(std::string_view bytes, Picture& into) const {
    int subsampling = 0;
    int colours = 0;
    check(tjDecompressHeader3(handle_.get(), as_bytes(bytes), bytes.size(), &into.width,
                              &into.height, &subsampling, &colours),
          "not a JPEG");
    return colours == TJCS_CMYK || colours == TJCS_YCCK;
  }

  void read_pixels(std::string_view bytes, int format, Picture& into) const {
    check(tjDecompress2(handle_.get(), as_bytes(bytes), bytes.size(), into.pixels.data(),
                        into.width, 0, into.height, format, kDecodeFlags),
          "damaged JPEG");
  }

 private:
  void check(int code, const char* what) const {
    if (code == 0 || is_harmless(handle_.get())) return;
    const std::string message = tjGetErrorStr2(handle_.get());
    handle_.reset();
    fail(ErrorKind::format, "{}: {}: {}", name_, what, message);
  }

  static thread_local Handle handle_;
  const std::string& name_;
};

thread_local Handle Decoder::handle_;

// value * share / 255, rounded as Pillow does it.
int scaled(int value, int share) {
  const int product = value * share + 128;
  return ((product >> 8) + product) >> 8;
}

// Four inks as Adobe stores them, inverted (0 is full ink), to RGB in place.
void rgb_from_inks(Picture& picture) {
  const std::size_t count = picture.pixels.size() / 4;
  std::uint8_t* out = picture.pixels.data();
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint8_t* inks = picture.pixels.data() + 4 * i;
    const int black = inks[3];
    for (std::size_t c = 0; c < 3; ++c)
      *out++ = static_cast<std::uint8_t>(black - scaled(255 - inks[c], black));
  }
  picture.pixels.resize(count * 3);
}

}  // namespace

Picture decode_jpeg(std::string_view bytes, const std::string& name, std::size_t max_pixels) {
  const Decoder decoder(name);
  Picture picture;
  const bool inks = decoder.read_header(bytes, picture);
  const auto pixels =
      static_cast<std::size_t>(picture.width) * static_cast<std::size_t>(picture.height);
  if (pixels > max_pixels)
    fail(ErrorKind::resource, "{}: {} x {} pixels are more than --max-pixels {}", name,
         picture.width, picture.height, max_pixels);
  picture.pixels.resize(pixels * (inks ? 4 : 3));
  decoder.read_pixels(bytes, inks ? TJPF_CMYK : TJPF_RGB, picture);
  if (inks) rgb_from_inks(picture);
  return picture;
}

}  // namespace skyglot
