// SPDX-License-Identifier: Apache-2.0
// What skyglot says of the commands it hands to skyglot-learn is what those say of themselves.
#include "cli/forward.hpp"

#include "cli/command.hpp"
#include "tests/cli/command_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace skyglot {
namespace {

TEST(Forward, StandInsSayWhatTheCommandsSay) {
  std::map<std::string, std::string> ours;
  for (const auto& command : forwarded_commands()) ours[command->name()] = command->summary();
  std::map<std::string, std::string> theirs;
  for (const auto& command : learn_commands())
    if (!command->name().starts_with("model ")) theirs[command->name()] = command->summary();
  EXPECT_EQ(ours, theirs);
}

TEST(Forward, TheOtherProgramsCommandsHaveTheirPages) {
  for (const auto& command : learn_commands()) testing_support::expect_page(*command);
}

TEST(Forward, OnlyCommandsOfTheOtherProgramAreHandedOn) {
  char program[] = "skyglot";
  char build[] = "build";
  char* arguments[] = {program, build, nullptr};
  EXPECT_FALSE(forward_to_learn(2, arguments).has_value());
  EXPECT_FALSE(forward_to_learn(1, arguments).has_value());
}

}  // namespace
}  // namespace skyglot
