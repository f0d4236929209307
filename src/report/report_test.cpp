// SPDX-License-Identifier: Apache-2.0
#include "report/report.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "base/resource.hpp"
#include "base/strings.hpp"
#include "pictures/jpeg.hpp"
#include "pictures/shard.hpp"
#include "records/dataset_info.hpp"
#include "records/pairs_table.hpp"
#include "records/recipe.hpp"
#include "report/page.hpp"
#include "tests/support/message_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <expat.h>
#include <set>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kHostile = "</code><script>alert(\"1\")</script>\u202E&'\x01";

// A page is too long to be printed when a test fails.
bool has(const std::string& page, const std::string& text) {
  return page.find(text) != std::string::npos;
}

Picture noisy_picture(int seed, int width, int height) {
  RandomStream random(static_cast<std::uint64_t>(seed), "picture");
  Picture picture{width, height, 3, {}};
  for (int i = 0; i < width * height * 3; ++i)
    picture.pixels.push_back(static_cast<std::uint8_t>(random.integer(0, 255)));
  return picture;
}

PairRecord pair_record(int i) {
  PairRecord r;
  r.kind = i % 3 == 0 ? ObjectKind::node : i % 3 == 1 ? ObjectKind::way : ObjectKind::area;
  r.osm_id = i == 2 ? -77 : 100 + i;
  r.collection = i % 4 == 0 ? "S2" : "AE";
  r.key = object_key(r.kind, r.osm_id) + "_" + r.collection + "_21";
  r.split = static_cast<Split>(i % 10 == 8 ? 1 : i % 10 == 9 ? 2 : 0);
  r.date = i % 5 == 0 ? "" : "2021-06-01";
  r.gsd_m = i % 4 == 0 ? 10 : 0.3;
  r.width = 300;
  r.height = 200 + i % 7;
  const double x = 7.1 + 0.002 * (i % 10);
  const double y = 54.8 + 0.002 * (i / 10);
  r.outline_lonlat = Geometry::rectangle({x, y, x + 0.0015, y + 0.001});
  r.centre_lonlat = {x, y};
  r.tags = {{"building", i < 40 ? "house" : "kind " + std::to_string(i)}};
  if (i == 1) r.tags = {{kHostile, kHostile}};
  r.surrounding = {{{"natural", "tree"}}};
  r.title = i == 1 ? kHostile : "a satellite image of building of house";
  r.title_multi_objects = "picture " + std::to_string(i);
  r.shard = 0;
  return r;
}

PairRecord skipped(int i, const std::string& reason, const std::string& collection) {
  PairRecord r;
  r.key = "n" + std::to_string(9000 + i);
  r.osm_id = 9000 + i;
  r.skip_reason = reason;
  r.collection = collection;
  r.targeted = true;
  r.centre_lonlat = {7.1, 54.8};
  return r;
}

// A whole small data set, written with the writers of the real one.
class SmallDataset {
 public:
  SmallDataset(const std::string& name, int pairs) : folder_(fs::path(testing::TempDir()) / name) {
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "shards");
    ShardWriter shard(folder_ / "shards" / "000000.tar");
    std::vector<PairRecord> records;
    for (int i = 0; i < pairs; ++i) {
      PairRecord record = pair_record(i);
      const ShardMember member = shard.add(
          record.key + ".jpg", encode_jpeg(noisy_picture(i, record.width, record.height), 90));
      record.offset = member.offset;
      record.bytes = member.size;
      records.push_back(record);
    }
    for (int i = 0; i < 7; ++i)
      records.push_back(skipped(i, i < 5 ? "too_small" : "nodata", i < 5 ? "" : "AE"));
    const auto summary = shard.commit();
    write_pairs(folder_, records);
    write_file_atomically(folder_ / "ATTRIBUTION.txt", "Map data\n  © OpenStreetMap & <others>\n");
    write_dataset_info(folder_, info(pairs, summary));
  }

  [[nodiscard]] const fs::path& folder() const { return folder_; }
  [[nodiscard]] fs::path shard() const { return folder_ / "shards" / "000000.tar"; }

  [[nodiscard]] std::string page(const ReportOptions& options = {}) const {
    write_report(gather_report(folder_, options), files());
    return read_file(files().page);
  }
  [[nodiscard]] Json json() const { return Json::parse(read_file(files().json)); }
  [[nodiscard]] ReportFiles files() const {
    return report_files(folder_ / "report" / "index.html");
  }

 private:
  static DatasetInfo info(int pairs, const ShardWriter::Summary& shard) {
    Recipe recipe;
    recipe.objects = "town's objects.gpkg";
    recipe.cells = 0;
    const auto count = static_cast<std::uint64_t>(pairs);
    return {.skyglot_version = "0.1.0",
            .fingerprint = std::string(64, 'a'),
            .recipe = recipe_json(recipe),
            .objects = {{"input", "town<b>.osm.pbf"}},
            .collections = {{"AE", kHostile, "CC0", "", ""}},
            .scenes = 3,
            .cells_with_imagery = 12,
            .cells_drawn = 10,
            .rare_tags_targeted = 2,
            .objects_selected = count + 7,
            .objects_matched = count + 2,
            .pairs = count,
            .skipped = {{"nodata", 2}, {"too_small", 5}},
            .splits = {{"train", count, "shards/{000000..000000}.tar"}},
            .shards = {{"shards/000000.tar", "train", count, shard.bytes, shard.sha256}}};
  }
  fs::path folder_;
};

