// SPDX-License-Identifier: Apache-2.0
// Any value in any place of an imagery catalogue, or any bytes in its stead: a catalogue that can
// be relied on, or an Error.
#include "imagery/catalogue.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "imagery/summary.hpp"

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>

namespace {

using skyglot::ImageryCatalogue;

ImageryCatalogue sound_catalogue() {
  ImageryCatalogue catalogue;
  skyglot::Collection collection;
  collection.code = "XX";
  collection.bands = collection.rgb_bands = {1};
  collection.stretches = {{0, 255}};
  catalogue.collections.push_back(collection);
  skyglot::Scene scene;
  scene.fid = 1;
  scene.collection_code = "XX";
  scene.name = "a";
  scene.files = {{"/a.tif", 64, 64, 1}};
  scene.width = scene.height = 64;
  scene.map_from_pixel = {13, 0.1, 0, 52, 0, -0.1};
  scene.crs_wkt = "EPSG:4326";
  scene.gsd_m = 7000;
  scene.date = "2021-06-01";
  scene.bands = {{.name = "1", .colour = "Gray", .nodata = 0.0}};
  scene.footprint_lonlat = skyglot::Geometry::rectangle({13, 52, 14, 53});
  catalogue.scenes.push_back(scene);
  return catalogue;
}

struct Place {
  std::string table;
  std::string column;
};

// A sound file in memory, and every place in it.
struct Template {
  std::filesystem::path path;
  std::string bytes;
  std::vector<Place> places;

  Template() {
    std::string folder = "/dev/shm/fuzz_catalogue.XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    path = std::filesystem::path(folder) / "imagery.gpkg";
    skyglot::write_catalogue(path, sound_catalogue());
    bytes = skyglot::read_file(path);
    sqlite3* database = nullptr;
    sqlite3_open(path.c_str(), &database);
    const auto add = [](void* self, int, char** row, char**) {
      static_cast<Template*>(self)->places.push_back({row[0], row[1]});
      return 0;
    };
    sqlite3_exec(database,
                 "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c "
                 "WHERE m.name IN ('collections', 'scenes')",
                 add, this, nullptr);
    sqlite3_close(database);
  }
};

void write(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary)
      .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

void change(const std::filesystem::path& path, const Place& place, std::string_view value) {
  sqlite3* database = nullptr;
  sqlite3_open(path.c_str(), &database);
  const std::string sql = "UPDATE " + place.table + " SET " + place.column + " = ?";
  sqlite3_stmt* statement = nullptr;
  sqlite3_prepare_v2(database, sql.c_str(), -1, &statement, nullptr);
  const auto size = static_cast<int>(value.size());
  if (place.column == "geom")
    sqlite3_bind_blob(statement, 1, value.data(), size, SQLITE_STATIC);
  else
    sqlite3_bind_text(statement, 1, value.data(), size, SQLITE_STATIC);
  sqlite3_step(statement);
  sqlite3_finalize(statement);
  sqlite3_close(database);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Template sound;
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] == 0xFF) {
    write(sound.path, rest);
  } else {
    write(sound.path, sound.bytes);
    change(sound.path, sound.places[data[0] % sound.places.size()], rest);
  }
  try {
    (void)skyglot::summarise(skyglot::read_catalogue(sound.path));
  } catch (const skyglot::Error&) {
  }
  return 0;
}
