// SPDX-License-Identifier: Apache-2.0
#include "simulate/simulate.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "geo/overlay.hpp"
#include "raster/gsd.hpp"
#include "raster/raster.hpp"
#include "simulate/canvas.hpp"
#include "simulate/names.hpp"
#include "simulate/sketch.hpp"
#include "simulate/town_plan.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <osmium/io/pbf_input.hpp>
#include <osmium/visitor.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <stdlib.h>

namespace skyglot::simulate {
namespace {

namespace fs = std::filesystem;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "skyglot_simulate_XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

SimulateResult simulate_small(const fs::path& output, std::uint64_t seed, int threads) {
  SimulateOptions options;
  options.output = output;
  options.seed = seed;
  options.size_km = 0.5;
  options.threads = threads;
  return simulate_town(options);
}

std::map<std::string, std::string> hashes(const fs::path& folder) {
  std::map<std::string, std::string> all;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file())
      all[fs::relative(entry.path(), folder).string()] = sha256_file(entry.path());
  return all;
}

/// One small town for the tests that only look.
class SmallTown : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    result_ = new SimulateResult(simulate_small(folder_->path() / "town", 5, 2));
  }
  static void TearDownTestSuite() {
    delete result_;
    delete folder_;
  }
  static fs::path town() { return folder_->path() / "town"; }
  static fs::path only_file(const std::string& part) {
    for (const std::string& file : result_->files)
      if (file.find(part) != std::string::npos) return town() / file;
    return {};
  }

  static TemporaryFolder* folder_;
  static SimulateResult* result_;
};
TemporaryFolder* SmallTown::folder_ = nullptr;
SimulateResult* SmallTown::result_ = nullptr;

TEST(SimulateOptions, EveryProblemIsNamed) {
  SimulateOptions options;
  options.size_km = 11;
  options.threads = 0;
  try {
    options.validate();
    FAIL() << "bad options passed";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    const std::string text = error.what();
    for (const char* part : {"--output", "--size-km is 11", "threads is 0"})
      EXPECT_NE(text.find(part), std::string::npos) << text;
  }
  options = {"town", 1, 0.5, 1, false};
  EXPECT_NO_THROW(options.validate());
  options.size_km = 0.49;
  EXPECT_THROW(options.validate(), Error);
}

TEST(SimulateTown, ManyKindsForEverySeed) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const auto kinds = count_kinds(grow_town(seed, SimulateOptions{}.size_km * 1000));
    EXPECT_GE(kinds.size(), 120U) << seed;
    for (const char* kind : {"building=house",
                             "building=apartments",
                             "building=industrial",
                             "building=warehouse",
                             "building=church",
                             "building=school",
                             "building=greenhouse",
                             "building=barn",
                             "roof:shape=gabled",
                             "roof:shape=hipped",
                             "roof:shape=flat",
                             "roof:shape=dome",
                             "waterway=river",
                             "waterway=stream",
                             "waterway=canal",
                             "power=line",
                             "power=tower",
                             "water=pond",
                             "water=lake",
                             "leisure=swimming_pool",
                             "natural=scrub",
                             "landuse=orchard",
                             "landuse=vineyard",
                             "landuse=meadow",
                             "landuse=farmland",
                             "natural=wetland",
                             "landuse=quarry",
                             "natural=beach",
                             "natural=heath",
                             "sport=soccer",
                             "sport=tennis",
                             "sport=basketball",
                             "sport=baseball",
                             "leisure=track",
                             "leisure=stadium",
                             "leisure=playground",
                             "leisure=park",
                             "leisure=golf_course",
                             "landuse=cemetery",
                             "amenity=parking",
                             "man_made=storage_tank",
                             "man_made=silo",
                             "power=plant",
                             "power=substation",
                             "power=generator",
                             "railway=rail",
                             "railway=station",
                             "aeroway=runway",
                             "aeroway=taxiway",
                             "aeroway=apron",
                             "aeroway=hangar",
                             "aeroway=helipad",
                             "man_made=wastewater_plant",
                             "landuse=construction",
                             "landuse=allotments",
                             "natural=tree",
                             "natural=tree_row",
                             "barrier=hedge",
                             "barrier=wall",
                             "barrier=fence",
                             "junction=roundabout",
                             "highway=crossing",
                             "highway=footway",
                             "highway=cycleway",
                             "amenity=fountain",
                             "man_made=pier"})
      EXPECT_TRUE(kinds.contains(kind)) << "seed " << seed << " lacks " << kind;
  }
}

