// SPDX-License-Identifier: Apache-2.0
// What skyglot says of the commands it hands to skyglot-learn is what those say of themselves.
#include "cli/forward.hpp"

#include "cli/command.hpp"
#include "tests/cli/command_page.hpp"
#include "tests/support/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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

TEST(Forward, SpeedIsAskedOfTheOtherProgram) {
  const testing_support::ProgramResult result =
      testing_support::run_skyglot({"model", "inspect", "--speed", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  const auto speed = nlohmann::json::parse(result.out);
  EXPECT_EQ(speed.at("kind"), "speed");
  EXPECT_GT(speed.at("measured").at(0).at("gflops_a_thread").get<double>(), 0);
  EXPECT_EQ(testing_support::run_skyglot({"model", "inspect"}).exit_code, 2);
}

}  // namespace
}  // namespace skyglot
