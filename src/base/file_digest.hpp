// SPDX-License-Identifier: Apache-2.0
// What a large file is known by, without reading all of it.
#pragma once

#include <filesystem>
#include <string>

namespace skyglot {

/// Size and SHA-256 of the first and the last 64 KiB: enough to see that a file was replaced.
/// Throws Error(io) if they cannot be read.
[[nodiscard]] std::string digest_of_ends(const std::filesystem::path& path);

}  // namespace skyglot
