// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"

namespace skyglot {

std::vector<std::unique_ptr<Command>> all_commands() {
  std::vector<std::unique_ptr<Command>> commands;
  commands.push_back(make_objects_import());
  commands.push_back(make_imagery_scan());
  commands.push_back(make_imagery_add_stac());
  commands.push_back(make_imagery_add_earth_engine());
  commands.push_back(make_imagery_list());
  commands.push_back(make_tags_stats());
  commands.push_back(make_build());
  commands.push_back(make_merge());
  commands.push_back(make_report());
  commands.push_back(make_simulate());
  return commands;
}

}  // namespace skyglot
