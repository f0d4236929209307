// SPDX-License-Identifier: Apache-2.0
#include "imagery/scene_facts.hpp"

#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"

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

Json shown_facts(const Scene& scene, std::span<const int> bands,
                 std::span<const BandStretch> stretches) {
  Json shown = Json::array(), stretched = Json::array();
  for (const int number : bands) {
    const BandInfo& band = scene.band(number);
    shown.push_back({number, band.nodata ? format_double(*band.nodata) : "", band.has_mask,
                     band.scale, band.offset, band.bits});
  }
  for (const BandStretch& one : stretches) stretched.push_back({one.low, one.high});
  return {{"file", scene_facts(scene)},
          {"size", {scene.width, scene.height}},
          {"grid", scene.map_from_pixel},
          {"crs", sha256(scene.crs_wkt)},
          {"bands", shown},
          {"stretches", stretched}};
}

}  // namespace skyglot
