// SPDX-License-Identifier: Apache-2.0
// Bad input: each a clear error or a counted skip, and nothing half-written under a final name.
#include "base/atomic_file.hpp"
#include "base/file_lock.hpp"
#include "tests/support/world_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class ErrorsTest : public WorldTest {
 protected:
  [[nodiscard]] ProgramResult build(const std::string& imagery, const std::string& output,
                                    std::vector<std::string> more = {},
                                    const ProgramOptions& options = {}) const {
    std::vector<std::string> arguments{"build",     "--objects", world_->path("objects.gpkg"),
                                       "--imagery", imagery,     "--output",
                                       output};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_skyglot(arguments, options);
  }

  static void expect_failure(const ProgramResult& result, int exit_code, const std::string& text) {
    EXPECT_EQ(result.exit_code, exit_code) << result.out << result.err;
    EXPECT_THAT(result.err, HasSubstr(text));
    EXPECT_EQ(result.out, "");
  }
};

TEST_F(ErrorsTest, RecipeWithUnknownKeys) {
  write_file_atomically(path("recipe.toml"), "[select]\ncels = 3\n");
  expect_failure(build(world_->path("imagery.gpkg"), path("out"), {path("recipe.toml")}), 2,
                 "unknown key 'select.cels'; did you mean 'select.cells'?");
  EXPECT_FALSE(fs::exists(path("out")));
}

TEST_F(ErrorsTest, FileInPlaceOfTheOutputFolder) {
  write_file_atomically(path("out"), "precious");
  expect_failure(build(world_->path("imagery.gpkg"), path("out")), 1, path("out"));
  EXPECT_EQ(read_file(path("out")), "precious");
}

TEST_F(ErrorsTest, FolderWithOtherThingsIsLeftAlone) {
  fs::create_directories(path("out"));
  write_file_atomically(path("out/thesis.tex"), "precious");
  expect_failure(build(world_->path("imagery.gpkg"), path("out"), {"--overwrite"}), 1,
                 "holds no data set");
  EXPECT_EQ(read_file(path("out/thesis.tex")), "precious");
}

TEST_F(ErrorsTest, MissingAndWrongInputs) {
  expect_failure(build(path("none.gpkg"), path("out")), 1, "none.gpkg");
  write_file_atomically(path("text.gpkg"), std::string(9000, 'x'));
  expect_failure(build(path("text.gpkg"), path("out")), 1, "text.gpkg");
  expect_failure(build(world_->path("objects.gpkg"), path("out")), 1, "objects.gpkg");
  expect_failure(run_skyglot({"build", "--output", path("out")}), 2, "--objects");
  EXPECT_FALSE(fs::exists(path("out")));
}

TEST_F(ErrorsTest, ImageryThatMissesTheMap) {
  write_file_atomically(path("far.osm"),
                        "<osm version='0.6'><node id='1' version='1' lat='-33.9' lon='18.4'><tag "
                        "k='natural' v='tree'/></node></osm>");
  ASSERT_EQ(
      run_skyglot({"objects", "import", path("far.osm"), "--output", path("far.gpkg")}).exit_code,
      0);
  const ProgramResult result = run_skyglot({"build", "--objects", path("far.gpkg"), "--imagery",
                                            world_->path("imagery.gpkg"), "--output", path("out")});
  expect_failure(result, 1, "no scene lies over the map");
  EXPECT_FALSE(fs::exists(path("out")));
}

