// SPDX-License-Identifier: Apache-2.0
// The cache of evaluation: same vectors with and without, checked, taken up, made anew.
#include "eval/picture_vectors.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "embed/test_source.hpp"
#include "tests/support/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing_support::fake_encode;
using testing_support::noisy_picture;
using testing_support::test_folder;

class PictureCache : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = test_folder();
    for (int i = 0; i < 20; ++i) write("a", i, 0);
    options_.columns = 4;
    options_.embed.block = 4;
    options_.model = {{"weights_sha256", "abc"}};
  }

  void write(const std::string& set, int number, std::uint64_t seed) const {
    const fs::path file = folder_ / set / "river" / (std::to_string(number) + ".png");
    fs::create_directories(file.parent_path());
    std::string bytes =
        encode_png(noisy_picture(16, 16, seed + static_cast<std::uint64_t>(number)));
    if (number == 7) bytes.resize(40);
    write_file_atomically(file, bytes);
  }

  // Counts the pictures that went through it; fails once there were `most`.
  PictureModel tower(std::size_t most = 1000) {
    return {[this, most](std::span<const Picture> pictures) {
              encoded_ += pictures.size();
              if (encoded_ > most) throw std::runtime_error("pulled the plug");
              return fake_encode(pictures);
            },
            {.side = 8},
            2,
            1};
  }

  [[nodiscard]] SampleSet samples(const std::vector<std::string>& sets = {"a"}) const {
    SampleRequest request{.images = {}, .list = {}, .data = {}};
    for (const std::string& set : sets) request.images.push_back(folder_ / set);
    return read_samples(request);
  }

  PictureVectors embed(const SampleSet& set, bool cached = true) {
    encoded_ = 0;
    options_.cache = cached ? folder_ / "cache" : fs::path();
    return embed_samples(set, tower(), options_);
  }

  [[nodiscard]] fs::path only_entry() const {
    return fs::directory_iterator(folder_ / "cache")->path();
  }

  fs::path folder_;
  PictureVectorOptions options_;
  std::size_t encoded_ = 0;
};

TEST_F(PictureCache, GivesTheSameAsWithout) {
  const SampleSet set = samples();
  const PictureVectors plain = embed(set, false);
  const PictureVectors first = embed(set);
  EXPECT_FALSE(first.from_cache);
  const PictureVectors again = embed(set);
  EXPECT_TRUE(again.from_cache);
  EXPECT_EQ(encoded_, 0u);
  for (const PictureVectors* vectors : {&first, &again}) {
    EXPECT_EQ(vectors->vectors.all().values, plain.vectors.all().values);
    EXPECT_EQ(vectors->kept, plain.kept);
    ASSERT_EQ(vectors->skipped.size(), 1u);
    EXPECT_EQ(vectors->skipped[0].sample, plain.skipped[0].sample);
    EXPECT_EQ(vectors->skipped[0].reason, plain.skipped[0].reason);
  }
  EXPECT_EQ(plain.vectors.rows(), 19);
}

TEST_F(PictureCache, GoesOnWhereItWasInterrupted) {
  const SampleSet set = samples();
  options_.cache = folder_ / "cache";
  EXPECT_THROW((void)embed_samples(set, tower(13), options_), std::runtime_error);
  const PictureVectors rest = embed(set);
  EXPECT_FALSE(rest.from_cache);
  EXPECT_LE(encoded_, 11u);  // two blocks of four were kept at least
  EXPECT_EQ(rest.vectors.all().values, embed(set, false).vectors.all().values);
}

TEST_F(PictureCache, DamageIsToldAndMended) {
  const SampleSet set = samples();
  const std::vector<float> right = embed(set).vectors.all().values;
  for (const char* name : {"vectors.f16", "ids.txt", "embeddings.json"}) {
    const fs::path file = only_entry() / name;
    std::string bytes = read_file(file);
    bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
    write_file_atomically(file, bytes);
    testing::internal::CaptureStderr();
    const PictureVectors mended = embed(set);
    EXPECT_THAT(testing::internal::GetCapturedStderr(), HasSubstr("embedded anew")) << name;
    EXPECT_EQ(mended.vectors.all().values, right) << name;
    EXPECT_TRUE(embed(set).from_cache) << name;
  }
}

TEST_F(PictureCache, OtherModelsAndPicturesHaveTheirOwn) {
  (void)embed(samples());
  options_.model["weights_sha256"] = "other";
  EXPECT_FALSE(embed(samples()).from_cache);
  options_.model["weights_sha256"] = "abc";
  EXPECT_TRUE(embed(samples()).from_cache);
  write("a", 3, 500);
  EXPECT_FALSE(embed(samples()).from_cache);
}

// Two inputs with the same names below them: every sample keeps its own picture's vector.
TEST_F(PictureCache, InputsMayShareNames) {
  for (int i = 0; i < 6; ++i) write("b", i, 900);
  const SampleSet both = samples({"a", "b"});
  const PictureVectors alone = embed(samples({"b"}), false);
  for (const bool cached : {false, true, true}) {
    const PictureVectors vectors = embed(both, cached);
    ASSERT_EQ(vectors.vectors.rows(), 25);
    // Blocks differ, so the fake tower's share of the pass may.
    EXPECT_NEAR(vectors.vectors.block(19, 1).values[1], alone.vectors.block(0, 1).values[1], 1e-3);
    EXPECT_NEAR(vectors.vectors.block(24, 1).values[2], alone.vectors.block(5, 1).values[2], 1e-3);
  }
}

}  // namespace
}  // namespace skyglot
