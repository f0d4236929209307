// SPDX-License-Identifier: Apache-2.0
// The frame of a program: finds the command, runs it, and turns every failure into advice and an
// exit code.
#pragma once

#include "cli/command.hpp"

namespace skyglot {

/// Parses the command line and runs the command it names. Returns the exit code; throws nothing.
[[nodiscard]] int run_program(int argc, char** argv, const Commands& commands);

}  // namespace skyglot