TEST_F(ErrorsTest, DiskThatFillsUpLosesNothing) {
  const ProgramResult full =
      build(world_->path("imagery.gpkg"), path("out"), {"--shard-size", "40"},
            {.environment = {}, .signal_after_ms = 0, .signal = 0, .file_size_limit = 300'000});
  EXPECT_EQ(full.exit_code, 1) << full.err;
  EXPECT_THAT(full.err, HasSubstr("out/"));
  EXPECT_FALSE(fs::exists(path("out/dataset.json")));
  ASSERT_EQ(build(world_->path("imagery.gpkg"), path("out"), {"--shard-size", "40"}).exit_code, 0);
  ASSERT_EQ(build(world_->path("imagery.gpkg"), path("fresh"), {"--shard-size", "40"}).exit_code,
            0);
  EXPECT_EQ(tree_hashes(path("out")), tree_hashes(path("fresh")));
}

TEST_F(ErrorsTest, DamagedRasterIsACountedSkip) {
  fs::copy(world_->path("aerial"), path("aerial"));
  ASSERT_EQ(run_skyglot({"imagery", "scan", path("aerial"), "--collection", "AE", "--output",
                         path("imagery.gpkg")})
                .exit_code,
            0);
  const fs::path raster = path("aerial/aerial_20210601.tif");
  fs::resize_file(raster, fs::file_size(raster) * 7 / 10);
  const ProgramResult result = build(path("imagery.gpkg"), path("out"), {"--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_GT(nlohmann::json::parse(result.out).at("skipped").at("unreadable"), 0);
}

TEST_F(ErrorsTest, InterruptIsResumable) {
  const std::string imagery = world_->path("imagery.gpkg");
  int interrupted = 0;
  for (int ms = 40; ms < 400; ms += 40) {
    const ProgramResult result =
        build(imagery, path("out"), {"--shard-size", "10"},
              {.environment = {}, .signal_after_ms = ms, .signal = SIGINT, .file_size_limit = 0});
    // Silent: the signal came before the program could listen.
    if (result.exit_code == 0 || result.err.empty()) continue;
    ASSERT_EQ(result.exit_code, 130) << result.err;
    EXPECT_THAT(result.err, HasSubstr("run the same command again"));
    ++interrupted;
  }
  EXPECT_GT(interrupted, 0);
  ASSERT_EQ(build(imagery, path("out"), {"--shard-size", "10"}).exit_code, 0);
  ASSERT_EQ(build(imagery, path("fresh"), {"--shard-size", "10"}).exit_code, 0);
  EXPECT_EQ(tree_hashes(path("out")), tree_hashes(path("fresh")));
}

TEST_F(ErrorsTest, FolderOfSomebodyElsesDatasetJsonIsLeftAlone) {
  fs::create_directories(path("out/report"));
  write_file_atomically(path("out/dataset.json"), R"({"name": "my corpus"})");
  write_file_atomically(path("out/report/thesis.tex"), "precious");
  expect_failure(build(world_->path("imagery.gpkg"), path("out"), {"--overwrite"}), 1,
                 "holds no data set");
  EXPECT_EQ(read_file(path("out/report/thesis.tex")), "precious");
}

TEST_F(ErrorsTest, DamagedRecordsOfAShardAreNamedAndMended) {
  const std::string imagery = world_->path("imagery.gpkg");
  ASSERT_EQ(build(imagery, path("out"), {"--task", "1/2"}).exit_code, 0);
  const std::string records = path("out/.build/000000.jsonl");
  for (const std::string& damage : {std::string(), read_file(records).substr(0, 100)}) {
    write_file_atomically(records, damage);
    const ProgramResult result = build(imagery, path("out"));
    expect_failure(result, 1, "000000.jsonl: damaged");
  }
  fs::remove(records);
  EXPECT_EQ(build(imagery, path("out")).exit_code, 0);
}

TEST_F(ErrorsTest, TwoRunsOfOneTaskDoNotMeet) {
  ASSERT_EQ(build(world_->path("imagery.gpkg"), path("out2"), {"--task", "1/2"}).exit_code, 0);
  const FileLock other(path("out2/.build/journal-1-of-2.jsonl"));
  expect_failure(build(world_->path("imagery.gpkg"), path("out2"), {"--task", "1/2"}), 1,
                 "another run is writing");
}

TEST_F(ErrorsTest, RecipeValuesOutOfRangeAreRefused) {
  for (const auto& [flag, value] :
       {std::pair("--split-block-deg", "1e12"), std::pair("--max-aspect", "inf"),
        std::pair("--polygon-growth", "1e30"), std::pair("--seed", "x")})
    EXPECT_EQ(build(world_->path("imagery.gpkg"), path("out"), {flag, value}).exit_code, 2) << flag;
  EXPECT_EQ(build(world_->path("imagery.gpkg"), path(std::string(300, 'n'))).exit_code, 1);
}

TEST_F(ErrorsTest, SlurmArraysThatAreNotOneRunAreRefused) {
  const ProgramOptions list{.environment = {{"SLURM_ARRAY_TASK_ID", "4"},
                                            {"SLURM_ARRAY_TASK_MIN", "2"},
                                            {"SLURM_ARRAY_TASK_MAX", "4"},
                                            {"SLURM_ARRAY_TASK_COUNT", "2"}}};
  expect_failure(build(world_->path("imagery.gpkg"), path("out"), {}, list), 2, "--task");
}

TEST_F(ErrorsTest, MergeMakesNothing) {
  EXPECT_EQ(run_skyglot({"merge", "--objects", world_->path("objects.gpkg"), "--imagery",
                         world_->path("imagery.gpkg"), "--output", path("typo")})
                .exit_code,
            1);
  EXPECT_FALSE(fs::exists(path("typo")));
}

}  // namespace
}  // namespace skyglot::testing_support
