// SPDX-License-Identifier: Apache-2.0
#include "eval/manifest.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/strings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kManifest = R"(name = "Small"
task = "zeroshot"
aliases = ["tiny"]
[data]
layout = "csv"
list = "list.csv"
label_column = "class"
pictures = 12
[text]
classes = "classes/aid.csv"
templates = "templates/skyscript.txt"
averaging = "raw"
[preprocess]
resize = "squash"
[[expected]]
source = "Table 1"
averaging = "normalised"
not_known = ["split"]
figures = [
  { model = "M", metric = "top1", value = 71 },
]
)";

std::string manifest_refusal(const std::string& toml) {
  try {
    (void)parse_manifest(toml, "m.toml");
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(BenchmarkManifest, EveryKeyArrives) {
  const BenchmarkManifest manifest = parse_manifest(kManifest, "some/where/small.toml");
  EXPECT_EQ(manifest.key, "small");
  EXPECT_EQ(manifest.name, "Small");
  EXPECT_EQ(manifest.task, Task::zeroshot);
  EXPECT_THAT(manifest.aliases, ElementsAre("tiny"));
  EXPECT_EQ(manifest.data.layout, DataLayout::csv);
  EXPECT_EQ(manifest.data.list, "list.csv");
  EXPECT_EQ(manifest.data.label_column, "class");
  EXPECT_EQ(manifest.data.pictures, 12);
  EXPECT_EQ(manifest.text.averaging, Averaging::raw);
  EXPECT_EQ(manifest.resize, ResizeMode::squash);
  ASSERT_EQ(manifest.expected.size(), 1u);
  const ExpectedGroup& group = manifest.expected[0];
  EXPECT_EQ(group.source, "Table 1");
  EXPECT_EQ(group.protocol.text.averaging, Averaging::normalised);
  EXPECT_EQ(group.protocol.text.classes, "classes/aid.csv");
  EXPECT_EQ(group.protocol.data.pictures, 12);
  EXPECT_THAT(group.not_known, ElementsAre("split"));
  ASSERT_EQ(group.figures.size(), 1u);
  EXPECT_EQ(group.figures[0].value, 71.0);
}

TEST(BenchmarkManifest, MistakesAreNamedWithTheirLine) {
  const std::string good = kManifest;
  const auto with = [&](const char* from, const char* to) {
    return manifest_refusal(replace_all(good, from, to));
  };
  EXPECT_THAT(with("pictures =", "picturs ="),
              AllOf(HasSubstr("m.toml:8"), HasSubstr("did you mean 'data.pictures'")));
  EXPECT_THAT(with("\"zeroshot\"", "\"zero\""),
              AllOf(HasSubstr("m.toml:2"), HasSubstr("zeroshot, finegrained")));
  EXPECT_THAT(with("12", "\"12\""), HasSubstr("'data.pictures' must be a whole number"));
  EXPECT_THAT(with("12", "-1"), HasSubstr("not negative"));
  EXPECT_THAT(with("value = 71", "value = \"71\""),
              HasSubstr("'expected.figures.value' must be a number"));
  EXPECT_THAT(with("value = 71", "value = inf"), HasSubstr("must be a number"));
  EXPECT_THAT(with("metric = \"top1\", ", ""), HasSubstr("'expected.figures.metric' is missing"));
  EXPECT_THAT(with("source = \"Table 1\"\n", ""), HasSubstr("'expected.source' is missing"));
  EXPECT_THAT(with("metric = \"top1\"", "metric = \"topone\""), HasSubstr("none of top1, top5"));
  EXPECT_THAT(with("list = \"list.csv\"\n", ""), HasSubstr("'data.list' is missing"));
  EXPECT_THAT(with("layout = \"csv\"\n", ""), HasSubstr("'data.layout' is missing"));
  EXPECT_THAT(with("[[expected]]", "[expected]"), HasSubstr("[[expected]]"));
  EXPECT_THAT(with("[\"tiny\"]", "[1]"), HasSubstr("'aliases' must be a list of texts"));
  EXPECT_THAT(with("name = \"Small\"", "name = "), HasSubstr("m.toml:1"));
  EXPECT_THAT(manifest_refusal(""), HasSubstr("'name' is missing"));
}

TEST(BenchmarkManifest, BuiltInOnesAreFoundByKeyAndAlias) {
  EXPECT_EQ(load_manifest("aid").name, "AID");
  EXPECT_EQ(load_manifest("AID").key, "aid");
  EXPECT_EQ(load_manifest("fmow_rgb").key, "fmow");
  EXPECT_EQ(load_manifest("ucmcaptions").task, Task::retrieval);
  try {
    (void)load_manifest("no such set");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("no such set"), HasSubstr("aid, eurosat")));
  }
}

TEST(BenchmarkManifest, EveryBuiltInOneIsWhole) {
  const auto keys = benchmark_keys();
  EXPECT_GE(keys.size(), 20u);
  for (const std::string& key : keys) EXPECT_EQ(load_manifest(key).key, key);
}

TEST(BenchmarkManifest, ClassListsMayLieBesideAndMissingOnesAreNamed) {
  const fs::path folder = fs::path(testing::TempDir()) / "manifest-beside";
  fs::create_directories(folder);
  write_file_atomically(folder / "c.csv", "label,wording\na,an a\n");
  write_file_atomically(folder / "small.toml", replace_all(kManifest, "classes/aid.csv", "c.csv"));
  EXPECT_EQ(load_manifest((folder / "small.toml").string()).text.classes,
            (folder / "c.csv").string());
  fs::remove(folder / "c.csv");
  try {
    (void)load_manifest((folder / "small.toml").string());
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("small.toml"), HasSubstr("'c.csv'")));
  }
  fs::remove_all(folder);
}

}  // namespace
}  // namespace skyglot
