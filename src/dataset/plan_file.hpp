// SPDX-License-Identifier: Apache-2.0
// The plan as a file, so that the tasks of a build make it once and share it.
#pragma once

#include "dataset/plan.hpp"

#include <filesystem>

namespace skyglot {

/// Writes all of the plan but the list of selected objects; the file appears whole or not at all,
/// and carries its own SHA-256. 64 bytes an object, in the byte order of this machine: the file
/// lives as long as the build. Throws Error(io) or Error(resource).
void write_plan(const std::filesystem::path& path, const Plan& plan);

/// The plan that write_plan() was given. Throws Error(format) if a byte is not as it was written.
[[nodiscard]] Plan read_plan(const std::filesystem::path& path);

}  // namespace skyglot
