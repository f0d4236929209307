// SPDX-License-Identifier: Apache-2.0
// The commands that choose with a model, as a user runs them, with the model that comes with
// skyglot: filter, detector train, tags train, tags predict and build --predict-tags.
#include "base/atomic_file.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "nn/small_clip.hpp"
#include "pictures/png.hpp"
#include "tests/support/world_test.hpp"
#include "weights/model_folder.hpp"
#include "weights/random_model.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>

namespace skyglot::testing_support {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  const std::string text = read_file(file);
  for (const auto line : split(trim(text), '\n')) lines.emplace_back(line);
  return lines;
}

class CurateCommands : public WorldTest {
 protected:
  [[nodiscard]] ProgramResult build(const std::string& output,
                                    std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"build", "--objects", world_->path("objects.gpkg"), "--imagery",
                               world_->path("imagery.gpkg"), "--output", path(output)});
    return run_skyglot(more);
  }
  /// The object that a command prints with --json.
  [[nodiscard]] static ReadJson answer(std::vector<std::string> words) {
    words.emplace_back("--json");
    const ProgramResult result = run_skyglot(words);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.exit_code == 0 ? parse_json(result.out) : ReadJson();
  }
  /// Pictures of one of two kinds: stripes or noise.
  void write_pictures(const std::string& name, bool stripes, int count) const {
    fs::create_directories(folder_ / name);
    std::uint32_t state = 1;
    for (int i = 0; i < count; ++i) {
      Picture picture{64, 64, 3, {}};
      for (int p = 0; p < 64 * 64 * 3; ++p) {
        state = state * 1664525U + 1013904223U;
        const auto stripe = static_cast<std::uint8_t>(p / 3 % 64 / (4 + i % 5) % 2 == 0 ? 40 : 210);
        picture.pixels.push_back(stripes ? stripe : static_cast<std::uint8_t>(state >> 24));
      }
      write_file_atomically(folder_ / name / fmt::format("{:02}.png", i), encode_png(picture));
    }
  }
};

TEST_F(CurateCommands, FilterKeepsTheMostSimilarAndTheReportShowsBothCaptions) {
  ASSERT_EQ(build("data").exit_code, 0);
  const ReadJson first = answer({"filter", path("data"), "--keep", "20,50"});
  const auto pairs = first.at("pairs").get<std::size_t>();
  ASSERT_GT(pairs, 100u);
  EXPECT_EQ(first.at("resumed"), 0);
  const auto kept = lines_of(folder_ / "data" / "kept_20.csv");
  EXPECT_EQ(kept.front(), "filepath,title,title_multi_objects,similarity,similarity_multi_objects");
  EXPECT_EQ(kept.size() - 1, first.at("cuts").at(0).at("kept").get<std::size_t>());
  EXPECT_NEAR(static_cast<double>(kept.size() - 1), 0.2 * static_cast<double>(pairs), 1);
  EXPECT_EQ(lines_of(folder_ / "data" / "pairs.csv").size(), pairs + 1);

  // The other captions of the same pictures.
  const ReadJson again = answer({"filter", path("data"), "--keep", "50", "--multi"});
  EXPECT_EQ(again.at("resumed").get<std::size_t>(), pairs);
  EXPECT_FALSE(fs::exists(folder_ / "data" / "kept_20.csv"));
  EXPECT_EQ(first.at("mean_title"), again.at("mean_title"));

  ASSERT_EQ(run_skyglot({"report", path("data"), "--output", path("page.html")}).exit_code, 0);
  EXPECT_THAT(read_file(folder_ / "page.html"),
              AllOf(HasSubstr("picture and caption of one object"),
                    HasSubstr("picture and caption of several objects"), HasSubstr("best 50 %")));
}

