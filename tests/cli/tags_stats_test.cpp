// SPDX-License-Identifier: Apache-2.0
// Runs the program: import a small map, then count its tags.
#include "base/atomic_file.hpp"
#include "base/strings.hpp"
#include "tests/support/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kMap = R"(<?xml version="1.0"?><osm version="0.6">
<node id="1" lat="1.0" lon="1.0"><tag k="natural" v="tree"/></node>
<node id="2" lat="1.0" lon="1.1"><tag k="natural" v="tree"/><tag k="leaf_type" v="broadleaved"/></node>
<node id="3" lat="1.1" lon="1.1"><tag k="natural" v="made_up"/></node>
<way id="4"><nd ref="1"/><nd ref="2"/><tag k="highway" v="track"/><tag k="natural" v="tree"/></way>
</osm>)";

using Outcome = ProgramResult;

class TagsStatsCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = test_folder();
    write_file_atomically(folder_ / "map.osm", kMap);
    const Outcome import =
        run("objects import " + path("map.osm") + " --output " + path("objects.gpkg"));
    ASSERT_EQ(import.exit_code, 0) << import.err;
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  // Arguments apart by blanks; no path of a test has one.
  static Outcome run(const std::string& arguments) {
    std::vector<std::string> words;
    for (const auto word : split(arguments, ' ')) words.emplace_back(word);
    return run_skyglot(words);
  }

  fs::path folder_;
};

TEST_F(TagsStatsCommand, PrintsJsonLines) {
  write_file_atomically(folder_ / "labels.csv",
                        "key,value,visible,max_gsd_m\nnatural,tree,yes,0.6\nnatural,*,no,\n");
  const Outcome outcome = run("tags stats " + path("objects.gpkg") + " --key natural --pairs 1" +
                              " --json --labels " + path("labels.csv"));
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.err, IsEmpty());
  EXPECT_EQ(outcome.out, R"({"schema":1,"record":"totals","objects":4,"nodes":3,"ways":1,)"
                         R"("areas":0,"alone":2,"visible_objects":3,"tags":4,"keys":3,)"
                         R"("occurrences":6,"visible_occurrences":3,"tags_with_10":0,)"
                         R"("tags_with_100":0,"tags_with_1000":0})"
                         "\n"
                         R"({"schema":1,"record":"tag","key":"natural","value":"tree",)"
                         R"("objects":3,"nodes":2,"ways":1,"areas":0,"alone":1,"visible":true,)"
                         R"("max_gsd_m":0.6,"labelled":true})"
                         "\n"
                         R"({"schema":1,"record":"tag","key":"natural","value":"made_up",)"
                         R"("objects":1,"nodes":1,"ways":0,"areas":0,"alone":1,"visible":false,)"
                         R"("max_gsd_m":null,"labelled":true})"
                         "\n"
                         R"({"schema":1,"record":"pair","first":"natural=tree",)"
                         R"("second":"highway=track","objects":1})"
                         "\n");
}

TEST_F(TagsStatsCommand, WritesTables) {
  const Outcome outcome =
      run("tags stats " + path("objects.gpkg") + " --csv " + path("tags.csv") + " --pairs-csv " +
          path("pairs.csv") + " --top 1 --labels " + path("labels.csv"));
  EXPECT_EQ(outcome.exit_code, 1) << "a missing table was taken";
  write_file_atomically(folder_ / "labels.csv",
                        "key,value,visible,max_gsd_m\nnatural,tree,yes,0.6\nhighway,track,no,\n");
  const Outcome again =
      run("tags stats " + path("objects.gpkg") + " --csv " + path("tags.csv") + " --pairs-csv " +
          path("pairs.csv") + " --labels " + path("labels.csv"));
  EXPECT_EQ(again.exit_code, 0) << again.err;
  EXPECT_THAT(again.err, IsEmpty());
  EXPECT_THAT(again.out, HasSubstr("with a visible tag"));
  EXPECT_EQ(read_file(folder_ / "tags.csv"),
            "key,value,objects,nodes,ways,areas,alone,visible,max_gsd_m,labelled\n"
            "natural,tree,3,2,1,0,1,yes,0.6,yes\n"
            "highway,track,1,0,1,0,0,no,,yes\n"
            "leaf_type,broadleaved,1,1,0,0,0,no,,no\n"
            "natural,made_up,1,1,0,0,1,no,,no\n");
  EXPECT_EQ(read_file(folder_ / "pairs.csv"),
            "first_key,first_value,second_key,second_value,objects\n"
            "natural,tree,highway,track,1\n"
            "natural,tree,leaf_type,broadleaved,1\n");
}

TEST_F(TagsStatsCommand, ListsKeysAndWhatIsUnlabelled) {
  const Outcome keys = run("tags stats " + path("objects.gpkg") + " --by-key --pairs 0");
  EXPECT_EQ(keys.exit_code, 0);
  EXPECT_THAT(keys.out, HasSubstr("natural          4       2"));
  write_file_atomically(folder_ / "labels.csv",
                        "key,value,visible,max_gsd_m\nnatural,*,no,\nhighway,track,no,\n");
  const Outcome unknown = run("tags stats " + path("objects.gpkg") +
                              " --unlabelled --pairs 0 --json --labels " + path("labels.csv"));
  EXPECT_THAT(unknown.out, HasSubstr("\"value\":\"broadleaved\""));
  EXPECT_THAT(unknown.out, ::testing::Not(HasSubstr("\"value\":\"tree\"")));
}

TEST_F(TagsStatsCommand, SaysWhatIsWrong) {
  EXPECT_EQ(run("tags stats " + path("nothing.gpkg")).exit_code, 1);
  EXPECT_EQ(run("tags stats").exit_code, 2);
  EXPECT_EQ(run("tags stats x.gpkg --by-key --unlabelled").exit_code, 2);
  const Outcome taken = run("tags stats " + path("objects.gpkg") + " --csv " + path("map.osm"));
  EXPECT_EQ(taken.exit_code, 1);
  EXPECT_THAT(taken.err, HasSubstr("--overwrite"));
  EXPECT_EQ(read_file(folder_ / "map.osm"), kMap);
}

}  // namespace
}  // namespace skyglot::testing_support
