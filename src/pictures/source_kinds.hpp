// SPDX-License-Identifier: Apache-2.0
// The kinds of places that pictures come from, each as a PictureIndex.
#pragma once

#include "pictures/source.hpp"

#include <string>
#include <string_view>

namespace skyglot {

/// .jpg, .jpeg or .png in any case, and no hidden file: what decode_picture reads.
[[nodiscard]] bool is_readable_picture_name(std::string_view name);
/// Also those of the other usual formats (.tif, .webp, ...): they count, though only as skipped.
[[nodiscard]] bool is_picture_name(std::string_view name);

/// The file's bytes, or the problem with it.
[[nodiscard]] SourcePicture read_picture_file(const std::filesystem::path& path, std::string id,
                                              const SourceOptions& options);

/// The pictures below `folder`, sorted by path; where there are none, its tars; a data set of ours
/// by its dataset.json. Throws Error(input) if it holds neither.
[[nodiscard]] std::unique_ptr<PictureIndex> index_folder(const std::filesystem::path& folder,
                                                         const SourceOptions& options);

/// One file.
[[nodiscard]] std::unique_ptr<PictureIndex> index_file(const std::filesystem::path& path,
                                                       const SourceOptions& options);

/// Tars one after the other. Members in a row that share WebDataset's key (the path up to the first
/// dot of its last part) are a sample: its pictures bring its other members. Beside a picture
/// "key.jpg" one like "key.seg.png" is not a picture of its own, one like "key.2.jpg" is; more than
/// 64 members of one key are a series, whose samples go by the last dot. Hidden files and folders
/// are left out.
[[nodiscard]] std::unique_ptr<PictureIndex> index_shards(
    const std::vector<std::filesystem::path>& shards, const SourceOptions& options);

/// A table (.csv, .tsv, .txt) with a column of paths, or a .txt with one path a line. A path may
/// lead into a tar: "shards/000000.tar/key.jpg".
[[nodiscard]] std::unique_ptr<PictureIndex> index_list(const std::filesystem::path& list,
                                                       const SourceOptions& options);

}  // namespace skyglot
