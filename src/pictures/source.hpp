// SPDX-License-Identifier: Apache-2.0
// Encoded pictures one after another, wherever they lie: folders, tar files, lists.
#pragma once

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
  std::map<std::string, std::string> beside;
};

/// Gives pictures in a fixed order (folders sorted by path; tars and lists as they are).
class PictureSource {
 public:
  virtual ~PictureSource() = default;
  /// The next picture; nothing at the end. Throws Error(format) naming a tar that is damaged or
  /// truncated.
  virtual std::optional<SourcePicture> next() = 0;
  /// How many there are, where that is cheap to know.
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const = 0;
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

/// One source after the other.
[[nodiscard]] std::unique_ptr<PictureSource> chained(
    std::vector<std::unique_ptr<PictureSource>> parts);

/// Opens folders (searched through for .jpg .jpeg .png), tars and lists (.csv, .tsv, .txt), one
/// after the other; records/picture_inputs.hpp takes data sets of ours as well. Throws Error(input)
/// naming a path that is none of these or holds no pictures.
[[nodiscard]] std::unique_ptr<PictureSource> open_pictures(
    const std::vector<std::filesystem::path>& inputs, const SourceOptions& options = {});

}  // namespace skyglot
