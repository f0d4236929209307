// SPDX-License-Identifier: Apache-2.0
#include "base/hash.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/file_digest.hpp"

#include <gtest/gtest.h>

#include <set>

namespace skyglot {
namespace {

TEST(Sha256, AgreesWithFips180TestVectors) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, PiecesEqualTheWhole) {
  Sha256 hash;
  hash.update("a");
  hash.update("bc");
  EXPECT_EQ(hash.finish(), sha256("abc"));
}

TEST(Sha256, AFileThatCannotBeReadHasNoHash) {
  // The first page of a process's memory is never mapped: reading it is an error of the "disk".
  for (const char* path : {"/proc/self/mem", "/", "/no/such/file"})
    EXPECT_THROW((void)sha256_file(path), Error) << path;
  for (const char* path : {"/", "/no/such/file"})
    EXPECT_THROW((void)digest_of_ends(path), Error) << path;
}

TEST(Sha256, EndsShowAChangeOfSizeStartOrEnd) {
  const auto path = std::filesystem::path(testing::TempDir()) / "ends";
  const auto digest = [&](const std::string& bytes) {
    write_file_atomically(path, bytes);
    return digest_of_ends(path);
  };
  const std::string big(300'000, 'x');
  std::set<std::string> digests{digest(""),
                                digest("x"),
                                digest(big),
                                digest(big + "x"),
                                digest("y" + big.substr(1)),
                                digest(big.substr(1) + "y")};
  EXPECT_EQ(digests.size(), 6u);
  EXPECT_EQ(digest("abc"), "3 " + sha256("abcabc"));
}

TEST(StableHash, NeverChanges) {
  // Data sets depend on these numbers: a change here changes every data set ever built. (FNV-1a
  // and a SplitMix64 step over it, computed apart from this code.)
  EXPECT_EQ(stable_hash(""), 14087677454934409008ULL);
  EXPECT_EQ(stable_hash("a"), 18412106973715859535ULL);
  EXPECT_EQ(stable_hash("cell"), 4055682051539344090ULL);
  EXPECT_EQ(mix(1, 2), 17911839290282890590ULL);
}

}  // namespace
}  // namespace skyglot
