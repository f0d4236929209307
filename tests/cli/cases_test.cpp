// SPDX-License-Identifier: Apache-2.0
// Rasters of unusual kinds from the scan to the picture: nine squares of known colours, one
// building on each, and every pair must show its square's colour at the object's place.
#include "base/atomic_file.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "imagery/catalogue.hpp"
#include "imagery/test_tiffs.hpp"
#include "pictures/jpeg.hpp"
#include "pictures/shard.hpp"
#include "tests/support/program.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing_rasters::TiffRecipe;
using testing_rasters::write_tiff;
using Json = nlohmann::json;
using Rgb = std::array<double, 3>;

constexpr int kSide = 1200;
constexpr GeoTransform kGrid{570000, .5, 0, 5540000, 0, -.5};
constexpr std::array<Rgb, 9> kColours{{{220, 40, 40},
                                       {40, 200, 40},
                                       {40, 40, 220},
                                       {220, 220, 40},
                                       {40, 200, 200},
                                       {200, 40, 200},
                                       {240, 150, 30},
                                       {120, 60, 20},
                                       {240, 240, 240}}};

// 0 to 8 inside a square, else -1.
int square_at(int x, int y) {
  const bool inside = x % 400 >= 140 && x % 400 < 260 && y % 400 >= 140 && y % 400 < 260;
  return inside ? x / 400 + 3 * (y / 400) : -1;
}

int noise(int x, int y, int range) {
  return static_cast<int>(
             (static_cast<unsigned>(x) * 2654435761U ^ static_cast<unsigned>(y) * 2246822519U) >>
             13) %
         range;
}

double picture(int band, int x, int y) {
  const int square = square_at(x, y);
  const double base =
      square >= 0 ? kColours.at(static_cast<std::size_t>(square)).at(static_cast<std::size_t>(band))
                  : 70 + noise(x / 4, y / 4, 60) + 8 * (1 - band);
  return std::clamp(base + noise(x + 7 * band, y, 25) - 12, 1.0, 254.0);
}

Point square_centre(int square) {
  return {square % 3 * 400 + 200.0, square / 3 * 400 + 200.0};
}

// One building on each square.
std::string map_of_squares() {
  const SceneGrid grid(kGrid, "EPSG:32632");
  std::string nodes;
  std::string ways;
  for (int square = 0; square < 9; ++square) {
    const Point c = square_centre(square);
    std::string refs;
    int id = 4 * square;
    for (const Point corner : {Point{-60, -60}, Point{60, -60}, Point{60, 60}, Point{-60, 60}}) {
      const Point at = grid.lonlat_from_pixel(Point{c.x + corner.x, c.y + corner.y}).value();
      nodes += fmt::format("<node id=\"{}\" version=\"1\" lat=\"{:.7f}\" lon=\"{:.7f}\"/>", ++id,
                           at.y, at.x);
      refs += fmt::format("<nd ref=\"{}\"/>", id);
    }
    ways += fmt::format(
        "<way id=\"{}\" version=\"1\">{}<nd ref=\"{}\"/><tag k=\"building\" v=\"yes\"/></way>",
        square + 1, refs, 4 * square + 1);
  }
  return "<?xml version='1.0'?><osm version=\"0.6\" generator=\"test\">" + nodes + ways + "</osm>";
}

// What a pair's picture shows.
struct Shown {
  Rgb colour{};           // around the object's middle
  double dark_share = 0;  // pixels that are black
};

Shown look_at(const Picture& picture, const Point& middle) {
  Shown shown;
  for (int y = -10; y < 10; ++y)
    for (int x = -10; x < 10; ++x)
      for (std::size_t c = 0; c < 3; ++c)
        shown.colour.at(c) +=
            picture.row(static_cast<int>(middle.y) +
                        y)[3 * (static_cast<int>(middle.x) + x) + static_cast<int>(c)] /
            400.0;
  int dark = 0;
  for (std::size_t i = 0; i < picture.pixels.size(); i += 3)
    dark += picture.pixels[i] + picture.pixels[i + 1] + picture.pixels[i + 2] < 60 ? 1 : 0;
  shown.dark_share = 3.0 * dark / static_cast<double>(picture.pixels.size());
  return shown;
}

