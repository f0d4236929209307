// SPDX-License-Identifier: Apache-2.0
// Every command is documented, helps, and refuses what it does not know.
#include "base/atomic_file.hpp"
#include "cli/command.hpp"
#include "tests/cli/command_page.hpp"
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
  for (const auto& command : all_commands()) expect_page(*command);
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
    EXPECT_THAT(result.err, HasSubstr("no option --no-such-option")) << command->name();
    EXPECT_EQ(result.out, "") << command->name();
  }
}

TEST(Commands, ANameThatIsNearlyOneIsSuggested) {
  EXPECT_THAT(run_skyglot({"embed", "--modle", "m", "--images", "i"}).err,
              HasSubstr("no option --modle (did you mean --model?); see skyglot embed --help"));
  EXPECT_THAT(run_skyglot({"eval", "knn", "--neighbors=3"}).err, HasSubstr("--neighbours"));
  EXPECT_THAT(run_skyglot({"eval", "kn", "--model", "m"}).err,
              HasSubstr("no command skyglot eval kn (did you mean knn?)"));
  EXPECT_THAT(run_skyglot({"bild"}).err, HasSubstr("(did you mean build?)"));
}

TEST(Commands, VersionIsPrinted) {
  const ProgramResult result = run_skyglot({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, testing::MatchesRegex("skyglot [0-9.]+\n"));
}

}  // namespace
}  // namespace skyglot::testing_support
