// SPDX-License-Identifier: Apache-2.0
#include "base/gzip.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <zlib.h>

namespace skyglot {
namespace {

constexpr int kGzipOnly = MAX_WBITS + 16;
constexpr std::size_t kStep = std::size_t{1} << 18;

struct EndInflate {
  void operator()(z_stream* stream) const { inflateEnd(stream); }
};

}  // namespace

bool is_gzip(std::string_view bytes) {
  return bytes.starts_with("\x1F\x8B");
}

std::string gunzipped(std::string_view bytes, const std::string& name, std::size_t max_bytes) {
  if (bytes.size() > std::numeric_limits<uInt>::max())
    fail(ErrorKind::resource, "{}: too large to be unpacked here", name);
  z_stream stream{};
  expect(inflateInit2(&stream, kGzipOnly) == Z_OK, "zlib does not start");
  const std::unique_ptr<z_stream, EndInflate> guard(&stream);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string result;
  for (int code = Z_OK; code != Z_STREAM_END;) {
    const std::size_t done = result.size();
    if (done > max_bytes)
      fail(ErrorKind::resource, "{}: unpacks to more than {} bytes", name, max_bytes);
    result.resize(done + kStep);
    stream.next_out = reinterpret_cast<Bytef*>(result.data() + done);
    stream.avail_out = static_cast<uInt>(kStep);
    code = inflate(&stream, Z_NO_FLUSH);
    result.resize(done + kStep - stream.avail_out);
    if (code != Z_OK && code != Z_STREAM_END)
      fail(ErrorKind::format, "{}: damaged or truncated gzip", name);
  }
  return result;
}

}  // namespace skyglot