TEST(SimulateTown, SeedsGiveDifferentTowns) {
  const Town one = grow_town(1, 1000);
  const Town two = grow_town(2, 1000);
  EXPECT_NE(one.features.size(), two.features.size());
  EXPECT_NE(one.features.at(0).geometry, two.features.at(0).geometry);
}

TEST(SimulateTown, TagsAreSortedAndUnique) {
  for (const Feature& feature : grow_town(4, 1500).features) {
    EXPECT_TRUE(std::ranges::is_sorted(feature.tags));
    for (std::size_t i = 1; i < feature.tags.size(); ++i)
      ASSERT_NE(feature.tags[i - 1].key, feature.tags[i].key) << to_string(feature.tags[i]);
    ASSERT_FALSE(feature.tags.empty());
  }
}

// Of the shapes over a place the one painted last, roofs and roads aside.
const Shape* ground_at(const Town& town, Point at) {
  const Shape* top = nullptr;
  for (const Shape& shape : town.shapes) {
    const Geometry outline{GeometryKind::polygon, {shape.rings}};
    if (shape.level > level::kWater || !contains(bounding_box(outline), at)) continue;
    if ((top == nullptr || shape.level >= top->level) && polygon_contains(outline, at))
      top = &shape;
  }
  return top;
}

TEST(SimulateTown, NoTreeStandsInWater) {
  const Town town = grow_town(1, 1500);
  int mapped = 0;
  for (const Feature& feature : town.features) {
    const std::string* natural = find_value(feature.tags, "natural");
    if (feature.kind != FeatureKind::node || natural == nullptr || *natural != "tree") continue;
    ++mapped;
    const Point at = feature.geometry.parts[0][0][0];
    const Shape* ground = ground_at(town, at);
    EXPECT_FALSE(ground != nullptr && look_of(ground->surface).land_class == LandClass::water)
        << at.x << ' ' << at.y;
  }
  EXPECT_GT(mapped, 50);
  for (std::size_t i = 0; i < town.trees.size(); i += 7) {
    const Shape* ground = ground_at(town, town.trees[i].at);
    EXPECT_FALSE(ground != nullptr && look_of(ground->surface).land_class == LandClass::water) << i;
  }
}

TEST(SimulateTown, SameBytesForAnyNumberOfThreads) {
  const TemporaryFolder folder;
  simulate_small(folder.path() / "one", 7, 1);
  simulate_small(folder.path() / "three", 7, 3);
  simulate_small(folder.path() / "other", 8, 3);
  EXPECT_EQ(hashes(folder.path() / "one"), hashes(folder.path() / "three"));
  EXPECT_NE(hashes(folder.path() / "one")["town.osm.pbf"],
            hashes(folder.path() / "other")["town.osm.pbf"]);
}

TEST(SimulateTown, OnlyItsOwnFoldersAreReplaced) {
  const TemporaryFolder folder;
  SimulateOptions options{folder.path() / "town", 1, 0.5, 2, false};
  write_file_atomically(options.output, "a file in the way");
  EXPECT_THROW(simulate_town(options), Error);
  fs::remove(options.output);
  write_file_atomically(folder.path() / "precious", "");
  options.output = folder.path();
  options.overwrite = true;
  EXPECT_THROW(simulate_town(options), Error);
  EXPECT_TRUE(fs::exists(folder.path() / "precious"));
}

