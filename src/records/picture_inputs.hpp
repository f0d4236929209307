// SPDX-License-Identifier: Apache-2.0
// Pictures from whatever a user names: data sets of ours beside folders, tars and lists.
#pragma once

#include "pictures/source.hpp"

#include <filesystem>
#include <memory>
#include <vector>

namespace skyglot {

/// index_pictures(), but a folder that holds a data set of ours gives the pictures of its shards,
/// in order. Throws Error as index_pictures() and read_dataset_info() do, and where a shard is
/// missing or has another size than dataset.json says.
[[nodiscard]] std::shared_ptr<const PictureIndex> index_picture_inputs(
    const std::vector<std::filesystem::path>& inputs, const SourceOptions& options = {});

/// The pictures of index_picture_inputs() in their order.
[[nodiscard]] std::unique_ptr<PictureSource> open_picture_inputs(
    const std::vector<std::filesystem::path>& inputs, const SourceOptions& options = {});

}  // namespace skyglot
