// SPDX-License-Identifier: Apache-2.0
#include "simulate/town_folder.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace skyglot::simulate {
namespace {

namespace fs = std::filesystem;

// Stands in a provisional folder from its first moment to its last.
constexpr const char* kMark = ".skyglot-simulate";

nlohmann::json town_json(const fs::path& folder) {
  const fs::path file = folder / "town.json";
  if (!fs::is_regular_file(file)) return {};
  auto json = nlohmann::json::parse(read_file(file), nullptr, false);
  const bool ours = json.is_object() && json.contains("made_by") && json.contains("pictures") &&
                    json.at("made_by") == "skyglot simulate";
  return ours ? json : nlohmann::json();
}

// The file that a field of town.json names; an empty path unless it lies in the folder.
fs::path file_of(const nlohmann::json& fields, const char* name) {
  if (!fields.is_object() || !fields.contains(name) || !fields.at(name).is_string()) return {};
  const fs::path file = fields.at(name).get<std::string>();
  const bool inside = !file.is_absolute() && std::ranges::find(file, "..") == file.end();
  return inside ? file : fs::path();
}

// Relative; town.json as the last.
std::vector<fs::path> files_of_town(const fs::path& folder) {
  const auto json = town_json(folder);
  std::vector<fs::path> files;
  if (json.is_null()) return files;
  files = {"README.md", file_of(json, "map")};
  for (const auto& picture : json.at("pictures")) files.push_back(file_of(picture, "file"));
  std::erase_if(files, [](const fs::path& file) { return file.empty(); });
  files.emplace_back("town.json");
  return files;
}

// The folders that lead to the files.
std::set<fs::path> folders_of(const std::vector<fs::path>& files) {
  std::set<fs::path> folders;
  for (const fs::path& file : files)
    for (fs::path at = file.parent_path(); !at.empty(); at = at.parent_path()) folders.insert(at);
  return folders;
}

void remove_or_fail(const fs::path& path) {
  std::error_code code;
  fs::remove(path, code);
  if (code) fail(ErrorKind::io, "cannot remove {}: {}", path.string(), code.message());
}

bool is_left_by_a_killed_run(const fs::path& folder) {
  return fs::exists(folder / kMark) || fs::is_empty(folder) ||
         (is_town(folder) && stranger_in(folder).empty());
}

}  // namespace

bool is_town(const fs::path& folder) {
  return !town_json(folder).is_null();
}

fs::path stranger_in(const fs::path& folder) {
  const auto files = files_of_town(folder);
  const auto folders = folders_of(files);
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const fs::path name = entry.path().lexically_relative(folder);
    const bool known = entry.is_directory() && !entry.is_symlink()
                           ? folders.contains(name)
                           : std::ranges::find(files, name) != files.end();
    if (!known && !is_temporary(entry.path())) return entry.path();
  }
  return {};
}

void remove_town(const fs::path& folder) {
  const auto files = files_of_town(folder);
  const auto folders = folders_of(files);
  for (const fs::path& file : files) remove_or_fail(folder / file);
  for (auto at = folders.rbegin(); at != folders.rend(); ++at) {
    remove_orphans(folder / *at);
    remove_or_fail(folder / *at);
  }
  remove_orphans(folder);
}

PendingTown::PendingTown(const fs::path& final_path)
    : final_(final_path), path_(final_path.string() + ".unfinished") {
  if (fs::exists(fs::symlink_status(path_))) {
    if (!fs::is_directory(fs::symlink_status(path_)) || !is_left_by_a_killed_run(path_))
      fail(ErrorKind::input,
           "{} is in the way, and simulate did not write all of it; move it or choose another "
           "--output",
           path_.string());
    fs::remove_all(path_);
  }
  make_folder(path_);
  write_file_atomically(path_ / kMark, "skyglot simulate is at work here\n");
}

PendingTown::~PendingTown() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void PendingTown::keep() {
  if (fs::exists(final_)) {
    if (const fs::path stranger = stranger_in(final_); !stranger.empty())
      fail(ErrorKind::input, "will not replace {}: {} has come into it", final_.string(),
           stranger.string());
    remove_town(final_);
  }
  remove_or_fail(path_ / kMark);
  sync_folder(path_);
  std::error_code error;
  fs::rename(path_, final_, error);
  if (error)
    fail(ErrorKind::io, "cannot rename {} to {}: {}", path_.string(), final_.string(),
         error.message());
  sync_folder(final_.parent_path());
}

}  // namespace skyglot::simulate