// The page is also well-formed XML, so a strict parser can look for slips in it.
struct PageFacts {
  std::string error;
  std::multiset<std::string> ids;
  std::vector<std::string> links;
  std::vector<std::string> referenced;  // by aria-labelledby
  int scripts = 0;
  int images = 0;
  int images_with_alt = 0;
  int drawings = 0;
  int tables = 0;
  int captions = 0;
};

void on_element(void* user, const char* name, const char** attributes) {
  auto& facts = *static_cast<PageFacts*>(user);
  const std::string element = name;
  facts.scripts += element == "script" || element == "iframe" || element == "link";
  facts.images += element == "img";
  facts.drawings += element == "svg";
  facts.tables += element == "table";
  facts.captions += element == "caption";
  for (; *attributes != nullptr; attributes += 2) {
    const std::string key = attributes[0];
    const std::string value = attributes[1];
    if (key.starts_with("on")) ++facts.scripts;
    if (key == "id") facts.ids.insert(value);
    if (key == "href") facts.links.push_back(value);
    if (key == "alt" && !value.empty()) ++facts.images_with_alt;
    if (key == "aria-labelledby")
      for (const auto id : split(value, ' ')) facts.referenced.emplace_back(id);
  }
}

PageFacts parse_page(const std::string& page) {
  PageFacts facts;
  XML_Parser parser = XML_ParserCreate("UTF-8");
  XML_SetUserData(parser, &facts);
  XML_SetStartElementHandler(parser, on_element);
  if (XML_Parse(parser, page.data(), static_cast<int>(page.size()), 1) == XML_STATUS_ERROR)
    facts.error = XML_ErrorString(XML_GetErrorCode(parser));
  XML_ParserFree(parser);
  return facts;
}

TEST(Report, PageIsWellFormedAndReadableByMachines) {
  const PageFacts facts = parse_page(SmallDataset("report_well", 60).page());
  EXPECT_EQ(facts.error, "");
  EXPECT_EQ(facts.scripts, 0);
  EXPECT_EQ(facts.images, 48);
  EXPECT_EQ(facts.images_with_alt, facts.images);
  EXPECT_GE(facts.drawings, 9);
  EXPECT_EQ(facts.tables, facts.captions);
  EXPECT_EQ(facts.ids.size(), std::set(facts.ids.begin(), facts.ids.end()).size());
  for (const std::string& id : facts.referenced) EXPECT_TRUE(facts.ids.contains(id)) << id;
  for (const std::string& link : facts.links) {
    if (link.starts_with('#'))
      EXPECT_TRUE(facts.ids.contains(link.substr(1))) << link;
    else
      EXPECT_THAT(link, testing::StartsWith("https://www.openstreetmap.org/"));
  }
}

TEST(Report, HostileTextStaysText) {
  const std::string page = SmallDataset("report_hostile", 12).page();
  EXPECT_FALSE(has(page, "<script"));
  EXPECT_FALSE(has(page, "\u202E"));
  EXPECT_FALSE(has(page, "<others>"));
  EXPECT_FALSE(has(page, "town<b>"));
  EXPECT_TRUE(has(page, "&lt;/code&gt;&lt;script&gt;alert(&quot;1&quot;)"));
  EXPECT_TRUE(has(page, "default-src 'none'"));
  EXPECT_TRUE(has(page, "https://www.openstreetmap.org/relation/77"));
}

