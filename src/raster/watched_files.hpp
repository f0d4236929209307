// SPDX-License-Identifier: Apache-2.0
// Files that GDAL writes, with every failure of the disk remembered: its drivers lose some, most of
// all while a file is closed.
#pragma once

#include <filesystem>
#include <string>

namespace skyglot {

/// The name under which GDAL writes the local file `path` (absolute) while it is watched. The file
/// is the same, and so are its bytes.
[[nodiscard]] std::string watched_name(const std::filesystem::path& path);

/// The first failure to write a watched file whose path begins with `beginning`, in words; "" if
/// there was none. Forgets all of those files.
[[nodiscard]] std::string take_write_failure(const std::string& beginning);

}  // namespace skyglot
