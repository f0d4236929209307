// SPDX-License-Identifier: Apache-2.0
// A checkpoint packed into an ordinary zip, as SkyCLIP's are.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace skyglot {

/// Whether a file of that name may be a checkpoint (.pt, .pth, .bin, .ckpt, .safetensors).
[[nodiscard]] bool is_checkpoint_name(const std::string& name);

/// Unpacks the entry `member` of `archive` into a temporary file (in TMPDIR), calls `use` with its
/// path, and removes it. Throws Error(format) if the archive is damaged or the entry is longer than
/// `size`, what the directory says; Error(resource) if the disk is full.
void with_archive_member(const std::filesystem::path& archive, const std::string& member,
                         std::uint64_t size,
                         const std::function<void(const std::filesystem::path&)>& use);

}  // namespace skyglot
