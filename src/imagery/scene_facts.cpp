// SPDX-License-Identifier: Apache-2.0
#include "imagery/scene_facts.hpp"

#include "base/json.hpp"

#include <system_error>

namespace skyglot {

Json file_facts(const std::filesystem::path& path) {
  std::error_code code;
  const auto bytes = std::filesystem::file_size(path, code);
  const auto changed = std::filesystem::last_write_time(path, code);
  return {{"name", path.string()},
          {"bytes", code ? 0 : bytes},
          {"changed", code ? 0 : changed.time_since_epoch().count()}};
}

Json scene_facts(const Scene& scene) {
  Json facts = file_facts(scene.gdal_name());
  for (std::size_t i = 1; i < scene.files.size(); ++i)
    facts["others"].push_back(file_facts(scene.files[i].gdal_name));
  return facts;
}

}  // namespace skyglot
