// SPDX-License-Identifier: Apache-2.0
#include "base/resource.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace skyglot {

std::string load_resource(std::string_view name) {
  if (const char* folder = std::getenv("SKYGLOT_DATA")) {
    const auto path = std::filesystem::path(folder) / name;
    if (std::filesystem::exists(path)) return read_file(path);
  }
  const auto files = embedded_files();
  const auto found = std::ranges::find(files, name, &EmbeddedFile::name);
  if (found == files.end()) fail(ErrorKind::internal, "no data file '{}' is built in", name);
  return std::string(found->bytes);
}

std::optional<std::filesystem::path> find_data_folder(const std::filesystem::path& name) {
  namespace fs = std::filesystem;
  std::vector<fs::path> places;
  if (const char* folder = std::getenv("SKYGLOT_DATA")) places.emplace_back(folder);
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  places.push_back(program.parent_path().parent_path() / "share" / "skyglot");
  places.emplace_back(SKYGLOT_DATA_FOLDER);
  for (const fs::path& place : places)
    if (fs::is_directory(place / name, ignored)) return place / name;
  return std::nullopt;
}

std::string load_resource_or(std::string_view name, const std::filesystem::path& override_path) {
  return override_path.empty() ? load_resource(name) : read_file(override_path);
}

}  // namespace skyglot
