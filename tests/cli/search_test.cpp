// SPDX-License-Identifier: Apache-2.0
// skyglot search as a user runs it, on a small model with random weights and on the one that comes
// with skyglot.
#include "base/atomic_file.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "nn/small_clip.hpp"
#include "pictures/png.hpp"
#include "tests/support/program.hpp"
#include "weights/model_folder.hpp"
#include "weights/random_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot::testing_support {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

class SearchCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = test_folder();
    save_model_folder(folder_ / "model", random_model(small_clip(), 1));
    fs::create_directories(folder_ / "pictures");
    for (int i = 0; i < 6; ++i)
      write_file_atomically(folder_ / "pictures" / fmt::format("{}.png", i),
                            encode_png(shade(40 * i)));
    ASSERT_EQ(run_skyglot({"embed", "--model", path("model"), "--images", path("pictures"),
                           "--output", path("vectors")})
                  .exit_code,
              0);
  }

  static Picture shade(int value) {
    Picture picture{32, 32, 3, {}};
    for (int i = 0; i < 32 * 32 * 3; ++i)
      picture.pixels.push_back(static_cast<std::uint8_t>((value + i % 7) % 256));
    return picture;
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  fs::path folder_;
};

TEST_F(SearchCommand, ALineOfJsonForEveryPictureFound) {
  const auto result = run_skyglot({"search", path("vectors"), "a lake", "fields", "--model",
                                   path("model"), "--k", "2", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  std::vector<ReadJson> lines;
  for (const auto line : split(trim(result.out), '\n'))
    lines.push_back(parse_json(std::string(line)));
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0].at("sentence"), "a lake");
  EXPECT_EQ(lines[2].at("sentence"), "fields");
  EXPECT_EQ(lines[0].at("percentile"), 100);
  EXPECT_GE(lines[0].at("score").get<double>(), lines[1].at("score").get<double>());
  EXPECT_TRUE(fs::exists(folder_ / "pictures" / lines[0].at("id").get<std::string>()));
}

TEST_F(SearchCommand, VectorsOfAnotherModelAreRefused) {
  save_model_folder(folder_ / "other", random_model(small_clip(), 2));
  const auto result = run_skyglot({"search", path("vectors"), "a lake", "--model", path("other")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("different models"), HasSubstr("other"), HasSubstr("embed both")));
}

TEST_F(SearchCommand, ASentenceThatIsTooLongIsNotCut) {
  std::string words;
  for (int i = 0; i < 400; ++i) words += "lake ";
  const auto result = run_skyglot({"search", path("vectors"), words, "--model", path("model")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.err, "");
}

}  // namespace
}  // namespace skyglot::testing_support
