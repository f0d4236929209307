// SPDX-License-Identifier: Apache-2.0
// Class lists, templates and manifests: a file of the user's or one that is built in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// Built-in files whose path below data/ starts with `folder`, sorted.
[[nodiscard]] std::vector<std::string> built_in_files(std::string_view folder);

/// The bytes of `name`: a path, or if nothing is there a file of data/ by its whole path below it.
/// Throws Error(input) naming `what` was looked for and the files in `folder` of data/.
[[nodiscard]] std::string read_data_file(const std::string& name, std::string_view what,
                                         std::string_view folder);

}  // namespace skyglot
