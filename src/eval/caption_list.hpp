// SPDX-License-Identifier: Apache-2.0
// Captions of pictures as retrieval benchmarks publish them: JSON of several layouts.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

struct CaptionedFile {
  std::string file;  ///< as the list names it
  std::vector<std::string> captions;
};

/// Pictures with their captions, found again by name.
class CaptionList {
 public:
  /// `split`: the Karpathy split these are of, "" where there is no such thing.
  explicit CaptionList(std::vector<CaptionedFile> files, std::string split);

  [[nodiscard]] const std::vector<CaptionedFile>& files() const { return files_; }
  [[nodiscard]] const std::string& split() const { return split_; }
  /// The entry for a picture with this path: the same path, else the same last part, both without
  /// extension (lists name .tif files that were converted). Nothing if no entry or several fit.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view id) const;

 private:
  std::vector<CaptionedFile> files_;
  std::string split_;
  std::map<std::string, std::size_t> by_path_;
  std::map<std::string, std::optional<std::size_t>> by_name_;  // nothing: several have it
};

/// Any of these, told apart by their keys:
///   {"images": [{"filename", "filepath", "split", "sentences": [{"raw"}]}]}      Karpathy
///   {"images": [{"id", "file_name"}], "annotations": [{"image_id", "caption"}]}  COCO
///   {CLASS: [{"filename", "split", "raw", "raw_1", ...}]}                        NWPU-Captions
/// Where there are splits, only the pictures of `split` ("": all); pictures without a caption are
/// left out. Throws Error(format) naming `where` on damage and on other layouts, Error(input)
/// naming the splits there are if none has a picture.
[[nodiscard]] CaptionList parse_captions(std::string_view text, const std::string& split,
                                         const std::string& where);

/// The same of a file.
[[nodiscard]] CaptionList read_caption_list(const std::filesystem::path& path,
                                            const std::string& split);

}  // namespace skyglot