class Cases : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = test_folder();
    fs::create_directories(folder_ / "in");
    write_file_atomically(folder_ / "map.osm", map_of_squares());
    run({"objects", "import", path("map.osm"), "--output", path("objects.gpkg")});
  }

  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  ProgramResult run(const std::vector<std::string>& arguments, int exit_code = 0) const {
    ProgramResult result = run_skyglot(arguments);
    EXPECT_EQ(result.exit_code, exit_code) << arguments.at(0) << " " << result.err;
    return result;
  }

  fs::path write(const std::string& name, const TiffRecipe& recipe,
                 const std::function<double(int, int, int)>& value = picture) const {
    return write_tiff(folder_ / "in" / name, recipe, value);
  }
  static TiffRecipe whole(int bands = 3) {
    return {.width = kSide, .height = kSide, .bands = bands, .map_from_pixel = kGrid};
  }

  ProgramResult scan(std::vector<std::string> more = {}, int exit_code = 0) const {
    more.insert(more.begin(), {"imagery", "scan", path("in"), "--collection", "XX", "--output",
                               path("imagery.gpkg")});
    return run(more, exit_code);
  }

  ProgramResult add_item(const Json& assets, const Json& properties = Json::object(),
                         int exit_code = 0) const {
    Json item{{"type", "Feature"},      {"stac_version", "1.0.0"},
              {"id", "item"},           {"properties", {{"datetime", "2020-05-01T10:00:00Z"}}},
              {"links", Json::array()}, {"assets", assets}};
    item["properties"].update(properties);
    write_file_atomically(folder_ / "in" / "item.json", item.dump());
    return run({"imagery", "add-stac", path("in/item.json"), "--collection", "XX", "--output",
                path("imagery.gpkg")},
               exit_code);
  }
  static Json asset(const std::string& href, const char* role = "visual") {
    return {{"href", href}, {"type", "image/tiff; application=geotiff"}, {"roles", {role}}};
  }

  // Every member of a new data set by its name.
  [[nodiscard]] std::map<std::string, std::string> built_members(
      const std::vector<std::string>& more = {}) const {
    fs::remove_all(folder_ / "out");
    std::vector<std::string> arguments{"build",
                                       "--objects",
                                       path("objects.gpkg"),
                                       "--imagery",
                                       path("imagery.gpkg"),
                                       "--output",
                                       path("out"),
                                       "--cells",
                                       "0",
                                       "--val",
                                       "0",
                                       "--test",
                                       "0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    run(arguments);
    std::map<std::string, std::string> members;
    for (const auto& shard : fs::directory_iterator(folder_ / "out" / "shards"))
      read_shard(shard.path(), [&](const std::string& name, std::string_view bytes) {
        members.emplace(name, bytes);
        return true;
      });
    return members;
  }

  // What each pair shows, by the number of its square.
  std::map<int, Shown> build() const {
    const std::map<std::string, std::string> members = built_members();
    std::map<int, Shown> shown;
    for (const auto& [name, bytes] : members) {
      if (!name.ends_with(".json")) continue;
      const Json meta = Json::parse(bytes);
      const int square = std::stoi(meta.at("osm").get<std::string>().substr(1)) - 1;
      const Picture jpeg = decode_jpeg(members.at(fs::path(name).stem().string() + ".jpg"), name);
      shown[square] = look_at(jpeg, place_in(jpeg, meta.at("box"), square));
    }
    return shown;
  }

  // The metadata of some pair.
  [[nodiscard]] Json one_json() const {
    Json meta;
    read_shard(folder_ / "out/shards/000000.tar", [&](const std::string& name, std::string_view b) {
      if (name.ends_with(".json")) meta = Json::parse(b);
      return meta.is_null();
    });
    return meta;
  }

  static Point place_in(const Picture& jpeg, const Json& box, int square) {
    const Point at =
        SceneGrid(kGrid, "EPSG:32632").lonlat_from_pixel(square_centre(square)).value();
    const double west = box.at(0);
    const double south = box.at(1);
    const double east = box.at(2);
    const double north = box.at(3);
    const Point middle{(at.x - west) / (east - west) * jpeg.width,
                       (north - at.y) / (north - south) * jpeg.height};
    EXPECT_TRUE(middle.x > 11 && middle.x < jpeg.width - 11) << middle.x;
    EXPECT_TRUE(middle.y > 11 && middle.y < jpeg.height - 11) << middle.y;
    return {std::clamp(middle.x, 11.0, jpeg.width - 11.0),
            std::clamp(middle.y, 11.0, jpeg.height - 11.0)};
  }

  static void expect_colours(
      const std::map<int, Shown>& shown,
      const std::function<Rgb(const Rgb&)>& of = [](const Rgb& c) { return c; }) {
    for (const auto& [square, seen] : shown) {
      const Rgb wanted = of(kColours.at(static_cast<std::size_t>(square)));
      for (std::size_t c = 0; c < 3; ++c)
        EXPECT_NEAR(seen.colour.at(c), wanted.at(c), 10) << "square " << square << ", band " << c;
      EXPECT_EQ(seen.dark_share, 0) << square;
    }
  }
  void expect_nine() const {
    const auto shown = build();
    EXPECT_EQ(shown.size(), 9u);
    expect_colours(shown);
  }

  fs::path folder_;
};

