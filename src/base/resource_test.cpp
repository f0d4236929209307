// SPDX-License-Identifier: Apache-2.0
#include "base/resource.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace skyglot {
namespace {

TEST(Resource, BuiltInFilesEqualThoseOfTheDataFolder) {
  ASSERT_FALSE(embedded_files().empty());
  const auto folder = std::filesystem::path(SKYGLOT_SOURCE_DIR) / "data";
  for (const auto& file : embedded_files()) EXPECT_EQ(file.bytes, read_file(folder / file.name));
}

TEST(Resource, FolderOverridesTheBuiltInCopy) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "override";
  std::filesystem::create_directories(folder);
  const std::string name(embedded_files().front().name);
  write_file_atomically(folder / name, "mine");
  setenv("SKYGLOT_DATA", folder.c_str(), 1);
  EXPECT_EQ(load_resource(name), "mine");
  unsetenv("SKYGLOT_DATA");
  EXPECT_NE(load_resource(name), "mine");
}

TEST(Resource, UnknownNameIsAnError) {
  EXPECT_THROW((void)load_resource("no.toml"), Error);
}

TEST(Resource, FoldersAreFoundAsSkyglotDataSaysOrInTheSourceTree) {
  const auto source = std::filesystem::path(SKYGLOT_SOURCE_DIR) / "data";
  EXPECT_EQ(find_data_folder("benchmarks"), source / "benchmarks");
  EXPECT_EQ(find_data_folder("nowhere"), std::nullopt);
  const auto folder = std::filesystem::path(testing::TempDir()) / "data-folder";
  std::filesystem::create_directories(folder / "benchmarks");
  setenv("SKYGLOT_DATA", folder.c_str(), 1);
  EXPECT_EQ(find_data_folder("benchmarks"), folder / "benchmarks");
  EXPECT_EQ(find_data_folder("classes"), source / "classes");
  unsetenv("SKYGLOT_DATA");
}

}  // namespace
}  // namespace skyglot
