// SPDX-License-Identifier: Apache-2.0
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/strings.hpp"
#include "pictures/source_kinds.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <system_error>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

// Files by their paths relative to a folder.
class FileIndex : public PictureIndex {
 public:
  FileIndex(fs::path folder, std::vector<std::string> names, const SourceOptions& options)
      : folder_(std::move(folder)), names_(std::move(names)), options_(options) {}

  [[nodiscard]] std::uint64_t size() const override { return names_.size(); }
  [[nodiscard]] std::string id(std::uint64_t number) const override { return names_.at(number); }
  [[nodiscard]] SourcePicture read(std::uint64_t number) const override {
    const std::string& name = names_.at(number);
    return read_picture_file(folder_ / name, name, options_);
  }

 private:
  fs::path folder_;
  std::vector<std::string> names_;
  SourceOptions options_;
};

bool is_hidden(std::string_view name) {
  return name.starts_with('.');
}

bool has_ending(std::string_view path, std::span<const std::string_view> endings) {
  const std::string name = to_lower(path.substr(path.rfind('/') + 1));
  return !is_hidden(name) &&
         std::ranges::any_of(endings, [&](auto ending) { return name.ends_with(ending); });
}

struct FolderContents {
  std::vector<std::string> pictures;  // relative, sorted
  bool readable = false;              // one of them at least
  std::vector<fs::path> tars;         // directly in the folder, sorted
  std::map<std::string, int> others;  // by extension
};

void note(const fs::directory_entry& entry, const fs::path& folder, FolderContents& contents) {
  std::error_code ignored;
  const fs::path& path = entry.path();
  if (!entry.is_regular_file(ignored)) return;
  if (is_picture_name(path.filename().string())) {
    contents.pictures.push_back(path.lexically_relative(folder).generic_string());
    contents.readable = contents.readable || is_readable_picture_name(contents.pictures.back());
  } else if (to_lower(path.extension().string()) == ".tar" && path.parent_path() == folder) {
    contents.tars.push_back(path);
  } else {
    ++contents.others[to_lower(path.extension().string())];
  }
}

// Linked folders are not entered: they may lead in circles.
FolderContents search(const fs::path& folder) {
  FolderContents contents;
  const auto options = fs::directory_options::skip_permission_denied;
  for (auto at = fs::recursive_directory_iterator(folder, options);
       at != fs::recursive_directory_iterator(); ++at) {
    if (is_hidden(at->path().filename().string()))
      at.disable_recursion_pending();
    else
      note(*at, folder, contents);
  }
  std::ranges::sort(contents.pictures);
  std::ranges::sort(contents.tars);
  return contents;
}

[[noreturn]] void fail_without_pictures(const fs::path& folder, const FolderContents& contents) {
  auto counts = contents.others;
  for (const std::string& picture : contents.pictures)
    ++counts[to_lower(fs::path(picture).extension().string())];
  std::string others;
  for (const auto& [extension, count] : counts)
    others += fmt::format("{}{} {}", others.empty() ? "" : ", ", count,
                          extension.empty() ? "without extension" : extension);
  fail(ErrorKind::input, "no .jpg, .jpeg or .png below {}{}", folder.string(),
       others.empty() ? ": it is empty"
                      : " (files: " + others + "); convert them to PNG or JPEG first");
}

}  // namespace

bool is_readable_picture_name(std::string_view name) {
  return has_ending(name, std::array<std::string_view, 3>{".jpg", ".jpeg", ".png"});
}

bool is_picture_name(std::string_view name) {
  return is_readable_picture_name(name) ||
         has_ending(name, std::array<std::string_view, 7>{".webp", ".tif", ".tiff", ".bmp", ".gif",
                                                          ".jp2", ".avif"});
}

SourcePicture read_picture_file(const fs::path& path, std::string id,
                                const SourceOptions& options) {
  SourcePicture picture;
  picture.id = std::move(id);
  if (!options.contents) return picture;
  std::error_code code;
  if (!fs::exists(path, code)) {
    picture.problem = "no such file";
    picture.missing = true;
  } else if (!fs::is_regular_file(path, code)) {
    picture.problem = "not a regular file";
  } else if (const auto size = fs::file_size(path, code); size > options.max_file_bytes) {
    picture.problem = fmt::format("{} bytes are more than allowed", size);
  } else {
    try {
      picture.bytes = read_file(path, options.max_file_bytes);
      if (picture.bytes.empty()) picture.problem = "the file is empty";
    } catch (const Error& error) {
      picture.problem = error.what();
    }
  }
  return picture;
}

std::unique_ptr<PictureIndex> index_folder(const fs::path& folder, const SourceOptions& options) {
  FolderContents contents = search(folder);
  if (contents.readable)
    return std::make_unique<FileIndex>(folder, std::move(contents.pictures), options);
  if (!contents.tars.empty()) return index_shards(contents.tars, options);
  fail_without_pictures(folder, contents);
}

std::unique_ptr<PictureIndex> index_file(const fs::path& path, const SourceOptions& options) {
  return std::make_unique<FileIndex>(path.parent_path(),
                                     std::vector<std::string>{path.filename().string()}, options);
}

}  // namespace skyglot
