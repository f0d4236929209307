// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"

namespace skyglot {

Commands both_commands() {
  Commands commands;
  commands.push_back(make_landcover_train());
  commands.push_back(make_landcover_name());
  commands.push_back(make_landcover_teach());
  commands.push_back(make_landcover_map());
  commands.push_back(make_landcover_score());
  commands.push_back(make_index());
  commands.push_back(make_index_info());
  commands.push_back(make_index_verify());
  commands.push_back(make_index_export());
  return commands;
}

}  // namespace skyglot
