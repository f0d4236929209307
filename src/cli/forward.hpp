// SPDX-License-Identifier: Apache-2.0
// Commands that compute with a model live in the program skyglot-learn beside this one.
#pragma once

#include "cli/command.hpp"

#include <optional>
#include <string>
#include <vector>

namespace skyglot {

/// Name and summary of a command of skyglot-learn, for the overview of skyglot.
struct ForwardedCommand {
  const char* name;
  const char* summary;
};

/// Becomes skyglot-learn if the command line names one of its commands. Returns an
/// exit code if that failed (after saying why), nothing if the command is one of ours.
[[nodiscard]] std::optional<int> forward_to_learn(int argc, char** argv);

/// Runs skyglot with these words, whichever half knows the command, without its stdout, and waits.
/// Throws Error(io) naming the command if it cannot start or does not end well; its stderr says
/// why.
void run_skyglot(const std::vector<std::string>& words);

/// Stand-ins that make the commands show up in the overview.
[[nodiscard]] Commands forwarded_commands();

}  // namespace skyglot