TEST_F(Cases, APlainScene) {
  write("a_20200501.tif", whole());
  scan();
  expect_nine();
}

// Finer and coarser than the scene: resampled, and still in place.
TEST_F(Cases, ANominalGsdOfAnotherScale) {
  write("a_20200501.tif", whole());
  for (const char* gsd_m : {"0.4", "0.7"}) {
    fs::remove(path("imagery.gpkg"));
    scan({"--gsd", gsd_m});
    expect_nine();
    const Json meta = one_json();
    EXPECT_EQ(meta.at("gsd_m"), parse_double(gsd_m).value());
    const double ground_m =
        (meta.at("box").at(3).get<double>() - meta.at("box").at(1).get<double>()) * 111'200;
    EXPECT_NEAR(ground_m / meta.at("height").get<double>(), parse_double(gsd_m).value(), 0.02);
  }
}

// Four bands of 16 bits: the patch has what the file has, to the bit.
TEST_F(Cases, PatchesOfFourBandsOfSixteenBits) {
  const auto stored = [](int band, int x, int y) {
    return picture(band % 3, x, y) * 200 + noise(x, y, 199) + 10000 * (band / 3);
  };
  TiffRecipe recipe = whole(4);
  recipe.type = GDT_UInt16;
  write("a_20200501.tif", recipe, stored);
  scan();
  int patches = 0;
  for (const auto& [name, bytes] : built_members({"--patch", "instead"})) {
    if (!name.ends_with(".tif")) continue;
    ++patches;
    write_file_atomically(folder_ / name, bytes);
    const Raster patch = Raster::open((folder_ / name).string());
    const GeoTransform grid = patch.info().map_from_pixel.value();
    const int x0 = static_cast<int>(std::lround((grid[0] - kGrid[0]) / .5));
    const int y0 = static_cast<int>(std::lround((kGrid[3] - grid[3]) / .5));
    const int width = patch.info().width;
    const int height = patch.info().height;
    ASSERT_EQ(patch.info().bands.size(), 4u);
    std::vector<std::uint16_t> samples(std::size_t{4} * static_cast<std::size_t>(width * height));
    patch.read<std::uint16_t>({{0, 0, width, height}, {1, 2, 3, 4}, width, height}, samples);
    std::size_t i = 0;
    for (int band = 0; band < 4; ++band)
      for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
          ASSERT_EQ(samples[i++], stored(band, x + x0, y + y0)) << name << " " << x << " " << y;
  }
  EXPECT_EQ(patches, 9);
}

