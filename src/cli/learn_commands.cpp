// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"

namespace skyglot {

Commands learn_commands() {
  Commands commands;
  return commands;
}

}  // namespace skyglot
