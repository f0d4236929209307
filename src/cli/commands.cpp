// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"
#include "cli/forward.hpp"

#include <algorithm>
#include <iterator>

namespace skyglot {

Commands all_commands() {
  Commands commands;
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
  commands.push_back(make_model_list());
  commands.push_back(make_model_fetch());
  commands.push_back(make_model_import());
  commands.push_back(make_model_inspect());
  commands.push_back(make_model_join());
  commands.push_back(make_model_interpolate());
  commands.push_back(make_model_compress());
  std::ranges::move(forwarded_commands(), std::back_inserter(commands));
  return commands;
}

}  // namespace skyglot
