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
    return run_skyglot({"build", "--objects", world_.path("objects.gpkg"), "--imagery",
                        world_.path("imagery.gpkg"), "--output", (folder_ / output).string(),
                        "--shard-size", "60", "--threads", "2"},
                       options);
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

TEST_F(KillSweep, AtEveryNamedPoint) {
  for (const std::string point : {"write", "before_rename", "after_rename", "mid_manifest"}) {
    for (const int passage : {1, 2, 4, 7}) {
      const std::string how = point + ":" + std::to_string(passage);
      const ProgramResult killed = build("out", {.environment = {{"SKYGLOT_FAIL_POINT", how}}});
      ASSERT_TRUE(killed.exit_code == 137 || killed.exit_code == 0) << how << " " << killed.err;
      if (passage == 1) {
        EXPECT_EQ(killed.exit_code, 137) << how << " was never reached";
      }
      expect_resumed("out", how);
    }
  }
}

TEST_F(KillSweep, AtRandomInstants) {
  RandomStream random(11, "kill");
  for (int i = 0; i < 12; ++i) {
    const int ms = static_cast<int>(random.integer(20, 900));
    (void)build("out", {.environment = {}, .signal_after_ms = ms});
    expect_resumed("out", "after " + std::to_string(ms) + " ms");
  }
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