TEST(Report, CountsAgreeWithTheRecords) {
  const SmallDataset dataset("report_counts", 60);
  const std::string page = dataset.page();
  const Json json = dataset.json();
  EXPECT_EQ(json["counts"]["pairs"], 60);
  EXPECT_EQ(json["counts"]["objects_selected"], 67);
  EXPECT_EQ(json["counts"]["objects_targeted"], 7);
  EXPECT_EQ(json["counts"]["skipped_in_match"]["too_small"], 5);
  EXPECT_EQ(json["counts"]["skipped_in_cut"]["nodata"], 2);
  EXPECT_EQ(json["splits"]["val"], 6);
  EXPECT_EQ(json["splits"]["test"], 6);
  EXPECT_EQ(json["collections"][0]["pairs"]["train"], 36);
  EXPECT_EQ(json["tags"]["list"][0]["value"], "house");
  EXPECT_EQ(json["tags"]["list"][0]["pictures"], 39);
  EXPECT_EQ(json["tags"]["with_10_pictures"], 1);
  EXPECT_EQ(json["captions_single"]["distinct"], 2);
  EXPECT_EQ(json["captions_single"]["most_repeated"][0]["pictures"], 59);
  EXPECT_EQ(json["captions_multi"]["unique_pictures"], 60);
  for (const Json& check : json["checks"]) EXPECT_TRUE(check["holds"]) << check;
  EXPECT_TRUE(has(page, "its bounding box has too few pixels"));
  EXPECT_TRUE(has(page, "--objects &#39;town&#39;\\&#39;&#39;s objects.gpkg&#39; --cells 0 "));
}

TEST(Report, SameDatasetSameBytesAndNoFolderNamesInside) {
  const SmallDataset a("report_same_a", 30);
  const SmallDataset b("report_same_b", 30);
  const std::string page = a.page();
  EXPECT_EQ(page, b.page());
  EXPECT_EQ(a.json(), b.json());
  EXPECT_FALSE(has(page, "report_same"));
}

TEST(Report, FullSheetOfNoiseStaysSmall) {
  const std::string page = SmallDataset("report_size", 80).page();
  EXPECT_LT(page.size(), 4u << 20);
}

TEST(Report, ManyTilesBecomeADensityMap) {
  const SmallDataset dataset("report_density", 40);
  const std::string page = dataset.page({.pictures = 0, .max_outlines = 10});
  EXPECT_TRUE(has(page, "id=\"map-density-t\""));
  EXPECT_FALSE(has(page, "class=\"tile"));
  EXPECT_FALSE(has(page, "<img"));
  EXPECT_EQ(parse_page(page).error, "");
}

TEST(Report, DatasetWithoutPairsStillHasAReport) {
  const SmallDataset dataset("report_empty", 0);
  const PageFacts facts = parse_page(dataset.page());
  EXPECT_EQ(facts.error, "");
  EXPECT_EQ(facts.images, 0);
}

TEST(Report, DamagedPictureBecomesANote) {
  const SmallDataset dataset("report_damaged", 20);
  const auto size = fs::file_size(dataset.shard());
  fs::resize_file(dataset.shard(), size / 2);
  const std::string page = dataset.page();
  EXPECT_TRUE(has(page, "This picture cannot be shown: shards/000000.tar: ends before"));
  EXPECT_TRUE(has(page, "<img"));
  EXPECT_TRUE(has(page, "are missing or have another size"));
  EXPECT_EQ(parse_page(page).error, "");
  fs::remove(dataset.shard());
  EXPECT_FALSE(has(dataset.page(), "<img"));
}

TEST(Report, SaysWhatIsMissingAndWhatMakesIt) {
  const SmallDataset dataset("report_missing", 3);
  const auto gather = [&] { (void)gather_report(dataset.folder(), {}); };
  fs::remove(dataset.folder() / "pairs.gpkg");
  EXPECT_THAT(message_of(gather), HasSubstr("pairs.gpkg"));
  write_file_atomically(dataset.folder() / "dataset.json", "{\"schema\": 1, \"counts\": 3}");
  write_file_atomically(dataset.folder() / "pairs.gpkg", "");
  EXPECT_THAT(message_of(gather), HasSubstr("damaged"));
  fs::remove(dataset.folder() / "dataset.json");
  EXPECT_THAT(message_of(gather), HasSubstr("skyglot build --objects"));
  fs::create_directory(dataset.folder() / ".build");
  EXPECT_THAT(message_of(gather), HasSubstr("not finished"));
  EXPECT_THAT(message_of([] { (void)gather_report("/no/such/folder", {}); }),
              HasSubstr("no such folder"));
}

