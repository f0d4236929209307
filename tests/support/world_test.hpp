// SPDX-License-Identifier: Apache-2.0
// What tests that run the whole program on the small world have in common.
#pragma once

#include "tests/support/program.hpp"
#include "tests/support/small_world.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>

namespace skyglot::testing_support {

/// One catalogued small world for all tests of a suite, an empty folder for each.
class WorldTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    world_ = std::make_unique<SmallWorld>(
        make_catalogued_world(std::filesystem::path(::testing::TempDir()) /
                              ("catalogued-world-" + std::to_string(getpid()))));
  }
  static void TearDownTestSuite() {
    std::filesystem::remove_all(world_->folder);
    world_.reset();
  }
  void SetUp() override { folder_ = test_folder(); }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  inline static std::unique_ptr<SmallWorld> world_;
  std::filesystem::path folder_;
};

}  // namespace skyglot::testing_support
