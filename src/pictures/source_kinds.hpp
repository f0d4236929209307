// SPDX-License-Identifier: Apache-2.0
// The kinds of places that pictures come from, each as a PictureSource.
#pragma once

#include "pictures/source.hpp"

#include <string>
#include <string_view>

namespace skyglot {

/// .jpg, .jpeg or .png in any case, and no hidden file: what decode_picture reads.
[[nodiscard]] bool is_readable_picture_name(std::string_view name);
/// Also those of the other usual formats (.tif, .webp, ...): they count, though only as skipped.
[[nodiscard]] bool is_picture_name(std::string_view name);

/// Whether the options ask for this picture; to be called once for each, in order.
[[nodiscard]] bool is_wanted(const std::string& id, const SourceOptions& options);

/// The file's bytes, or the problem with it.
[[nodiscard]] SourcePicture read_picture_file(const std::filesystem::path& path, std::string id,
                                              const SourceOptions& options);

/// The pictures below `folder`, sorted by path; where there are none, its tars. Throws Error(input)
/// if it holds neither.
[[nodiscard]] std::unique_ptr<PictureSource> open_picture_folder(
    const std::filesystem::path& folder, const SourceOptions& options);

/// One file.
[[nodiscard]] std::unique_ptr<PictureSource> open_picture_file(const std::filesystem::path& path,
                                                               const SourceOptions& options);

/// Tars one after the other; `count` pictures if known.
[[nodiscard]] std::unique_ptr<PictureSource> open_picture_shards(
    std::vector<std::filesystem::path> shards, std::optional<std::uint64_t> count,
    const SourceOptions& options);

/// A table (.csv, .tsv, .txt) with a column of paths, or a .txt with one path a line. A path may
/// lead into a tar: "shards/000000.tar/key.jpg".
[[nodiscard]] std::unique_ptr<PictureSource> open_picture_list(const std::filesystem::path& list,
                                                               const SourceOptions& options);

}  // namespace skyglot
