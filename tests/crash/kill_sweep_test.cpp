// SPDX-License-Identifier: Apache-2.0
// Killed at any moment, resumed, the data set ends in the same bytes.
#include "base/random.hpp"
#include "tests/support/program.hpp"
#include "tests/support/small_world.hpp"

#include <gtest/gtest.h>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;

class KillSweep : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = test_folder();
    world_ = make_catalogued_world(folder_ / "world");
    ASSERT_EQ(build("whole").exit_code, 0);
    whole_ = tree_hashes(folder_ / "whole");
  }

  [[nodiscard]] ProgramResult build(const std::string& output,
                                    const ProgramOptions& options = {}) const {
    return run({}, options, "build", output);
  }

  [[nodiscard]] ProgramResult run(const std::vector<std::string>& more,
                                  const ProgramOptions& options = {},
                                  const std::string& command = "build",
                                  const std::string& output = "out") const {
    std::vector<std::string> arguments{command,
                                       "--objects",
                                       world_.path("objects.gpkg"),
                                       "--imagery",
                                       world_.path("imagery.gpkg"),
                                       "--output",
                                       (folder_ / output).string(),
                                       "--shard-size",
                                       "60",
                                       "--threads",
                                       "2"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_skyglot(arguments, options);
  }

  // No file of the data set may exist that differs from the whole one's.
  void expect_only_whole_files(const std::string& output) const {
    if (!fs::exists(folder_ / output)) return;
    for (const auto& [name, hash] : tree_hashes(folder_ / output)) {
      const bool ours = !name.starts_with(".build") && name.find(".skyglot-") == std::string::npos;
      if (ours) {
        EXPECT_EQ(hash, whole_.at(name)) << name;
      }
    }
  }

  void expect_resumed(const std::string& output, const std::string& how) {
    expect_only_whole_files(output);
    ASSERT_EQ(build(output).exit_code, 0) << how;
    EXPECT_EQ(tree_hashes(folder_ / output), whole_) << how;
    fs::remove_all(folder_ / output);
  }

  fs::path folder_;
  SmallWorld world_;
  std::map<std::string, std::string> whole_;
};

// Every passage of every point, until a run ends before the armed one comes: the tables and
// dataset.json at the end are among them.
TEST_F(KillSweep, AtEveryNamedPoint) {
  for (const std::string point : {"write", "before_rename", "after_rename", "mid_manifest"}) {
    const int stride = point == "write" ? 25 : 1;
    int killed = 0;
    for (int passage = 1;; passage += stride) {
      const std::string how = point + ":" + std::to_string(passage);
      const ProgramResult result = build("out", {.environment = {{"SKYGLOT_FAIL_POINT", how}}});
      if (result.exit_code == 0) break;
      ASSERT_EQ(result.exit_code, 137) << how << " " << result.err;
      ++killed;
      expect_resumed("out", how);
    }
    EXPECT_GE(killed, 2) << point;
    fs::remove_all(folder_ / "out");
  }
}

TEST_F(KillSweep, KilledTasksAndMergesEndInTheSameBytes) {
  for (const char* how : {"after_rename:2", "mid_manifest:1"})
    EXPECT_EQ(run({"--task", "2/2"}, {.environment = {{"SKYGLOT_FAIL_POINT", how}}}).exit_code,
              137);
  ASSERT_EQ(run({"--task", "1/2"}).exit_code, 0);
  ASSERT_EQ(run({"--task", "2/2"}).exit_code, 0);
  const ProgramOptions at_the_end{.environment = {{"SKYGLOT_FAIL_POINT", "after_rename:2"}}};
  EXPECT_EQ(run({}, at_the_end, "merge").exit_code, 137);
  ASSERT_EQ(run({}, {}, "merge").exit_code, 0);
  EXPECT_EQ(tree_hashes(folder_ / "out"), whole_);
}

TEST_F(KillSweep, OverwriteThatIsKilledCanBeGivenAgain) {
  ASSERT_EQ(build("out").exit_code, 0);
  for (const char* how : {"before_rename:1", "after_rename:1", "after_rename:3"})
    EXPECT_EQ(run({"--overwrite"}, {.environment = {{"SKYGLOT_FAIL_POINT", how}}}).exit_code, 137);
  ASSERT_EQ(run({"--overwrite"}).exit_code, 0);
  EXPECT_EQ(tree_hashes(folder_ / "out"), whole_);
}

TEST_F(KillSweep, FilesAreWholeOrNotThere) {
  ASSERT_EQ(run({"--files"}, {}, "build", "whole").exit_code, 0);
  whole_ = tree_hashes(folder_ / "whole");
  ASSERT_EQ(build("begun").exit_code, 0);
  for (const std::string point : {"write", "before_rename", "after_rename"}) {
    int killed = 0;
    for (int passage = 1;; passage += point == "write" ? 60 : 1) {
      fs::copy(folder_ / "begun", folder_ / "out", fs::copy_options::recursive);
      const std::string how = point + ":" + std::to_string(passage);
      const int code = run({"--files"}, {.environment = {{"SKYGLOT_FAIL_POINT", how}}}).exit_code;
      if (code == 0) break;
      ASSERT_EQ(code, 137) << how;
      ++killed;
      for (const auto& [name, hash] : tree_hashes(folder_ / "out"))
        if (name.find(".skyglot-") == std::string::npos && name.front() != '.') {
          EXPECT_EQ(hash, whole_.at(name)) << name;
        }
      ASSERT_EQ(run({"--files"}).exit_code, 0) << how;
      EXPECT_EQ(tree_hashes(folder_ / "out"), whole_) << how;
      fs::remove_all(folder_ / "out");
    }
    EXPECT_GE(killed, 2) << point;
    fs::remove_all(folder_ / "out");
  }
}

TEST_F(KillSweep, AtRandomInstants) {
  RandomStream random(11, "kill");
  int hits = 0;
  for (int i = 0; i < 10; ++i) {
    const int ms = static_cast<int>(random.integer(10, 500));
    hits += build("out", {.environment = {}, .signal_after_ms = ms}).exit_code == 137 ? 1 : 0;
    expect_resumed("out", "after " + std::to_string(ms) + " ms");
  }
  EXPECT_GT(hits, 0);
}

TEST_F(KillSweep, ErrorsOfTheDiskEndInAnErrorNotInABadFile) {
  for (const std::string action : {"enospc", "eio"}) {
    for (int passage = 1; passage <= 12; passage += 2) {
      const std::string how = "write:" + std::to_string(passage) + ":" + action;
      const ProgramResult failed = build("out", {.environment = {{"SKYGLOT_FAIL_POINT", how}}});
      ASSERT_EQ(failed.exit_code, 1) << how;
      EXPECT_NE(failed.err.find("cannot write"), std::string::npos) << failed.err;
      expect_resumed("out", how);
    }
  }
}

}  // namespace
}  // namespace skyglot::testing_support