TEST_F(Cases, Palette) {
  TiffRecipe recipe = whole(1);
  recipe.declare = [](GDALDataset& file) {
    GDALColorTable table;
    const auto set = [&](int i, const Rgb& c) {
      const GDALColorEntry entry{static_cast<short>(c[0]), static_cast<short>(c[1]),
                                 static_cast<short>(c[2]), 255};
      table.SetColorEntry(i, &entry);
    };
    for (int k = 0; k < 9; ++k) set(k + 1, kColours.at(static_cast<std::size_t>(k)));
    for (int i = 20; i < 84; ++i) set(i, {70.0 + i / 2, 78.0 + i / 2, 62.0 + i / 2});
    file.GetRasterBand(1)->SetColorTable(&table);
  };
  write("p_20200501.tif", recipe, [](int, int x, int y) {
    const int square = square_at(x, y);
    return square < 0 ? 20 + noise(x / 4, y / 4, 64) : square + 1;
  });
  scan();
  expect_nine();
}

TEST_F(Cases, FourBits) {
  TiffRecipe recipe = whole();
  recipe.options = {"NBITS=4", "PHOTOMETRIC=RGB"};
  write("n_20200501.tif", recipe,
        [](int band, int x, int y) { return std::floor(picture(band, x, y) / 16); });
  scan();
  const auto shown = build();
  EXPECT_EQ(shown.size(), 9u);
  // The mean of what noise makes of a value: half a step of sixteen less, times 17.
  expect_colours(shown, [](const Rgb& c) {
    Rgb wanted{};
    for (std::size_t i = 0; i < 3; ++i) wanted.at(i) = (c.at(i) - 7.5) / 16 * 17;
    return wanted;
  });
}

TEST_F(Cases, MinIsWhite) {
  TiffRecipe recipe = whole(1);
  recipe.options = {"PHOTOMETRIC=MINISWHITE"};
  write("w_20200501.tif", recipe, [](int, int x, int y) {
    return 255 - std::round((picture(0, x, y) + picture(1, x, y) + picture(2, x, y)) / 3);
  });
  scan();
  const auto shown = build();
  EXPECT_EQ(shown.size(), 9u);
  expect_colours(shown, [](const Rgb& c) {
    const double grey = (c[0] + c[1] + c[2]) / 3;
    return Rgb{grey, grey, grey};
  });
  EXPECT_NEAR(shown.at(8).colour[0], 240, 4) << "white is white";
}

TEST_F(Cases, SouthUp) {
  TiffRecipe recipe = whole();
  recipe.map_from_pixel = {570000, .5, 0, 5540000 - 600, 0, .5};
  write("s_20200501.tif", recipe,
        [](int band, int x, int y) { return picture(band, x, kSide - 1 - y); });
  scan();
  expect_nine();
}

TEST_F(Cases, InfraredTaggedAsAlpha) {
  TiffRecipe recipe = whole(4);
  recipe.options = {"PHOTOMETRIC=RGB", "ALPHA=YES"};
  write("a_20200501.tif", recipe, [](int band, int x, int y) {
    if (band < 3) return picture(band, x, y);
    const bool water = x >= 560 && x < 640 && y >= 560 && y < 640;
    return water || (x % 89 == 0 && y % 97 == 0) ? 0.0 : 40 + noise(x, y, 160);
  });
  scan();
  expect_nine();
}

TEST_F(Cases, BlackCollar) {
  write("z_20200501.tif", whole(), [](int band, int x, int y) {
    return x + y < 700 || x + y > 1700 ? 0.0 : picture(band, x, y);
  });
  scan({"--nodata", "0"});
  const auto shown = build();
  EXPECT_GE(shown.size(), 3u);
  EXPECT_LT(shown.size(), 9u);
  expect_colours(shown);
}

