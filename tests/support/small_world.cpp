// SPDX-License-Identifier: Apache-2.0
#include "tests/support/small_world.hpp"

#include "base/atomic_file.hpp"
#include "base/random.hpp"
#include "base/tag.hpp"
#include "raster/raster_writer.hpp"
#include "tests/support/program.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;

constexpr int kAerialSide = 3000;
constexpr GeoTransform kAerialGrid{400000, 0.5, 0, 5801500, 0, -0.5};
constexpr const char* kCrs = "EPSG:32633";

// Writes OSM XML; shapes come in pixels of the aerial scene.
class MapWriter {
 public:
  void node(Point pixel, const Tags& tags) {
    const Point at = grid_.lonlat_from_pixel(pixel).value();
    nodes_ += fmt::format("<node id=\"{}\" version=\"1\" lat=\"{:.7f}\" lon=\"{:.7f}\">{}</node>\n",
                          ++last_node_, at.y, at.x, tag_elements(tags));
  }
  void way(const Path& pixels, const Tags& tags) {
    const std::int64_t first = last_node_ + 1;
    const bool closed = pixels.front() == pixels.back();
    std::string refs;
    for (std::size_t i = 0; i + (closed ? 1 : 0) < pixels.size(); ++i) {
      node(pixels[i], {});
      refs += fmt::format("<nd ref=\"{}\"/>", last_node_);
    }
    if (closed) refs += fmt::format("<nd ref=\"{}\"/>", first);
    ways_ += fmt::format("<way id=\"{}\" version=\"1\">{}{}</way>\n", ++last_way_, refs,
                         tag_elements(tags));
  }
  void area(const Box& pixels, const Tags& tags) {
    way(Geometry::rectangle(pixels).parts[0][0], tags);
  }

  [[nodiscard]] std::string xml() const {
    return "<?xml version='1.0' encoding='UTF-8'?>\n<osm version=\"0.6\" generator=\"test\">\n" +
           nodes_ + ways_ + "</osm>\n";
  }

 private:
  static std::string tag_elements(const Tags& tags) {
    std::string text;
    for (const Tag& tag : tags) text += fmt::format("<tag k=\"{}\" v=\"{}\"/>", tag.key, tag.value);
    return text;
  }
  SceneGrid grid_{kAerialGrid, kCrs};
  std::string nodes_;
  std::string ways_;
  std::int64_t last_node_ = 0;
  std::int64_t last_way_ = 1000;
};

std::string world_map() {
  MapWriter map;
  RandomStream random(1, "world");
  for (int row = 0; row < 10; ++row)
    for (int column = 0; column < 10; ++column) {
      const double x = 120 + column * 280;
      const double y = 120 + row * 280;
      const double width = random.uniform(90, 200);
      const double height = random.uniform(90, 200);
      map.area({x, y, x + width, y + height}, {{"building", row % 2 == 0 ? "yes" : "warehouse"},
                                               {"name", "House"},
                                               {"roof:shape", "flat"}});
      map.node({x + 230, y + 230}, {{"natural", "tree"}});
    }
  for (int line = 0; line < 9; ++line) {
    const double at = 380 + line * 280;
    map.way({{-500, at}, {700, at}, {1900, at}, {3500, at}},
            {{"highway", "residential"}, {"surface", "asphalt"}, {"lanes", "2"}});
    map.way({{at, -200}, {at, 1500}, {at, 3300}}, {{"highway", "footway"}});
  }
  map.area({500, 500, 1400, 1300}, {{"landuse", "forest"}});
  map.area({1500, 1500, 1900, 1800},
           {{"leisure", "pitch"}, {"sport", "tennis"}, {"surface", "clay"}});
  map.area({2000, 300, 2060, 340}, {{"building", "yes"}});
  map.area({9000, 9000, 9200, 9200}, {{"building", "yes"}});
  map.node({700, 900}, {{"name", "Nowhere"}});
  return map.xml();
}

std::uint8_t texture(RandomStream& random, int x, int y) {
  return static_cast<std::uint8_t>(60 + (x / 7 + y / 11) % 90 + random.integer(0, 40));
}

void write_aerial(const fs::path& path) {
  RasterWriter writer(path, {.width = kAerialSide,
                             .height = kAerialSide,
                             .type = SampleType::u8,
                             .map_from_pixel = kAerialGrid,
                             .crs = kCrs,
                             .band_names = {"red", "green", "blue"},
                             .nodata = 0.0,
                             .metadata = {},
                             .colours = {}});
  RandomStream random(2, "aerial");
  constexpr int kStrip = 250;
  std::vector<std::uint8_t> samples(std::size_t{3} * kStrip * kAerialSide);
  for (int top = 0; top < kAerialSide; top += kStrip) {
    std::size_t next = 0;
    for (int band = 0; band < 3; ++band)
      for (int y = top; y < top + kStrip; ++y)
        for (int x = 0; x < kAerialSide; ++x)
          samples[next++] = x + y < 700 ? std::uint8_t{0} : texture(random, x + band * 5, y);
    writer.write<std::uint8_t>({0, top, kAerialSide, kStrip}, samples);
  }
  writer.finish();
}

void write_satellite(const fs::path& path) {
  constexpr int kSide = 600;
  RasterWriter writer(path, {.width = kSide,
                             .height = kSide,
                             .type = SampleType::u16,
                             .map_from_pixel = {399000, 5, 0, 5802500, 0, -5},
                             .crs = kCrs,
                             .band_names = {"blue", "green", "red", "nir"},
                             .nodata = {},
                             .metadata = {},
                             .colours = {}});
  RandomStream random(3, "satellite");
  std::vector<std::uint16_t> samples(std::size_t{4} * kSide * kSide);
  for (std::size_t i = 0; i < samples.size(); ++i)
    samples[i] = static_cast<std::uint16_t>(400 + (i / 97) % 900 +
                                            static_cast<std::size_t>(random.integer(0, 500)));
  writer.write<std::uint16_t>({0, 0, kSide, kSide}, samples);
  writer.finish();
}

void expect_success(const std::vector<std::string>& arguments) {
  const ProgramResult result = run_skyglot(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
}

}  // namespace

SmallWorld make_small_world(const fs::path& folder) {
  fs::create_directories(folder / "aerial");
  fs::create_directories(folder / "satellite");
  write_file_atomically(folder / "map.osm", world_map());
  write_aerial(folder / "aerial" / "aerial_20210601.tif");
  write_satellite(folder / "satellite" / "satellite_20200801.tif");
  return {folder};
}

SmallWorld make_catalogued_world(const fs::path& folder) {
  SmallWorld world = make_small_world(folder);
  expect_success(
      {"objects", "import", world.path("map.osm"), "--output", world.path("objects.gpkg")});
  expect_success({"imagery", "scan", world.path("aerial"), "--collection", "AE", "--licence",
                  "CC0-1.0", "--output", world.path("imagery.gpkg")});
  expect_success({"imagery", "scan", world.path("satellite"), "--collection", "S5", "--licence",
                  "CC-BY-4.0", "--output", world.path("imagery.gpkg")});
  return world;
}

}  // namespace skyglot::testing_support
