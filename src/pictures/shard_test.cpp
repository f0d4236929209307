// SPDX-License-Identifier: Apache-2.0
#include "pictures/shard.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

fs::path write_sample(const std::string& name) {
  fs::path path = fs::path(testing::TempDir()) / name;
  ShardWriter writer(path);
  writer.add("a1.jpg", std::string(1000, 'j'));
  writer.add("a1.txt", "a satellite image of forest");
  writer.add("a1.json", "{}");
  EXPECT_FALSE(fs::exists(path));
  const auto summary = writer.commit();
  EXPECT_EQ(summary.sha256, sha256_file(path));
  EXPECT_EQ(summary.bytes, fs::file_size(path));
  return path;
}

std::vector<std::string> names_in(const fs::path& path) {
  std::vector<std::string> names;
  read_shard(path, [&](const std::string& name, std::string_view) {
    names.push_back(name);
    return true;
  });
  return names;
}

TEST(Shard, ReadsBackInOrderAndSameSamplesGiveSameBytes) {
  const auto path = write_sample("one.tar");
  EXPECT_EQ(names_in(path), (std::vector<std::string>{"a1.jpg", "a1.txt", "a1.json"}));
  EXPECT_EQ(sha256_file(path), sha256_file(write_sample("two.tar")));
}

TEST(Shard, MemberOffsetsPointAtTheBytes) {
  const fs::path path = fs::path(testing::TempDir()) / "offsets.tar";
  ShardWriter writer(path);
  writer.add("a.txt", "first");
  const ShardMember second = writer.add("b.txt", "second");
  (void)writer.commit();
  EXPECT_EQ(read_file(path).substr(second.offset, second.size), "second");
}

TEST(Shard, AbandonedShardLeavesNoTrace) {
  const fs::path path = fs::path(testing::TempDir()) / "abandoned.tar";
  { ShardWriter(path).add("a.txt", "x"); }
  EXPECT_FALSE(fs::exists(path));
}

TEST(Shard, TruncatedShardIsNamed) {
  const auto path = write_sample("short.tar");
  fs::resize_file(path, 700);
  try {
    (void)names_in(path);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("short.tar"), std::string::npos);
  }
}

TEST(Shard, PathsThatEscapeAreRefused) {
  for (const std::string name : {"../a.txt", "/etc/a.txt", "x/../../a.txt"}) {
    const fs::path path = fs::path(testing::TempDir()) / "escape.tar";
    ShardWriter writer(path);
    writer.add(name, "x");
    (void)writer.commit();
    EXPECT_THROW((void)names_in(path), Error) << name;
  }
}

TEST(Shard, MutationsNeverCrash) {
  const std::string good = read_file(write_sample("good.tar"));
  const fs::path path = fs::path(testing::TempDir()) / "bad.tar";
  RandomStream random(5, "tar");
  for (int i = 0; i < 200; ++i) {
    std::string bad = good;
    for (int k = 0; k < 4; ++k) bad[random.index(1536)] = static_cast<char>(random.integer(0, 255));
    write_file_atomically(path, bad);
    try {
      (void)names_in(path);
    } catch (const Error&) {
    }
  }
}

}  // namespace
}  // namespace skyglot
