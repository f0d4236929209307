// SPDX-License-Identifier: Apache-2.0
// skyglot-learn: the commands that need no map; on a machine without GDAL it is the whole program.
#include "cli/program.hpp"
#include "nn/blas.hpp"

int main(int argc, char** argv) {
  skyglot::restart_with_better_core(argv);
  return skyglot::run_program(argc, argv, skyglot::learn_commands());
}
