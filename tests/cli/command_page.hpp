// SPDX-License-Identifier: Apache-2.0
// A command's page holds every section and every option.
#pragma once

#include "base/atomic_file.hpp"
#include "cli/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>

namespace skyglot::testing_support {

inline void expect_page(Command& command) {
  std::string page = command.name();
  std::ranges::replace(page, ' ', '-');
  const auto path =
      std::filesystem::path(SKYGLOT_SOURCE_DIR) / "docs" / "commands" / (page + ".md");
  ASSERT_TRUE(std::filesystem::exists(path)) << path;
  const std::string text = read_file(path);
  for (const char* section :
       {"## NAME", "## SYNOPSIS", "## DESCRIPTION", "## OPTIONS", "## EXIT STATUS", "## EXAMPLES"})
    EXPECT_THAT(text, testing::HasSubstr(section)) << path;
  CLI::App app;
  command.setup(app);
  if (page == "merge") return;  // its options are those of build
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group() != "Options" || option->get_lnames().empty()) continue;
    if (option->get_lnames()[0] == "help") continue;
    EXPECT_THAT(text, testing::HasSubstr("--" + option->get_lnames()[0])) << path;
  }
}

}  // namespace skyglot::testing_support
