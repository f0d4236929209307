// SPDX-License-Identifier: Apache-2.0
#include "eval/data_file.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/resource.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <cstdint>
#include <filesystem>

namespace skyglot {
namespace {

// These are read by people; what is larger is something else.
constexpr std::uint64_t kLargestFile = std::uint64_t{16} << 20;

}  // namespace

std::vector<std::string> built_in_files(std::string_view folder) {
  std::vector<std::string> names;
  for (const EmbeddedFile& file : embedded_files())
    if (file.name.starts_with(folder)) names.emplace_back(file.name);
  std::ranges::sort(names);
  return names;
}

std::string read_data_file(const std::string& name, std::string_view what,
                           std::string_view folder) {
  if (std::filesystem::is_regular_file(name)) return read_file(name, kLargestFile);
  const std::vector<std::string> built_in = built_in_files(folder);
  if (std::ranges::find(built_in, name) != built_in.end()) return load_resource(name);
  fail(ErrorKind::input, "no {} '{}': neither a file nor built in; built in are: {}", what, name,
       join(built_in, ", "));
}

}  // namespace skyglot