TEST_F(SmallTown, OverwriteMustBeAsked) {
  SimulateOptions options{town(), 5, 0.5, 2, false};
  EXPECT_THROW(simulate_town(options), Error);
  EXPECT_FALSE(fs::exists(town().string() + ".unfinished"));
}

struct ReadBack : osmium::handler::Handler {
  std::set<osmium::object_id_type> nodes;
  std::set<osmium::object_id_type> ways;
  std::size_t missing = 0;
  std::size_t relations = 0;

  void node(const osmium::Node& node) {
    EXPECT_TRUE(node.location().valid());
    nodes.insert(node.id());
  }
  void way(const osmium::Way& way) {
    ways.insert(way.id());
    EXPECT_GE(way.nodes().size(), 2U);
    for (const auto& ref : way.nodes()) missing += nodes.contains(ref.ref()) ? 0 : 1;
  }
  void relation(const osmium::Relation& relation) {
    ++relations;
    EXPECT_STREQ(relation.tags()["type"], "multipolygon");
    for (const auto& member : relation.members()) missing += ways.contains(member.ref()) ? 0 : 1;
  }
};

TEST_F(SmallTown, MapReadsBackWhole) {
  ReadBack book;
  osmium::io::Reader reader(osmium::io::File((town() / "town.osm.pbf").string()));
  osmium::apply(reader, book);
  reader.close();
  EXPECT_EQ(book.nodes.size(), result_->nodes);
  EXPECT_EQ(book.ways.size(), result_->ways);
  EXPECT_EQ(book.relations, result_->relations);
  EXPECT_GT(book.relations, 0U);
  EXPECT_EQ(book.missing, 0U);
}

TEST_F(SmallTown, AerialPicturesHaveTheirGsdAndMeet) {
  std::set<std::pair<double, double>> corners;
  for (const std::string& file : result_->files) {
    if (file.find("aerial_") == std::string::npos) continue;
    const Raster raster = Raster::open((town() / file).string());
    ASSERT_EQ(raster.info().bands.size(), 3U);
    const GeoTransform& grid = raster.info().map_from_pixel.value();
    const SceneGrid scene(grid, raster.info().crs_wkt);
    EXPECT_NEAR(ground_sample_distance_m(scene, {100, 100}).value_or(0), 0.3, 0.002);
    EXPECT_NEAR(raster.info().width * 0.3, 250, 0.5);
    corners.insert({grid[0], grid[3]});
  }
  EXPECT_EQ(corners.size(), 4U);
}

TEST_F(SmallTown, SatelliteScenesHaveFourPlausibleBands) {
  for (const auto& [part, gsd] : {std::pair{"vhr_", 2.0}, std::pair{"ms_", 10.0}}) {
    const Raster raster = Raster::open(only_file(part).string());
    const RasterInfo& info = raster.info();
    ASSERT_EQ(info.bands.size(), 4U);
    EXPECT_EQ(info.bands[3].name, "nir");
    EXPECT_EQ(info.bands[0].type, SampleType::u16);
    EXPECT_EQ(info.bands[0].nodata, 0.0);
    const Point centre{info.width / 2.0, info.height / 2.0};
    const SceneGrid grid(info.map_from_pixel.value(), info.crs_wkt);
    EXPECT_NEAR(ground_sample_distance_m(grid, centre).value_or(0), gsd, gsd * 0.006);
    const int side = std::min(info.width, info.height) / 2;
    std::vector<std::uint16_t> samples(4U * static_cast<std::size_t>(side) *
                                       static_cast<std::size_t>(side));
    raster.read<std::uint16_t>({{side / 4, side / 4, side, side}, {1, 2, 3, 4}, side, side},
                               samples);
    const std::size_t plane = samples.size() / 4;
    double red = 0;
    double nir = 0;
    for (std::size_t i = 0; i < plane; ++i) {
      red += samples[2 * plane + i];
      nir += samples[3 * plane + i];
    }
    EXPECT_GT(red / static_cast<double>(plane), 300) << part;
    EXPECT_LT(red / static_cast<double>(plane), 2500) << part;
    EXPECT_GT(nir, 1.3 * red) << part << ": the countryside is green";
    EXPECT_LE(*std::ranges::max_element(samples), 12000) << part;
  }
}

