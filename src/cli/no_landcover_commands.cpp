// SPDX-License-Identifier: Apache-2.0
// In a build without rasters.
#include "cli/command.hpp"

namespace skyglot {

Commands landcover_commands() {
  return {};
}

}  // namespace skyglot
