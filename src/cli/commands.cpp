// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"

namespace skyglot {

std::vector<std::unique_ptr<Command>> all_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(make_objects_import());
  commands.push_back(make_tags_stats());
  return commands;
}

}  // namespace skyglot
