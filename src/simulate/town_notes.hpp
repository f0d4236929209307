// SPDX-License-Identifier: Apache-2.0
// README.md and town.json of a simulated town: what it is, plainly.
#pragma once

#include "simulate/scene.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace skyglot::simulate {

/// Writes both into `folder`; `kinds` as count_kinds() gives them.
void write_notes(const Town& town, const std::vector<SceneSpec>& scenes,
                 const std::map<std::string, std::uint64_t>& kinds,
                 const std::filesystem::path& folder);

}  // namespace skyglot::simulate
