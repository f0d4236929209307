// SPDX-License-Identifier: Apache-2.0
// In a build without rasters.
#include "cli/command.hpp"
#include "cli/index_search.hpp"

namespace skyglot {

Commands both_commands() {
  return {};
}

std::unique_ptr<IndexSearch> make_index_search() {
  return nullptr;
}

}  // namespace skyglot