TEST_F(CurateCommands, FilterRefusesWhatItCannotKeep) {
  EXPECT_EQ(run_skyglot({"filter", path("none"), "--keep", "120"}).exit_code, 2);
  const ProgramResult result = run_skyglot({"filter", path("none"), "--keep", "20"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr(path("none")));
}

TEST_F(CurateCommands, ADetectorKeepsThePicturesOfItsKind) {
  write_pictures("stripes", true, 12);
  write_pictures("noise", false, 12);
  const ReadJson trained =
      answer({"detector", "train", "--overhead", path("stripes"), "--other", path("noise"),
              "--components", "4", "--output", path("detector.safetensors")});
  EXPECT_EQ(trained.at("overhead"), 12);
  EXPECT_EQ(trained.at("accuracy"), 1);
  const ReadJson found = answer({"filter", path("noise"), path("stripes"), "--detector",
                                 path("detector.safetensors"), "--output", path("kept.csv")});
  EXPECT_EQ(found.at("pictures"), 24);
  EXPECT_EQ(found.at("kept"), 12);
  EXPECT_EQ(lines_of(folder_ / "kept.csv").size(), 13u);

  save_model_folder(folder_ / "other", random_model(small_clip(), 2));
  const ProgramResult other =
      run_skyglot({"filter", path("noise"), "--detector", path("detector.safetensors"), "--output",
                   path("other.csv"), "--model", path("other")});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.err, HasSubstr("learnt with another model"));
  EXPECT_FALSE(fs::exists(folder_ / "other.csv"));
}

TEST_F(CurateCommands, TagsAreJudgedByTheWordsTheyAreMadeOf) {
  write_file_atomically(folder_ / "tags.csv",
                        "key,value\nbuilding,hangar\nleisure,water_park\nphone,12345\n");
  const ReadJson judged =
      answer({"tags", "predict", path("tags.csv"), "--all", "--output", path("judged.csv")});
  EXPECT_EQ(judged.at("tags"), 3);
  EXPECT_EQ(judged.at("predicted"), 3);
  const auto lines = lines_of(folder_ / "judged.csv");
  EXPECT_EQ(lines.size(), 4u);

  // A classifier of one's own, and the same twice.
  std::string table = "key,value,visible,max_gsd_m\n";
  for (int i = 0; i < 12; ++i)
    table += fmt::format("building,hall{0},yes,1\nlanduse,field{0},yes,10\nphone,call{0},no,\n", i);
  write_file_atomically(folder_ / "table.csv", table);
  const std::vector<std::string> train{"tags",         "train", "--labels", path("table.csv"),
                                       "--components", "8",     "--output"};
  for (const char* name : {"one.safetensors", "two.safetensors"}) {
    std::vector<std::string> words = train;
    words.push_back(path(name));
    EXPECT_EQ(answer(words).at("tags"), 36);
  }
  EXPECT_EQ(read_file(folder_ / "one.safetensors"), read_file(folder_ / "two.safetensors"));
  save_model_folder(folder_ / "other", random_model(small_clip(), 2));
  const ProgramResult other =
      run_skyglot({"tags", "predict", path("tags.csv"), "--classifier", path("one.safetensors"),
                   "--model", path("other"), "--output", path("no.csv")});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_FALSE(fs::exists(folder_ / "no.csv"));
}

TEST_F(CurateCommands, BuildPredictsTheTagsThatItsTableLacks) {
  write_file_atomically(folder_ / "table.csv",
                        "key,value,visible,max_gsd_m\nbuilding,*,yes,1\nname,*,no,\n");
  const auto pairs = [&](const std::string& output) {
    return parse_json(read_file(folder_ / output / "dataset.json"))
        .at("counts")
        .at("pairs")
        .get<int>();
  };
  ASSERT_EQ(build("few", {"--visibility", path("table.csv")}).exit_code, 0);
  const ProgramResult result =
      build("more", {"--visibility", path("table.csv"), "--predict-tags", "--progress", "never"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_GT(pairs("more"), pairs("few"));
  EXPECT_GT(lines_of(folder_ / "more.visibility.csv").size(), 3u);
  EXPECT_FALSE(fs::exists(folder_ / "more.tags.csv"));
}

}  // namespace
}  // namespace skyglot::testing_support
