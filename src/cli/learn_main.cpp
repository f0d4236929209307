// SPDX-License-Identifier: Apache-2.0
// skyglot-learn: the commands that need no map; on a machine without GDAL it is the whole program.
#include "cli/program.hpp"
#include "nn/blas.hpp"

#include <limits>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

// A training step asks for the same large tensors as the one before. Memory that went back to the
// system in between would come as fresh pages, each cleared by the kernel: a quarter of the time.
void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_TOP_PAD, 64 << 20);
#endif
}

}  // namespace

int main(int argc, char** argv) {
  skyglot::restart_with_better_core(argv);
  keep_freed_memory();
  return skyglot::run_program(argc, argv, skyglot::learn_commands());
}
