// SPDX-License-Identifier: Apache-2.0
// skyglot build from beginning to end: counts, files, resuming, tasks, threads.
#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/file_lock.hpp"
#include "geo/sqlite.hpp"
#include "tests/support/world_test.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Json = nlohmann::json;

class BuildTest : public WorldTest {
 protected:
  [[nodiscard]] std::vector<std::string> arguments(const SmallWorld& world,
                                                   const std::string& command,
                                                   const std::string& output) const {
    return {command,
            "--objects",
            world.path("objects.gpkg"),
            "--imagery",
            world.path("imagery.gpkg"),
            "--output",
            (folder_ / output).string(),
            "--shard-size",
            "40",
            "--split-block-deg",
            "0.004",
            "--val",
            "0.1",
            "--test",
            "0.1"};
  }

  [[nodiscard]] ProgramResult build(const std::string& output,
                                    const std::vector<std::string>& more = {},
                                    const ProgramOptions& options = {},
                                    const std::string& command = "build") const {
    auto all = arguments(*world_, command, output);
    all.insert(all.end(), more.begin(), more.end());
    return run_skyglot(all, options);
  }
};

TEST_F(BuildTest, WritesEverythingAndTheCountsAddUp) {
  const ProgramResult result = build("out", {"--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  const Json json = Json::parse(result.out);
  std::uint64_t skipped = 0;
  for (const auto& [reason, count] : json.at("skipped").items())
    skipped += count.get<std::uint64_t>();
  EXPECT_EQ(json.at("selected").get<std::uint64_t>(),
            json.at("pairs").get<std::uint64_t>() + skipped);
  EXPECT_GT(json.at("pairs"), 100);
  EXPECT_GT(json.at("skipped").at("no_visible_tag"), 0);
  EXPECT_GT(json.at("skipped").at("too_small"), 0);
  const Json manifest = Json::parse(read_file(folder_ / "out" / "dataset.json"));
  EXPECT_EQ(manifest.at("counts").at("pairs"), json.at("pairs"));
  EXPECT_THAT(read_file(folder_ / "out" / "ATTRIBUTION.txt"), HasSubstr("CC-BY-4.0"));
  EXPECT_FALSE(fs::exists(folder_ / "out" / ".build"));
  const CsvTable csv = parse_csv(read_file(folder_ / "out" / "pairs.csv"), "pairs.csv");
  EXPECT_EQ(csv.rows.size(), json.at("pairs").get<std::size_t>());
}

// Every tile, neighbour and caption of the small world, to the byte. When a rule changes on
// purpose, look at the difference and copy the new table over the old one.
TEST_F(BuildTest, TableIsTheGoldenOne) {
  ASSERT_EQ(build("out").exit_code, 0);
  const auto golden = fs::path(SKYGLOT_SOURCE_DIR) / "tests" / "cli" / "golden" / "pairs.csv";
  const std::string table = read_file(folder_ / "out" / "pairs.csv");
  if (const char* copy = std::getenv("SKYGLOT_GOLDEN_COPY")) write_file_atomically(copy, table);
  EXPECT_EQ(table, read_file(golden)) << "SKYGLOT_GOLDEN_COPY=FILE keeps the new table";
}

TEST_F(BuildTest, ThreadsAndTasksGiveTheSameBytes) {
  ASSERT_EQ(build("one", {"--threads", "1"}).exit_code, 0);
  ASSERT_EQ(build("two", {"--threads", "2"}).exit_code, 0);
  for (const char* task : {"3/3", "1/3", "2/3"})
    ASSERT_EQ(build("tasks", {"--task", task}).exit_code, 0);
  EXPECT_FALSE(fs::exists(folder_ / "tasks" / "dataset.json"));
  ASSERT_EQ(build("tasks", {}, {}, "merge").exit_code, 0);
  const auto one = tree_hashes(folder_ / "one");
  EXPECT_EQ(one, tree_hashes(folder_ / "two"));
  EXPECT_EQ(one, tree_hashes(folder_ / "tasks"));
}

TEST_F(BuildTest, AnyTaskMakesTheSamePlan) {
  ASSERT_EQ(build("first", {"--task", "1/3", "--threads", "1"}).exit_code, 0);
  ASSERT_EQ(build("last", {"--task", "5/5", "--threads", "2"}).exit_code, 0);
  const auto plan = [&](const char* output) {
    return read_file(folder_ / output / ".build" / "plan.sqlite");
  };
  EXPECT_GT(plan("first").size(), 1000u);
  EXPECT_TRUE(plan("first") == plan("last"));
}

// The folder is entered, marked and planned for by sixteen processes at the same moment.
TEST_F(BuildTest, SixteenTasksMayStartTogether) {
  ASSERT_EQ(build("one").exit_code, 0);
  const auto one = tree_hashes(folder_ / "one");
  for (const std::string output : {"first", "second", "third"}) {
    std::vector<std::vector<std::string>> tasks;
    for (int task = 1; task <= 16; ++task) {
      tasks.push_back(arguments(*world_, "build", output));
      tasks.back().insert(tasks.back().end(),
                          {"--threads", "1", "--task", std::to_string(task) + "/16"});
    }
    for (const ProgramResult& result : run_at_once(tasks))
      ASSERT_EQ(result.exit_code, 0) << result.err;
    ASSERT_TRUE(fs::exists(folder_ / output / ".build" / "plan.sqlite"));
    ASSERT_EQ(build(output, {}, {}, "merge").exit_code, 0);
    EXPECT_EQ(tree_hashes(folder_ / output), one) << output;
  }
}

// Two of the same, without shares: one may be refused, both may come to the end, and the data set
// is whole; so are two that merge.
TEST_F(BuildTest, TwoBuildsOrTwoMergesAtOnceHarmNothing) {
  ASSERT_EQ(build("one").exit_code, 0);
  const auto one = tree_hashes(folder_ / "one");
  for (int turn = 0; turn < 3; ++turn) {
    const auto same = arguments(*world_, "build", "two");
    const auto results = run_at_once({same, same});
    for (const ProgramResult& result : results) {
      if (result.exit_code == 0) continue;
      EXPECT_THAT(result.err, HasSubstr("another run is writing"));
    }
    EXPECT_TRUE(results[0].exit_code == 0 || results[1].exit_code == 0);
    EXPECT_EQ(tree_hashes(folder_ / "two"), one);
    fs::remove_all(folder_ / "two");
    ASSERT_EQ(build("two", {"--task", "1/2"}).exit_code, 0);
    ASSERT_EQ(build("two", {"--task", "2/2"}).exit_code, 0);
    const auto merge = arguments(*world_, "merge", "two");
    for (const ProgramResult& result : run_at_once({merge, merge}))
      EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(tree_hashes(folder_ / "two"), one);
    fs::remove_all(folder_ / "two");
  }
}

TEST_F(BuildTest, ADamagedPlanIsNamedAndMadeAnew) {
  ASSERT_EQ(build("one").exit_code, 0);
  ASSERT_EQ(build("out", {"--task", "1/2"}).exit_code, 0);
  const fs::path plan = folder_ / "out" / ".build" / "plan.sqlite";
  write_file_atomically(plan, read_file(plan).substr(0, 5000));
  const ProgramResult damaged = build("out", {"--task", "2/2"});
  EXPECT_EQ(damaged.exit_code, 1);
  EXPECT_THAT(damaged.err, HasSubstr("plan.sqlite"));
  fs::remove(plan);
  ASSERT_EQ(build("out", {"--task", "2/2"}).exit_code, 0);
  ASSERT_EQ(build("out", {}, {}, "merge").exit_code, 0);
  EXPECT_EQ(tree_hashes(folder_ / "out"), tree_hashes(folder_ / "one"));
}

TEST_F(BuildTest, WhatWasSkippedBelongsToNoSplit) {
  ASSERT_EQ(build("out").exit_code, 0);
  Database table(folder_ / "out" / "pairs.gpkg", Database::Mode::read);
  Statement rows = table.prepare("SELECT DISTINCT status, split FROM pairs ORDER BY status, split");
  std::vector<std::string> found;
  while (rows.step()) found.push_back(std::string(rows.text(0)) + ":" + std::string(rows.text(1)));
  EXPECT_THAT(found, testing::ElementsAre("pair:train", "pair:val", "skipped:"));
}

TEST_F(BuildTest, PlaceOfTheInputsDoesNotMatter) {
  const SmallWorld moved = make_catalogued_world(folder_ / "elsewhere");
  ASSERT_EQ(build("here").exit_code, 0);
  const ProgramResult there = run_skyglot(arguments(moved, "build", "there"));
  ASSERT_EQ(there.exit_code, 0) << there.err;
  EXPECT_EQ(tree_hashes(folder_ / "here"), tree_hashes(folder_ / "there"));
}

TEST_F(BuildTest, SlurmVariablesAreUnderstood) {
  const ProgramOptions slurm{.environment = {{"SLURM_ARRAY_TASK_ID", "0"},
                                             {"SLURM_ARRAY_TASK_MIN", "0"},
                                             {"SLURM_ARRAY_TASK_MAX", "1"},
                                             {"SLURM_ARRAY_TASK_COUNT", "2"}}};
  const ProgramResult first = build("out", {"--json"}, slurm);
  ASSERT_EQ(first.exit_code, 0) << first.err;
  EXPECT_GT(Json::parse(first.out).at("shards_missing"), 0);
}

TEST_F(BuildTest, MergeNamesMissingShards) {
  ASSERT_EQ(build("out", {"--task", "1/2"}).exit_code, 0);
  const ProgramResult merged = build("out", {}, {}, "merge");
  EXPECT_EQ(merged.exit_code, 1);
  EXPECT_THAT(merged.err, HasSubstr("shards/000001.tar"));
}

TEST_F(BuildTest, SecondRunHasNothingToDoAndAnotherRecipeIsRefused) {
  ASSERT_EQ(build("out").exit_code, 0);
  const auto before = tree_hashes(folder_ / "out");
  const ProgramResult again = build("out");
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_THAT(again.out, HasSubstr("nothing to do"));
  const ProgramResult other = build("out", {"--seed", "9"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.err, HasSubstr("--overwrite"));
  EXPECT_EQ(tree_hashes(folder_ / "out"), before);
  EXPECT_EQ(build("out", {"--seed", "9", "--overwrite"}).exit_code, 0);
  EXPECT_NE(tree_hashes(folder_ / "out"), before);
}

TEST_F(BuildTest, DryRunWritesNothingAndExpectsWhatComes) {
  const ProgramResult dry = build("out", {"--dry-run", "--json"});
  ASSERT_EQ(dry.exit_code, 0) << dry.err;
  EXPECT_FALSE(fs::exists(folder_ / "out"));
  const Json plan = Json::parse(dry.out);
  const ProgramResult real = build("out", {"--json"});
  const Json result = Json::parse(real.out);
  EXPECT_EQ(plan.at("selected"), result.at("selected"));
  EXPECT_NEAR(plan.at("expected_pairs").get<double>(), result.at("pairs").get<double>(),
              0.2 * result.at("pairs").get<double>());
  EXPECT_NEAR(plan.at("expected_bytes").get<double>(), result.at("bytes").get<double>(),
              0.3 * result.at("bytes").get<double>());
}

TEST_F(BuildTest, FilesComeBesideTheShards) {
  ASSERT_EQ(build("out").exit_code, 0);
  const auto plain = tree_hashes(folder_ / "out");
  const ProgramResult result = build("out", {"--files", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto pairs = Json::parse(result.out).at("pairs");
  EXPECT_EQ(Json::parse(result.out).at("files"), pairs);
  auto all = tree_hashes(folder_ / "out");
  const auto jpegs = std::erase_if(all, [](const auto& f) { return f.first.ends_with(".jpg"); });
  EXPECT_EQ(jpegs, pairs.get<std::size_t>());
  EXPECT_EQ(all.erase("pictures.tsv"), 1u);
  EXPECT_EQ(all, plain);
  ASSERT_EQ(build("at-once", {"--files"}).exit_code, 0);
  EXPECT_EQ(tree_hashes(folder_ / "at-once"), tree_hashes(folder_ / "out"));
}

TEST_F(BuildTest, OverwriteLeavesWhatItDidNotWrite) {
  ASSERT_EQ(build("out", {"--files"}).exit_code, 0);
  for (const char* name : {"notes.txt", "shards/index.json", "report/mine.txt", "pictures/a.jpg",
                           "pictures/000000/labels.csv"}) {
    fs::create_directories((folder_ / "out" / name).parent_path());
    write_file_atomically(folder_ / "out" / name, "mine");
  }
  ASSERT_EQ(build("out", {"--overwrite", "--seed", "9"}).exit_code, 0);
  ASSERT_EQ(build("fresh", {"--seed", "9"}).exit_code, 0);
  auto after = tree_hashes(folder_ / "out");
  for (const char* name : {"notes.txt", "shards/index.json", "report/mine.txt", "pictures/a.jpg",
                           "pictures/000000/labels.csv"})
    EXPECT_EQ(after.erase(name), 1u) << name;
  EXPECT_EQ(after, tree_hashes(folder_ / "fresh"));
}

TEST_F(BuildTest, OverwriteWaitsForNobodyAndHarmsNoRunAtWork) {
  ASSERT_EQ(build("out", {"--task", "1/2"}).exit_code, 0);
  const FileLock at_work(folder_ / "out" / ".build" / "journal-1-of-2.jsonl");
  const auto before = tree_hashes(folder_ / "out");
  const ProgramResult refused = build("out", {"--overwrite"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("another run is writing"));
  EXPECT_EQ(tree_hashes(folder_ / "out"), before);
}

TEST_F(BuildTest, TooManySkippedIsExitCodeThree) {
  EXPECT_EQ(build("out", {"--max-skipped", "0.001"}).exit_code, 3);
  EXPECT_EQ(build("out", {"--max-skipped", "0.001"}).exit_code, 3)
      << "also when nothing is left to do";
  EXPECT_TRUE(fs::exists(folder_ / "out" / "dataset.json")) << "the data set is whole all the same";
}

TEST_F(BuildTest, GermanLocaleChangesNothing) {
  // Named for both: the suite itself may run under either.
  const auto under = [&](const char* locale, const char* output) {
    return build(output, {}, {.environment = {{"SKYGLOT_TEST_LOCALE", locale}}}).exit_code;
  };
  ASSERT_EQ(under("C", "c"), 0);
  ASSERT_EQ(under("de_DE.UTF-8", "de"), 0);
  EXPECT_EQ(tree_hashes(folder_ / "c"), tree_hashes(folder_ / "de"));
}

}  // namespace
}  // namespace skyglot::testing_support
