// SPDX-License-Identifier: Apache-2.0
// Faults that pass, as a disk that is away: they stop the run, are never recorded as "this object
// has no picture", and the run goes on where it was.
#include "base/atomic_file.hpp"
#include "tests/support/program.hpp"
#include "tests/support/small_world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PassingFaults : public testing::Test {
 protected:
  void SetUp() override { folder_ = test_folder(); }

  [[nodiscard]] ProgramResult build(const std::string& output,
                                    const ProgramOptions& options = {}) const {
    return run_skyglot({"build", "--objects", world_.path("objects.gpkg"), "--imagery",
                        world_.path("imagery.gpkg"), "--output", (folder_ / output).string(),
                        "--shard-size", "20", "--threads", "2"},
                       options);
  }

  // A build that was killed after a few shards.
  void begin(const std::string& output) const {
    const ProgramOptions killed{.environment = {{"SKYGLOT_FAIL_POINT", "mid_manifest:3"}}};
    ASSERT_EQ(build(output, killed).exit_code, 137);
  }

  // What counts of a begun build: shards and journals.
  [[nodiscard]] std::map<std::string, std::string> finished(const std::string& output) const {
    auto files = tree_hashes(folder_ / output);
    std::erase_if(files, [](const auto& file) {
      return !file.first.starts_with("shards/0") && !file.first.ends_with(".jsonl");
    });
    return files;
  }

  fs::path folder_;
  SmallWorld world_;
};

TEST_F(PassingFaults, AnImageryFolderThatIsAwayStopsTheRun) {
  world_ = make_catalogued_world(folder_ / "world");
  ASSERT_EQ(build("whole").exit_code, 0);
  begin("out");
  fs::rename(world_.path("aerial"), world_.path("away"));
  for (const char* output : {"out", "fresh"}) {
    const ProgramResult stopped = build(output);
    EXPECT_EQ(stopped.exit_code, 1) << output;
    EXPECT_THAT(stopped.err, HasSubstr("aerial_20210601.tif is not there")) << output;
    EXPECT_THAT(stopped.err, HasSubstr("give the same command again")) << output;
    EXPECT_FALSE(fs::exists(folder_ / output / "dataset.json"));
  }
  fs::rename(world_.path("away"), world_.path("aerial"));
  for (const char* output : {"out", "fresh"}) {
    ASSERT_EQ(build(output).exit_code, 0);
    EXPECT_EQ(tree_hashes(folder_ / output), tree_hashes(folder_ / "whole")) << output;
  }
}

}  // namespace
}  // namespace skyglot::testing_support