TEST_F(Cases, ScaleAndOffset) {
  for (const double offset : {0.0, -0.1}) {
    fs::remove(path("imagery.gpkg"));
    TiffRecipe recipe = whole();
    recipe.type = GDT_UInt16;
    recipe.declare = [offset](GDALDataset& file) {
      for (int band = 1; band <= 3; ++band) {
        file.GetRasterBand(band)->SetScale(1e-4);
        file.GetRasterBand(band)->SetOffset(offset);
        file.GetRasterBand(band)->SetNoDataValue(0);
      }
    };
    write("s_20200501.tif", recipe, [offset](int band, int x, int y) {
      return picture(band, x, y) * 10 + (offset < 0 ? 1000 : 0);
    });
    scan({"--stretch", "range:0,3000"});
    const auto shown = build();
    EXPECT_EQ(shown.size(), 9u);
    expect_colours(shown, [](const Rgb& c) { return Rgb{c[0] * .85, c[1] * .85, c[2] * .85}; });
  }
}

TEST_F(Cases, CopyrightReachesAttributionAndReport) {
  TiffRecipe recipe = whole();
  recipe.declare = [](GDALDataset& file) {
    file.SetMetadataItem("TIFFTAG_COPYRIGHT", "Bild: Beispielamt, CC BY 4.0");
  };
  write("c_20200501.tif", recipe);
  scan();
  expect_nine();
  EXPECT_THAT(read_file(path("out/ATTRIBUTION.txt")), HasSubstr("Bild: Beispielamt, CC BY 4.0"));
  run({"report", path("out")});
  EXPECT_NE(read_file(path("out/report/index.html")).find("Bild: Beispielamt, CC BY 4.0"),
            std::string::npos);
}

TEST_F(Cases, AnEngineeringSystemGivesWayToTheOption) {
  TiffRecipe recipe = whole();
  recipe.map_from_pixel = {650000, .2, 0, 6860000, 0, -.2};
  recipe.declare = [](GDALDataset& file) {
    OGRSpatialReference local;
    local.SetFromUserInput("LOCAL_CS[\"RGF93 / Lambert-93\",UNIT[\"metre\",1]]");
    file.SetSpatialRef(&local);
  };
  write("img_000000.tif", recipe);
  scan({"--crs", "EPSG:2154"});
  const Scene scene = read_catalogue(path("imagery.gpkg")).scenes.at(0);
  const Box box = bounding_box(scene.footprint_lonlat);
  EXPECT_NEAR(box.min_x, 2.3188, 2e-4);
  EXPECT_NEAR(box.max_y, 48.8382, 2e-4);
}

TEST_F(Cases, ControlPointsOnly) {
  TiffRecipe recipe = whole();
  recipe.declare = [](GDALDataset& file) {
    OGRSpatialReference wgs84;
    wgs84.importFromEPSG(4326);
    std::array<GDAL_GCP, 4> points{};
    GDALInitGCPs(4, points.data());
    for (std::size_t i = 0; i < 4; ++i) {
      points.at(i).dfGCPPixel = i % 2 == 0 ? 0 : kSide;
      points.at(i).dfGCPLine = i < 2 ? 0 : kSide;
      points.at(i).dfGCPX = i % 2 == 0 ? 9.9776 : 9.986;
      points.at(i).dfGCPY = i < 2 ? 50.0073 : 50.0019;
    }
    file.SetGCPs(4, points.data(), &wgs84);
    GDALDeinitGCPs(4, points.data());
  };
  write("g_20200501.tif", recipe);
  const ProgramResult result = scan({}, 1);
  EXPECT_THAT(result.err, HasSubstr("ground control points"));
  EXPECT_THAT(result.err, HasSubstr("gdalwarp"));
}

