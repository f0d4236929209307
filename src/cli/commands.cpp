// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"

namespace skyglot {

std::vector<std::unique_ptr<Command>> all_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(make_imagery_scan());
  commands.push_back(make_imagery_add_stac());
  commands.push_back(make_imagery_add_earth_engine());
  commands.push_back(make_imagery_list());
  return commands;
}

}  // namespace skyglot
