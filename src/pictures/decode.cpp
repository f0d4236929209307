// SPDX-License-Identifier: Apache-2.0
#include "pictures/decode.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "pictures/jpeg.hpp"
#include "pictures/png.hpp"

#include <array>

namespace skyglot {
namespace {

using namespace std::string_view_literals;

constexpr auto kJpegMark = "\xFF\xD8\xFF"sv;
constexpr auto kPngMark = "\x89PNG\r\n\x1A\n"sv;

struct Lookalike {
  std::string_view mark;
  std::string_view what;
};

constexpr std::array<Lookalike, 13> kLookalikes{
    {{"II*\0"sv, "a TIFF"},
     {"MM\0*"sv, "a TIFF"},
     {"II+\0"sv, "a BigTIFF"},
     {"GIF8"sv, "a GIF"},
     {"BM"sv, "a BMP"},
     {"\0\0\0\x0CjP  "sv, "a JPEG 2000"},
     {"%PDF"sv, "a PDF"},
     {"PK\x03\x04"sv, "a zip archive"},
     {"\x1F\x8B"sv, "a gzip file"},
     {"\x89HDF"sv, "an HDF5 file"},
     {"CDF\x01"sv, "a NetCDF file"},
     {"version https://git-lfs"sv, "a Git LFS pointer, not the file itself"},
     {"#!"sv, "a script"}}};

std::string_view text_kind(std::string_view bytes) {
  const std::string start = to_lower(trim(bytes.substr(0, 256)));
  if (start.starts_with("<!doctype html") || start.starts_with("<html")) return "a web page";
  if (start.starts_with("<?xml") || start.starts_with("<svg")) return "XML";
  if (start.starts_with('{') || start.starts_with('[')) return "JSON";
  return "";
}

std::string looks_like(std::string_view bytes) {
  if (bytes.starts_with("RIFF") && bytes.substr(0, 12).ends_with("WEBP")) return "a WebP";
  for (const Lookalike& known : kLookalikes)
    if (bytes.starts_with(known.mark)) return std::string(known.what);
  return std::string(text_kind(bytes));
}

[[noreturn]] void refuse(std::string_view bytes, const std::string& name) {
  if (bytes.empty()) fail(ErrorKind::format, "{}: the file is empty", name);
  const std::string what = looks_like(bytes);
  fail(ErrorKind::format, "{}: neither JPEG nor PNG{}", name,
       what.empty() ? "" : "; it looks like " + what);
}

}  // namespace

Picture decode_picture(std::string_view bytes, const std::string& name, std::size_t max_pixels) {
  if (bytes.starts_with(kJpegMark)) return decode_jpeg(bytes, name, max_pixels);
  if (bytes.starts_with(kPngMark)) return decode_png(bytes, name, max_pixels);
  refuse(bytes, name);
}

}  // namespace skyglot
