// SPDX-License-Identifier: Apache-2.0
#include "simulate/town_notes.hpp"

#include "base/atomic_file.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "simulate/names.hpp"

#include <fmt/format.h>

namespace skyglot::simulate {
namespace {

const char* sensor_name(Sensor sensor) {
  switch (sensor) {
    case Sensor::rgb8:
      return "RGB, 8 bits";
    case Sensor::multi16:
      return "blue, green, red, near infrared; reflectance * 10000, 16 bits";
    default:
      return "land class";
  }
}

Json scene_json(const SceneSpec& spec) {
  Json json{{"file", spec.file.generic_string()},
            {"content", sensor_name(spec.sensor)},
            {"crs", spec.crs},
            {"width", spec.width},
            {"height", spec.height}};
  if (spec.sensor == Sensor::classes8) return json;
  json["date"] = spec.date;
  json["shift_from_map_m"] = {spec.shift_m.x, spec.shift_m.y};
  json["sun_azimuth_deg"] = spec.sun_azimuth_deg;
  json["sun_elevation_deg"] = spec.sun_elevation_deg;
  return json;
}

std::string json_text(const Town& town, const std::vector<SceneSpec>& scenes,
                      const std::map<std::string, std::uint64_t>& kinds) {
  Json json{{"schema", 1},
            {"simulated", true},
            {"made_by", "skyglot simulate"},
            {"name", NameList::town(town.seed)},
            {"seed", town.seed},
            {"size_km", town.size_m / 1000},
            {"world_km", town.world_m / 1000},
            {"licence", "CC0-1.0"},
            {"map", "town.osm.pbf"}};
  for (const SceneSpec& spec : scenes) json["pictures"].push_back(scene_json(spec));
  for (const ClassInfo& info : land_classes())
    json["classes"].push_back(
        {{"value", static_cast<int>(info.value)}, {"name", info.name}, {"colour", info.colour}});
  json["kinds"] = kinds;
  return json.dump(2) + "\n";
}

constexpr const char* kReadme = R"(# {name}: a simulated town

Nothing here is real. `skyglot simulate --seed {seed} --size-km {size}` grew this town, its map and the
pictures of it from a number. It lies in the open North Sea (54.8° N, 7.1° E), where there is
no town, so that nobody takes it for one. Do whatever you like with it (CC0-1.0).

| file | what it is |
| --- | --- |
| `town.osm.pbf` | the map, tagged as OpenStreetMap tags things; ids start at 1 |
{rows}| `town.json` | the same facts for programs, with the count of every kind of object |

The pictures lie a little off the map, as real ones do: the shift of each scene in metres east and
north is in `town.json`. Sun, season and haze differ from scene to scene. What the pictures do not
have: relief, clouds, leaning buildings, power lines' wires, people.

## Classes of `classes.tif`

The class raster lies exactly on the map. A tree that hides the ground counts as tree.

| value | class |
| --- | --- |
{classes})";

}  // namespace

void write_notes(const Town& town, const std::vector<SceneSpec>& scenes,
                 const std::map<std::string, std::uint64_t>& kinds,
                 const std::filesystem::path& folder) {
  std::string rows;
  for (const SceneSpec& spec : scenes)
    rows += fmt::format("| `{}` | {}; {} x {} pixels, {}{} |\n", spec.file.generic_string(),
                        sensor_name(spec.sensor), spec.width, spec.height, spec.crs,
                        spec.date.empty() ? "" : ", " + spec.date);
  std::string classes;
  for (const ClassInfo& info : land_classes())
    classes += fmt::format("| {} | {} |\n", static_cast<int>(info.value), info.name);
  write_file_atomically(
      folder / "README.md",
      fmt::format(fmt::runtime(kReadme), fmt::arg("name", NameList::town(town.seed)),
                  fmt::arg("seed", town.seed), fmt::arg("size", format_double(town.size_m / 1000)),
                  fmt::arg("rows", rows), fmt::arg("classes", classes)));
  write_file_atomically(folder / "town.json", json_text(town, scenes, kinds));
}

}  // namespace skyglot::simulate
