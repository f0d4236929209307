// SPDX-License-Identifier: Apache-2.0
// skyglot embed as a user runs it, on a small model with random weights.
#include "base/atomic_file.hpp"
#include "base/random.hpp"
#include "embed/vectors.hpp"
#include "nn/small_clip.hpp"
#include "pictures/jpeg.hpp"
#include "tests/support/program.hpp"
#include "weights/random_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot::testing_support {
namespace {

using ::testing::HasSubstr;
using testing_support::small_clip;
namespace fs = std::filesystem;

std::string jpeg(std::uint64_t seed) {
  RandomStream random(seed, "jpeg");
  Picture picture{40, 33, 3, {}};
  picture.pixels.resize(40 * 33 * 3);
  for (auto& value : picture.pixels) value = static_cast<std::uint8_t>(random.next());
  return encode_jpeg(picture, 80);
}

class EmbedCommand : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = test_folder();
    save_model_folder(folder_ / "model", random_model(small_clip(), 1));
    fs::create_directories(folder_ / "images/river");
    for (std::uint64_t i = 0; i < 20; ++i)
      write_file_atomically(folder_ / "images/river" / (std::to_string(100 + i) + ".jpg"), jpeg(i));
    write_file_atomically(folder_ / "images/bad.jpg", jpeg(1).substr(0, 300));
    write_file_atomically(folder_ / "images/page.jpg", "<html>404</html>");
  }

  [[nodiscard]] ProgramResult embed(const std::string& output, std::vector<std::string> more,
                                    const ProgramOptions& options = {}) const {
    more.insert(more.begin(), {"embed", "--model", path("model"), "--output", path(output)});
    return run_skyglot(more, options);
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  fs::path folder_;
};

TEST_F(EmbedCommand, NothingEmbeddedIsAFailure) {
  fs::create_directories(path("broken"));
  write_file_atomically(path("broken/a.jpg"), "");
  for (const char* output : {"none", "none.npy"}) {
    const auto result = embed(output, {"--images", path("broken")});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.err, HasSubstr("none of the 1 pictures could be embedded; the first, a.jpg: "
                                      "the file is empty"));
    EXPECT_FALSE(fs::exists(path(output)));
  }
  write_file_atomically(path("empty.tar"), std::string(1024, '\0'));
  EXPECT_THAT(embed("none", {"--images", path("empty.tar")}).err, HasSubstr("there is no picture"));
  EXPECT_FALSE(fs::exists(path("none")));
  write_file_atomically(path("broken/a.jpg"), jpeg(1));
  EXPECT_EQ(embed("none", {"--images", path("broken")}).exit_code, 0) << "begins anew";
}

TEST_F(EmbedCommand, TellsWhatItDidAndWithWhat) {
  const auto result = embed("out", {"--images", path("images")});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, HasSubstr("20 pictures embedded, 2 skipped"));
  EXPECT_THAT(result.out, HasSubstr("page.jpg: neither JPEG nor PNG; it looks like a web page"));
  for (const char* word : {"weights", "activation", "resize", "fp32 on cpu"})
    EXPECT_THAT(result.out, HasSubstr(word));
  const Embeddings embeddings = read_embeddings(folder_ / "out");
  EXPECT_EQ(embeddings.ids.at(19), "river/119.jpg");
  EXPECT_EQ(embeddings.vectors.cols(), 24);
}

// Two folders whose pictures have the same names.
TEST_F(EmbedCommand, InputsThatShareNamesAreRefusedWithTheRemedy) {
  for (const char* folder : {"one/river", "two/river"}) fs::create_directories(path(folder));
  write_file_atomically(path("one/river/a.jpg"), jpeg(1));
  write_file_atomically(path("two/river/a.jpg"), jpeg(2));
  const auto result = embed("out", {"--images", path("one"), path("two")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("'river/a.jpg'"), HasSubstr("the folder above")));
  write_file_atomically(path("two/river/a.jpg"), jpeg(1));
  const auto same = embed("same", {"--images", path("one"), path("two"), "--json"});
  ASSERT_EQ(same.exit_code, 0) << same.err;
  EXPECT_THAT(same.out, AllOf(HasSubstr("\"embedded\":1"), HasSubstr("\"repeated\":1")));
}

TEST_F(EmbedCommand, InterruptionsChangeNoByte) {
  const std::vector<std::string> images{"--images", path("images")};
  ASSERT_EQ(embed("whole", images).exit_code, 0);
  for (const char* point : {"mid_manifest:1", "after_rename:3", "after_rename:5"}) {
    EXPECT_EQ(embed("cut", images, {.environment = {{"SKYGLOT_FAIL_POINT", point}}}).exit_code,
              137);
    ASSERT_EQ(embed("cut", images).exit_code, 0) << point;
    EXPECT_EQ(tree_hashes(folder_ / "cut"), tree_hashes(folder_ / "whole")) << point;
    fs::remove_all(folder_ / "cut");
  }
}

TEST_F(EmbedCommand, ThreadsChangeNothing) {
  ASSERT_EQ(embed("1.npy", {"--images", path("images"), "--threads", "1"}).exit_code, 0);
  ASSERT_EQ(embed("2.npy", {"--images", path("images"), "--threads", "2"}).exit_code, 0);
  const Embeddings one = read_embeddings(folder_ / "1.npy");
  const Embeddings two = read_embeddings(folder_ / "2.npy");
  ASSERT_EQ(one.ids, two.ids);
  EXPECT_EQ(one.vectors.all().values, two.vectors.all().values);
}

TEST_F(EmbedCommand, TextsBecomeRowsOfNpy) {
  write_file_atomically(folder_ / "texts.txt", "a river\r\nan airport from above\n\na river\n");
  ASSERT_EQ(embed("t.npy", {"--texts", path("texts.txt")}).exit_code, 0);
  const Embeddings texts = read_embeddings(folder_ / "t.npy");
  const Matrix rows = texts.vectors.all();
  ASSERT_EQ(rows.rows, 4);
  EXPECT_EQ(texts.ids.at(1), "an airport from above");
  for (std::size_t i = 0; i < 24; ++i) EXPECT_NEAR(rows.row(0)[i], rows.row(3)[i], 1e-5);
}

TEST_F(EmbedCommand, BadInputIsRefusedWithTheRemedy) {
  std::string text = "word";
  for (int i = 0; i < 90; ++i) text += " word";
  write_file_atomically(folder_ / "texts.txt", text + "\n");
  const auto strict = embed("t.npy", {"--texts", path("texts.txt"), "--strict"});
  EXPECT_EQ(strict.exit_code, 1);
  EXPECT_THAT(strict.err, HasSubstr("93 tokens"));
  EXPECT_EQ(embed("a", {}).exit_code, 2);
  EXPECT_EQ(embed("a", {"--images", path("images"), "--max-skipped", "1"}).exit_code, 3);
  EXPECT_EQ(embed("a", {"--images", path("images")}).exit_code, 1);  // there already
  EXPECT_EQ(embed("a", {"--images", path("images"), "--overwrite"}).exit_code, 0);
  EXPECT_EQ(embed("b", {"--images", path("nowhere")}).exit_code, 1);
  EXPECT_EQ(embed("b", {"--images", path("images"), "--resize", "stretch"}).exit_code, 2);
}

}  // namespace
}  // namespace skyglot::testing_support
