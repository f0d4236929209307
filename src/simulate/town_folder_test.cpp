// SPDX-License-Identifier: Apache-2.0
#include "simulate/town_folder.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "simulate/simulate.hpp"

#include <gtest/gtest.h>

namespace skyglot::simulate {
namespace {

namespace fs = std::filesystem;

class TownFolder : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    put("town/town.json", R"({"made_by": "skyglot simulate", "map": "town.osm.pbf", "pictures": [
      {"file": "imagery/aerial/a.tif"}, {"file": "../precious"}, {"file": 7}]})");
    put("town/town.osm.pbf", "map");
    put("town/README.md", "words");
    put("town/imagery/aerial/a.tif", "picture");
    put("precious", "mine");
  }
  void TearDown() override { fs::remove_all(folder_); }

  void put(const std::string& name, const std::string& bytes) const {
    make_folder((folder_ / name).parent_path());
    write_file_atomically(folder_ / name, bytes);
  }
  [[nodiscard]] std::string bytes(const std::string& name) const {
    return read_file(folder_ / name);
  }

  fs::path folder_ = fs::path(testing::TempDir()) / "town-folder";
  fs::path town_ = folder_ / "town";
};

TEST_F(TownFolder, ATownIsKnownByWhatItsJsonLists) {
  EXPECT_TRUE(is_town(town_));
  EXPECT_EQ(stranger_in(town_), "");
  put("town/imagery/mine.txt", "mine");
  EXPECT_EQ(stranger_in(town_), town_ / "imagery/mine.txt");
  put("other/town.json", R"({"made_by": 5, "pictures": []})");
  EXPECT_FALSE(is_town(folder_ / "other"));
  put("other/town.json", R"({"population": 12000})");
  EXPECT_FALSE(is_town(folder_ / "other"));
}

TEST_F(TownFolder, OnlyATownsFilesAreRemoved) {
  put("town/imagery/mine.txt", "mine");
  EXPECT_THROW(remove_town(town_), Error) << "a folder that is not empty stays";
  EXPECT_EQ(bytes("town/imagery/mine.txt"), "mine");
  EXPECT_EQ(bytes("precious"), "mine");
  EXPECT_FALSE(fs::exists(town_ / "imagery/aerial"));
}

TEST_F(TownFolder, OverwriteRefusesATownWithSomethingElseInIt) {
  put("town/dataset/dataset.json", "a day of work");
  const SimulateOptions options{town_, 1, 0.5, 2, true};
  EXPECT_THROW(simulate_town(options), Error);
  EXPECT_EQ(bytes("town/dataset/dataset.json"), "a day of work");
  EXPECT_EQ(bytes("town/town.osm.pbf"), "map");
}

TEST_F(TownFolder, TheProvisionalFolderOfSomebodyElseStays) {
  put("new.unfinished/novel.txt", "chapter one");
  EXPECT_THROW(PendingTown pending(folder_ / "new"), Error);
  EXPECT_EQ(bytes("new.unfinished/novel.txt"), "chapter one");
}

TEST_F(TownFolder, WhatAKilledRunLeftIsReplaced) {
  put("new.unfinished/.skyglot-simulate", "");
  put("new.unfinished/half", "a pic");
  {
    const PendingTown pending(folder_ / "new");
    EXPECT_FALSE(fs::exists(pending.path() / "half"));
  }
  EXPECT_FALSE(fs::exists(folder_ / "new.unfinished"));
}

TEST_F(TownFolder, AWholeTownTakesThePlaceOfTheOld) {
  PendingTown pending(town_);
  write_file_atomically(pending.path() / "README.md", "new words");
  pending.keep();
  EXPECT_EQ(bytes("town/README.md"), "new words");
  EXPECT_FALSE(fs::exists(town_ / "town.osm.pbf"));
  EXPECT_FALSE(fs::exists(town_ / ".skyglot-simulate"));
}

TEST_F(TownFolder, AStrangerThatComesMeanwhileStays) {
  PendingTown pending(town_);
  put("town/mine.txt", "mine");
  EXPECT_THROW(pending.keep(), Error);
  EXPECT_EQ(bytes("town/mine.txt"), "mine");
  EXPECT_EQ(bytes("town/README.md"), "words");
}

}  // namespace
}  // namespace skyglot::simulate
