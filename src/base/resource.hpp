// SPDX-License-Identifier: Apache-2.0
// Rules, labels and templates: files of data/ built into the binary, which a folder may override.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace skyglot {

struct EmbeddedFile {
  std::string_view name;  ///< path below data/
  std::string_view bytes;
};

/// Everything that is built in.
[[nodiscard]] std::span<const EmbeddedFile> embedded_files();

/// The bytes of data file `name`: from the folder in the environment variable SKYGLOT_DATA if it is
/// there, else the built-in copy. Throws Error(internal) if there is none.
[[nodiscard]] std::string load_resource(std::string_view name);

/// A folder of data/ that is too large to be built in, such as "models/nano": below SKYGLOT_DATA,
/// as installed beside the program (../share/skyglot), or in the source tree that it was built
/// from. Nothing where it is nowhere.
[[nodiscard]] std::optional<std::filesystem::path> find_data_folder(
    const std::filesystem::path& name);

/// load_resource(name), or the file at `override_path` when that is not empty.
[[nodiscard]] std::string load_resource_or(std::string_view name,
                                           const std::filesystem::path& override_path);

}  // namespace skyglot
