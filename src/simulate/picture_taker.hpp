// SPDX-License-Identifier: Apache-2.0
// Takes all pictures of a town, block by block in parallel, and leaves them as COGs.
#pragma once

#include "simulate/scene.hpp"

#include <filesystem>
#include <vector>

namespace skyglot::simulate {

/// Writes every scene below `folder`; the bytes do not depend on `threads`.
void take_pictures(const Town& town, const std::vector<SceneSpec>& scenes,
                   const std::filesystem::path& folder, int threads);

}  // namespace skyglot::simulate
