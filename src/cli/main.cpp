// SPDX-License-Identifier: Apache-2.0
// skyglot: every command. Those that compute with a model are run by skyglot-learn, so that the
// others start without loading libtorch.
#include "cli/forward.hpp"
#include "cli/program.hpp"

int main(int argc, char** argv) {
  if (const auto code = skyglot::forward_to_learn(argc, argv)) return *code;
  return skyglot::run_program(argc, argv, skyglot::all_commands());
}
