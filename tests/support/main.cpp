// SPDX-License-Identifier: Apache-2.0
// Runs the tests of one program in a temporary folder of its own, so that any number may run at
// once. SKYGLOT_TEST_LOCALE names the locale they run under.
#include "base/test_locale.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  skyglot::adopt_test_locale();
  std::string folder = (std::filesystem::temp_directory_path() / "skyglot-test-XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  setenv("TEST_TMPDIR", folder.c_str(), 1);
  const int result = RUN_ALL_TESTS();
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return result;
}
