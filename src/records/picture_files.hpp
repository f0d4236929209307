// SPDX-License-Identifier: Apache-2.0
// The pictures of a data set as files with a table, for programs that do not read tars.
#pragma once

#include <cstdint>
#include <filesystem>

namespace skyglot {

/// Beside the shards of a whole data set: pictures/000000/KEY.jpg for each picture of
/// shards/000000.tar, and as the last pictures.tsv, whose columns filepath, title and
/// title_multi_objects are parted by tabs (paths relative to `folder`). Folders that are there
/// already stay as they are, so a run that was killed is gone on with; the same data set gives the
/// same bytes. Waits for another process that does the same. Returns the number of pictures. Throws
/// Error(io), Error(resource), or as read_dataset_info() and ShardReader do.
std::uint64_t write_picture_files(const std::filesystem::path& folder);

}  // namespace skyglot