TEST_F(Cases, NamesAndDates) {
  const std::map<std::string, std::string> dates{{"TQ2080", ""},
                                                 {"swissimage_dop10_0.1_2056", ""},
                                                 {"tile_2048_1024", ""},
                                                 {"tile_2000_1024", ""},
                                                 {"s2_20210101T101010", "2021-01-01"},
                                                 {"dop_2034_5678_2021-06-01", "2021-06-01"}};
  for (const auto& [name, date] : dates)
    write(name + ".tif", {.width = 64, .height = 64, .map_from_pixel = kGrid});
  scan();
  const ImageryCatalogue catalogue = read_catalogue(path("imagery.gpkg"));
  ASSERT_EQ(catalogue.scenes.size(), dates.size());
  for (const Scene& scene : catalogue.scenes)
    EXPECT_EQ(scene.date, dates.at(scene.name)) << scene.name;
}

TEST_F(Cases, StacJoinsRedGreenAndBlue) {
  const std::array<std::string, 5> names{"red", "green", "blue", "aot", "scl"};
  Json assets;
  for (std::size_t i = 0; i < names.size(); ++i) {
    write(names.at(i) + ".tif", whole(1),
          [i](int, int x, int y) { return i < 3 ? picture(static_cast<int>(i), x, y) : 7.0; });
    assets[names.at(i)] = asset("./" + names.at(i) + ".tif", "data");
  }
  add_item(assets);
  expect_nine();
}

TEST_F(Cases, StacNoDataIsTheItems) {
  write("z.tif", whole(),
        [](int band, int x, int y) { return x < 560 ? 0.0 : picture(band, x, y); });
  Json visual = asset("./z.tif");
  visual["raster:bands"] = Json::array({{{"nodata", 0}}, {{"nodata", 0}}, {{"nodata", 0}}});
  add_item({{"visual", visual}});
  const auto shown = build();
  EXPECT_EQ(shown.size(), 3u) << "those of the last column";
  expect_colours(shown);
}

TEST_F(Cases, StacThatContradictsItsFile) {
  write("z.tif", whole());
  const ProgramResult added = add_item({{"visual", asset("./z.tif")}},
                                       {{"proj:epsg", 32632},
                                        {"proj:shape", {kSide, kSide}},
                                        {"proj:transform", {.5, 0, 569850, 0, -.5, 5540150}}});
  EXPECT_THAT(added.err, HasSubstr("the file counts"));
  expect_nine();
}

TEST_F(Cases, StacWithEscapes) {
  write("my file.tif", whole());
  add_item({{"visual", asset("./my%20file.tif")}});
  expect_nine();
  const ProgramResult missing = add_item({{"visual", asset("./none.tif")}}, Json::object(), 1);
  EXPECT_THAT(missing.err, HasSubstr("no such file"));
}

// One orthophoto in four files: the middle square lies in all of them.
class TiledCases : public Cases {
 protected:
  void write_tiles(const std::array<std::string, 4>& names) const {
    for (int i = 0; i < 4; ++i) {
      const int x0 = i % 2 * 600;
      const int y0 = i / 2 * 600;
      TiffRecipe recipe{.width = 600, .height = 600};
      recipe.map_from_pixel = {570000 + .5 * x0, .5, 0, 5540000 - .5 * y0, 0, -.5};
      write(names.at(static_cast<std::size_t>(i)), recipe,
            [=](int band, int x, int y) { return picture(band, x + x0, y + y0); });
    }
    scan();
  }
};

TEST_F(TiledCases, OfOneDateAreOne) {
  write_tiles({"a_20200501.tif", "b_20200501.tif", "c_20200501.tif", "d_20200501.tif"});
  expect_nine();
}

TEST_F(TiledCases, WithoutDatesAreOne) {
  write_tiles({"a.tif", "b.tif", "c.tif", "d.tif"});
  expect_nine();
}

TEST_F(TiledCases, OfDifferentDatesAreNot) {
  write_tiles({"a_20200501.tif", "b_20200502.tif", "c_20200503.tif", "d_20200504.tif"});
  const auto shown = build();
  EXPECT_EQ(shown.size(), 4u) << "those of the corners";
  expect_colours(shown);
}

}  // namespace
}  // namespace skyglot::testing_support
