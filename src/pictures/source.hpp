// SPDX-License-Identifier: Apache-2.0
// Encoded pictures one after another, wherever they lie: folders, tar files, lists.
#pragma once

#include "pictures/picture.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace skyglot {

/// A picture's bytes with what lies beside it.
struct SourcePicture {
  std::string
      id;  ///< path relative to its folder or tar ("Airport/airport_12.jpg"), or as a list names it
  std::string bytes;    ///< encoded; empty with a `problem` and where only names were asked for
  std::string problem;  ///< why the bytes could not be had; empty: fine
  /// Members of the same WebDataset sample by extension ("json", "txt", "cls"), or the other
  /// columns of the list by name ("title", "label").
  std::map<std::string, std::string> beside{};
  bool missing = false;  ///< the problem is that its file is not there (any more)
  /// In place of bytes: makes the pixels, in whichever thread would decode them. Throws as
  /// decode_picture() where there are none to be had, Error(io) where there may be some tomorrow.
  std::function<Picture()> draw{};
};

/// Gives pictures one after another.
class PictureSource {
 public:
  virtual ~PictureSource() = default;
  /// The next picture; nothing at the end. Throws what PictureIndex::read() does.
  virtual std::optional<SourcePicture> next() = 0;
  /// How many there are, wanted or not, where that is cheap to know.
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;
};

/// Pictures numbered from 0 in a fixed order (folders sorted by path; tars and lists as they are):
/// looked through once, read in any order. Holds names and places, no pictures. Safe to be called
/// from several threads.
class PictureIndex {
 public:
  virtual ~PictureIndex() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  [[nodiscard]] virtual std::string id(std::uint64_t number) const = 0;
  /// The picture with what lies beside it; a `problem` where it cannot be had. Throws Error naming
  /// a tar that is no longer what was looked through.
  [[nodiscard]] virtual SourcePicture read(std::uint64_t number) const = 0;
};

struct SourceOptions {
  std::filesystem::path root;  ///< list entries are relative to it; empty: to the list's folder
  std::string path_column;     ///< empty: filepath, image, filename, path in turn
  std::uint64_t max_file_bytes = std::uint64_t{256} << 20;
  bool contents = true;  ///< false: `bytes` stay empty and are not read; what lies beside is
  /// Asked once for each picture, in order; one that is not wanted is passed over unread. Empty:
  /// all are wanted.
  std::function<bool(const std::string& id)> wanted;
};

/// By its name: .csv, .tsv or .txt.
[[nodiscard]] bool is_picture_list(const std::filesystem::path& path);

/// Looks through folders (for .jpg .jpeg .png), tars, and lists (.csv, .tsv, .txt), one after the
/// other; records/picture_inputs.hpp takes data sets of ours as well. `wanted` is left to whoever
/// reads. Throws Error(input) naming a path that is none of these or holds no pictures,
/// Error(format) naming a tar that is damaged or truncated.
[[nodiscard]] std::shared_ptr<const PictureIndex> index_pictures(
    const std::vector<std::filesystem::path>& inputs, const SourceOptions& options = {});

/// The pictures of index_pictures() in their order.
[[nodiscard]] std::unique_ptr<PictureSource> open_pictures(
    const std::vector<std::filesystem::path>& inputs, const SourceOptions& options = {});

}  // namespace skyglot
