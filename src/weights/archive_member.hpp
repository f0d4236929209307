// SPDX-License-Identifier: Apache-2.0
// A checkpoint packed into an ordinary zip, as SkyCLIP's are.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace skyglot {

/// Whether a file of that name may be a checkpoint (.pt, .pth, .bin, .ckpt, .safetensors).
[[nodiscard]] bool is_checkpoint_name(const std::string& name);

/// Unpacks the entry `member` of `archive` into a temporary file (in TMPDIR), calls `use` with its
/// path, and removes it. Throws Error(format) if the archive is damaged, Error(resource) if the
/// disk is full.
void with_archive_member(const std::filesystem::path& archive, const std::string& member,
                         const std::function<void(const std::filesystem::path&)>& use);

}  // namespace skyglot
