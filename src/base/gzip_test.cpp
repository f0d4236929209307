// SPDX-License-Identifier: Apache-2.0
#include "base/gzip.hpp"

#include "base/error.hpp"
#include "base/random.hpp"

#include <gtest/gtest.h>

#include <zlib.h>

namespace skyglot {
namespace {

std::string gzipped(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
  std::string bytes(text.size() + 1000, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  deflate(&stream, Z_FINISH);
  bytes.resize(bytes.size() - stream.avail_out);
  deflateEnd(&stream);
  return bytes;
}

TEST(Gzip, UnpacksWhatWasPacked) {
  const std::string text(1'000'000, 'x');
  EXPECT_TRUE(is_gzip(gzipped(text)));
  EXPECT_FALSE(is_gzip(text));
  EXPECT_EQ(gunzipped(gzipped(text), "x.gz", 2'000'000), text);
  EXPECT_EQ(gunzipped(gzipped(""), "x.gz", 10), "");
}

TEST(Gzip, RefusesBombsAndDamage) {
  const std::string good = gzipped(std::string(3'000'000, 'x'));
  EXPECT_THROW((void)gunzipped(good, "x.gz", 1'000'000), Error);
  EXPECT_THROW((void)gunzipped(good.substr(0, good.size() - 1), "x.gz", 5'000'000), Error);
  std::string bad = good;
  bad[bad.size() - 6] = static_cast<char>(bad[bad.size() - 6] ^ 1);  // the checksum
  EXPECT_THROW((void)gunzipped(bad, "x.gz", 5'000'000), Error);
  EXPECT_THROW((void)gunzipped("\x1F\x8B", "x.gz", 100), Error);
}

}  // namespace
}  // namespace skyglot
