// SPDX-License-Identifier: Apache-2.0
// Every command is documented, helps, and refuses what it does not know.
#include "base/atomic_file.hpp"
#include "cli/command.hpp"
#include "tests/support/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

namespace skyglot::testing_support {
namespace {

using testing::HasSubstr;

std::vector<std::string> words_of(const std::string& name) {
  const std::size_t blank = name.find(' ');
  if (blank == std::string::npos) return {name};
  return {name.substr(0, blank), name.substr(blank + 1)};
}

TEST(Commands, EachHasItsPageAndItsOptionsAreOnIt) {
  for (const auto& command : all_commands()) {
    std::string page = command->name();
    std::ranges::replace(page, ' ', '-');
    const auto path =
        std::filesystem::path(SKYGLOT_SOURCE_DIR) / "docs" / "commands" / (page + ".md");
    ASSERT_TRUE(std::filesystem::exists(path)) << path;
    const std::string text = read_file(path);
    for (const char* section : {"## NAME", "## SYNOPSIS", "## DESCRIPTION", "## OPTIONS",
                                "## EXIT STATUS", "## EXAMPLES"})
      EXPECT_THAT(text, HasSubstr(section)) << path;
    CLI::App app;
    command->setup(app);
    if (page == "merge") continue;  // its options are those of build
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_group() != "Options" || option->get_lnames().empty()) continue;
      if (option->get_lnames()[0] == "help") continue;
      EXPECT_THAT(text, HasSubstr("--" + option->get_lnames()[0])) << path;
    }
  }
}

TEST(Commands, HelpGoesToStdoutAndIsQuick) {
  for (const auto& command : all_commands()) {
    auto arguments = words_of(command->name());
    arguments.emplace_back("--help");
    const ProgramResult result = run_skyglot(arguments);
    EXPECT_EQ(result.exit_code, 0) << command->name();
    EXPECT_EQ(result.err, "") << command->name();
    EXPECT_THAT(result.out, HasSubstr("--help"));
  }
}

TEST(Commands, UnknownOptionsAndMissingOnesAreUsageErrors) {
  EXPECT_EQ(run_skyglot({}).exit_code, 2);
  EXPECT_EQ(run_skyglot({"nonsense"}).exit_code, 2);
  for (const auto& command : all_commands()) {
    auto arguments = words_of(command->name());
    arguments.emplace_back("--no-such-option");
    const ProgramResult result = run_skyglot(arguments);
    EXPECT_EQ(result.exit_code, 2) << command->name();
    EXPECT_NE(result.err, "") << command->name();
    EXPECT_EQ(result.out, "") << command->name();
  }
}

TEST(Commands, VersionIsPrinted) {
  const ProgramResult result = run_skyglot({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, testing::MatchesRegex("skyglot [0-9.]+\n"));
}

}  // namespace
}  // namespace skyglot::testing_support
