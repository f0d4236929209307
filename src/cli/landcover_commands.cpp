// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"

namespace skyglot {

Commands landcover_commands() {
  Commands commands;
  commands.push_back(make_landcover_train());
  commands.push_back(make_landcover_name());
  commands.push_back(make_landcover_teach());
  commands.push_back(make_landcover_map());
  commands.push_back(make_landcover_score());
  return commands;
}

}  // namespace skyglot
