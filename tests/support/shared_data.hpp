// SPDX-License-Identifier: Apache-2.0
// The real data that tests use where it is there.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace skyglot::testing_support {

/// A file or folder of the real data (../shared/data beside the repository, or the folder that
/// SKYGLOT_SHARED_DATA names); an empty path where it is absent, and the test then skips. With
/// SKYGLOT_REQUIRE_DATA=1 a missing one fails the running test: nothing is skipped unnoticed.
[[nodiscard]] inline std::filesystem::path shared_data(const std::string& name) {
  const char* folder = std::getenv("SKYGLOT_SHARED_DATA");
  const std::filesystem::path root =
      folder != nullptr ? std::filesystem::path(folder)
                        : std::filesystem::path(SKYGLOT_SOURCE_DIR).parent_path() / "shared/data";
  if (std::filesystem::exists(root / name)) return root / name;
  const char* required = std::getenv("SKYGLOT_REQUIRE_DATA");
  if (required != nullptr && std::string(required) == "1")
    ADD_FAILURE() << "SKYGLOT_REQUIRE_DATA=1 and there is no " << root / name;
  return {};
}

}  // namespace skyglot::testing_support