TEST_F(SmallTown, SwathEndsInNoData) {
  const Raster raster = Raster::open(only_file("ms_").string());
  const RasterInfo& info = raster.info();
  std::vector<std::uint16_t> corner(4);
  raster.read<std::uint16_t>({{info.width - 1, info.height - 1, 1, 1}, {1, 2, 3, 4}, 1, 1}, corner);
  EXPECT_EQ(corner, std::vector<std::uint16_t>(4, 0));
}

// A place inside the polygon: the centre, or for a building around a courtyard a point of its wing.
Point inner_point(const Geometry& polygon) {
  const auto& rings = polygon.parts.at(0);
  if (rings.size() == 1) return bounding_box(polygon).centre();
  const Point a = rings[0].at(0);
  const Point b = rings[0].at(1);
  const Point inner = rings[1].at(0);
  const Point middle{(a.x + b.x) / 2, (a.y + b.y) / 2};
  const double length = std::hypot(b.x - a.x, b.y - a.y);
  const Point n{-(b.y - a.y) / length * 4, (b.x - a.x) / length * 4};
  const auto far = [&](Point p) { return std::hypot(p.x - inner.x, p.y - inner.y); };
  const Point left{middle.x + n.x, middle.y + n.y};
  const Point right{middle.x - n.x, middle.y - n.y};
  return far(left) < far(right) ? left : right;
}

TEST(ClassRaster, EveryBuildingIsBuilding) {
  const Town town = grow_town(2, 1500);
  const TemporaryFolder folder;
  const std::vector<SceneSpec> scenes = plan_scenes(town);
  const auto spec = std::ranges::find(scenes, Sensor::classes8, &SceneSpec::sensor);
  ASSERT_NE(spec, scenes.end());
  const SceneShapes shapes(town, *spec);
  const Canvas canvas =
      draw_canvas(shapes, {0, 0, spec->width, spec->height}, NoiseTile::clouds(2, 32));
  int seen = 0;
  for (const Feature& feature : town.features) {
    const std::string* kind = find_value(feature.tags, "building");
    if (kind == nullptr || feature.kind != FeatureKind::area) continue;
    const Point pixel = shapes.projection().pixel_from_plan(inner_point(feature.geometry));
    if (pixel.x < 0 || pixel.y < 0 || pixel.x >= spec->width || pixel.y >= spec->height) continue;
    const PixelId id = canvas.id[canvas.at(static_cast<int>(pixel.x), static_cast<int>(pixel.y))];
    ASSERT_FALSE(is_tree(id)) << *kind;
    ASSERT_NE(id, kNothing) << *kind;
    const LandClass value = look_of(town.shapes[shape_of(id)].surface).land_class;
    EXPECT_TRUE(value == LandClass::building || value == LandClass::solar)
        << *kind << " shows " << static_cast<int>(value);
    ++seen;
  }
  EXPECT_GT(seen, 300);
}

TEST_F(SmallTown, NotesSayThatItIsSimulated) {
  const auto json = nlohmann::json::parse(read_file(town() / "town.json"));
  EXPECT_EQ(json.at("simulated"), true);
  EXPECT_EQ(json.at("seed"), 5);
  EXPECT_EQ(json.at("classes").size(), land_classes().size());
  EXPECT_NE(read_file(town() / "README.md").find("Nothing here is real"), std::string::npos);
  const Raster classes = Raster::open((town() / "classes.tif").string());
  EXPECT_EQ(classes.info().metadata.at("CLASS_1"), "building");
}

}  // namespace
}  // namespace skyglot::simulate