TEST(Report, ADrawingOfLandCoverIsAPictureThatCannotRun) {
  const SmallDataset dataset("report_landcover", 12);
  const fs::path svg = dataset.folder() / "map.svg";
  write_file_atomically(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>1</script></svg>");
  ReportOptions options;
  options.landcover = {svg, svg};
  const PageFacts plain = parse_page(dataset.page());
  const ReportContent content = gather_report(dataset.folder(), options);
  const std::string page = report_page(content, load_resource("report.css"));
  const PageFacts facts = parse_page(page);
  EXPECT_EQ(facts.error, "");
  EXPECT_EQ(facts.scripts, 0);
  EXPECT_EQ(facts.images, plain.images + 2);
  EXPECT_EQ(facts.images_with_alt, facts.images);
  EXPECT_TRUE(has(page, "data:image/svg+xml;base64,PHN2ZyB4"));
  const fs::path sheet = dataset.folder() / "a lake & more.jpg";
  write_file_atomically(sheet, "\xFF\xD8\xFF");
  options.sheets = {sheet};
  const std::string with_sheet =
      report_page(gather_report(dataset.folder(), options), load_resource("report.css"));
  EXPECT_TRUE(has(with_sheet, "a lake &amp; more"));
  EXPECT_TRUE(has(with_sheet, "data:image/jpeg;base64,/9j/"));
  EXPECT_EQ(parse_page(with_sheet).error, "");
  write_file_atomically(sheet, "GIF");
  EXPECT_THAT(message_of([&] { (void)gather_report(dataset.folder(), options); }),
              HasSubstr("is no JPEG"));
  write_file_atomically(svg, "picture");
  EXPECT_THAT(message_of([&] { (void)gather_report(dataset.folder(), options); }),
              HasSubstr("map.svg is no SVG"));
}

TEST(Report, OptionsAreChecked) {
  EXPECT_THAT(message_of([] { (ReportOptions{.pictures = -1, .thumbnail_px = 1}).validate(); }),
              testing::AllOf(HasSubstr("--pictures"), HasSubstr("--thumbnail-px")));
  EXPECT_EQ(report_files("a/index.html").json, fs::path("a/report.json"));
  EXPECT_EQ(report_files("town.html").json, fs::path("town.json"));
}

// Relative luminance of "#rrggbb" or "#rgb" (WCAG 2.1).
double luminance(std::string hex) {
  if (hex.size() == 4) hex = {'#', hex[1], hex[1], hex[2], hex[2], hex[3], hex[3]};
  const auto channel = [&](std::size_t at) {
    const double c = std::stoi(hex.substr(at, 2), nullptr, 16) / 255.0;
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

std::string colour_in(std::string_view css, const std::string& name) {
  const std::size_t at = css.find("--" + name + ": ") + name.size() + 4;
  return std::string(css.substr(at, css.find(';', at) - at));
}

double contrast(std::string_view css, const std::string& front, const std::string& back) {
  const double a = luminance(colour_in(css, front));
  const double b = luminance(colour_in(css, back));
  return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

TEST(ReportStyle, TextStandsOutInLightDarkAndPrint) {
  const std::string css = load_resource("report.css");
  const std::size_t dark = css.find("prefers-color-scheme: dark");
  const std::size_t print = css.find("@media print");
  ASSERT_NE(dark, std::string::npos);
  ASSERT_NE(print, std::string::npos);
  for (const std::size_t from : {std::size_t{0}, dark, print}) {
    const std::string_view block = std::string_view(css).substr(from);
    for (const char* front : {"ink", "soft", "link", "good", "bad"})
      EXPECT_GE(contrast(block, front, "paper"), 4.5) << front << " from " << from;
    EXPECT_GE(contrast(block, "soft", "wash"), 4.5) << from;
    EXPECT_GE(contrast(block, "bad", "bad-wash"), 4.5) << from;
  }
  EXPECT_THAT(css.substr(print), HasSubstr("break-inside: avoid"));
  EXPECT_FALSE(has(css, "url("));
  EXPECT_FALSE(has(css, "<"));
}

}  // namespace
}  // namespace skyglot
