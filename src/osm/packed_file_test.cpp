// SPDX-License-Identifier: Apache-2.0
#include "osm/packed_file.hpp"

#include "base/atomic_file.hpp"
#include "osm/import_testing.hpp"

#include <gtest/gtest.h>

#include <bzlib.h>
#include <stdexcept>
#include <zlib.h>

namespace skyglot {
namespace {

std::string bzip2(std::string text) {
  auto size = static_cast<unsigned>(text.size() + 1000);
  std::string packed(size, '\0');
  EXPECT_EQ(BZ2_bzBuffToBuffCompress(packed.data(), &size, text.data(),
                                     static_cast<unsigned>(text.size()), 1, 0, 0),
            BZ_OK);
  packed.resize(size);
  return packed;
}

std::string gzip(const std::string& text) {
  const auto path = test_folder() / "scratch.gz";
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  return read_file(path);
}

std::string unpacked(const std::string& name, const std::string& bytes) {
  const auto path = test_folder() / name;
  write_file_atomically(path, bytes);
  const auto file = PackedFile::open(path);
  std::string room(700, '\0');
  std::string text;
  while (const std::size_t size = file->read(room)) text.append(room, 0, size);
  EXPECT_EQ(file->offset(), bytes.size());
  return text;
}

// Longer than every buffer, and no two places of it alike.
std::string long_text() {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + ' ';
  return text;
}

TEST(PackedFile, GivesWhatWasPacked) {
  const std::string text = long_text();
  EXPECT_EQ(unpacked("a.osm", text), text);
  EXPECT_EQ(unpacked("a.osm.gz", gzip(text)), text);
  EXPECT_EQ(unpacked("a.osm.bz2", bzip2(text)), text);
  EXPECT_EQ(unpacked("b.osm.bz2", ""), "");
}

TEST(PackedFile, ReadsStreamsBehindEachOther) {
  const std::string text = long_text();
  EXPECT_EQ(unpacked("a.osm.gz", gzip(text) + gzip("x") + gzip(text)), text + "x" + text);
  EXPECT_EQ(unpacked("a.osm.bz2", bzip2(text) + bzip2("") + bzip2("x") + bzip2(text)),
            text + "x" + text);
}

TEST(PackedFile, SaysWhenItIsCutShortOrDamaged) {
  const std::string text = long_text();
  for (const auto& [name, bytes] :
       {std::pair(std::string("a.osm.gz"), gzip(text)), {"a.osm.bz2", bzip2(text)}}) {
    EXPECT_THROW((void)unpacked(name, bytes.substr(0, bytes.size() - 3)), std::runtime_error);
    EXPECT_THROW((void)unpacked(name, bytes.substr(0, bytes.size() / 2)), std::runtime_error);
    std::string damaged = bytes;
    damaged[damaged.size() / 2] ^= 0x10;
    EXPECT_THROW((void)unpacked(name, damaged), std::runtime_error);
  }
  EXPECT_THROW((void)unpacked("a.osm.bz2", bzip2(text) + "garbage"), std::runtime_error);
}

}  // namespace
}  // namespace skyglot
