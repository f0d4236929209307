// SPDX-License-Identifier: Apache-2.0
#include "imagery/stac_source.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "imagery/chip_cutter.hpp"
#include "imagery/test_rasters.hpp"
#include "tests/support/test_server.hpp"

#include <gmock/gmock.h>

#include <mutex>

namespace skyglot {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing_rasters::busy;
using testing_rasters::fresh_folder;
using testing_rasters::write_raster;

ReadJson item(const std::string& id, const std::string& href = "cog.tif") {
  return {{"type", "Feature"},
          {"id", id},
          {"bbox", {13.0, 52.0, 13.1, 52.1}},
          {"properties", {{"datetime", "2021-06-01T00:00:00Z"}}},
          {"assets", {{"visual", {{"href", href}, {"type", "image/tiff"}}}}}};
}

ReadJson page(const std::vector<std::string>& ids, const ReadJson& links = ReadJson::array()) {
  ReadJson features = ReadJson::array();
  for (const std::string& id : ids) features.push_back(item(id));
  return {{"type", "FeatureCollection"}, {"features", features}, {"links", links}};
}

std::vector<std::string> ids_of(const StacSource& source) {
  std::vector<std::string> ids;
  read_stac(source,
            [&](const ReadJson& found, const std::string&) { ids.push_back(found.at("id")); });
  return ids;
}

std::string failure_of(StacSource source) {
  source.patience = {.tries = 2, .first_wait_s = 0.01};
  try {
    (void)ids_of(source);
    return "none";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(StacSource, FilesOfEveryKind) {
  const auto folder = fresh_folder("stac_files");
  write_file_atomically(folder / "item.json", item("one").dump());
  write_file_atomically(folder / "items.json", page({"two", "three"}).dump());
  const ReadJson catalogue{{"type", "Catalog"},
                           {"stac_version", "1.0.0"},
                           {"links",
                            {{{"rel", "self"}, {"href", "catalog.json"}},
                             {{"rel", "item"}, {"href", "item.json"}},
                             {{"rel", "child"}, {"href", "child.json"}}}}};
  const ReadJson child{{"type", "Collection"},
                       {"links",
                        {{{"rel", "parent"}, {"href", "catalog.json"}},
                         {{"rel", "child"}, {"href", "catalog.json"}},
                         {{"rel", "items"}, {"href", "items.json"}}}}};
  write_file_atomically(folder / "catalog.json", catalogue.dump());
  write_file_atomically(folder / "child.json", child.dump());
  EXPECT_THAT(ids_of({.location = (folder / "item.json").string()}), ElementsAre("one"));
  EXPECT_THAT(ids_of({.location = (folder / "items.json").string()}), ElementsAre("two", "three"));
  EXPECT_THAT(ids_of({.location = (folder / "catalog.json").string()}),
              ElementsAre("one", "two", "three"));
  EXPECT_THAT(ids_of({.location = (folder / "catalog.json").string(), .max_items = 2}),
              ElementsAre("one", "two"));
}

TEST(StacSource, SearchPagesByGet) {
  TestServer server;
  server.serve("/api", ReadJson{{"type", "Catalog"},
                                {"stac_version", "1.0.0"},
                                {"links", {{{"rel", "search"}, {"href", "/api/search"}}}}}
                           .dump());
  std::string first_query;
  server.server.Get(
      "/api/search", [&](const httplib::Request& request, httplib::Response& response) {
        if (!request.has_param("token")) {
          first_query =
              request.get_param_value("bbox") + "|" + request.get_param_value("datetime") + "|" +
              request.get_param_value("collections") + "|" + request.get_param_value("limit");
          const ReadJson next{{"rel", "next"}, {"href", "/api/search?token=2"}};
          response.set_content(page({"a", "b"}, ReadJson::array({next})).dump(),
                               "application/geo+json");
        } else {
          response.set_content(page({"c"}).dump(), "application/geo+json");
        }
      });
  server.start();
  StacSource source{.location = server.url("/api"), .page_size = 2};
  source.filter = {Box{13, 52, 13.5, 52.5}, "2021-01-01/2021-12-31", {"x", "y"}};
  EXPECT_THAT(ids_of(source), ElementsAre("a", "b", "c"));
  EXPECT_EQ(first_query, "13,52,13.5,52.5|2021-01-01T00:00:00Z/2021-12-31T23:59:59Z|x,y|2");
}

TEST(StacSource, SearchPagesByPostWithMergedBody) {
  TestServer server;
  server.server.Get("/search", [&](const httplib::Request&, httplib::Response& response) {
    const ReadJson next{{"rel", "next"},
                        {"href", server.url("/search")},
                        {"method", "POST"},
                        {"merge", true},
                        {"body", {{"token", "t2"}}}};
    response.set_content(page({"a"}, ReadJson::array({next})).dump(), "application/json");
  });
  ReadJson posted;
  server.server.Post("/search", [&](const httplib::Request& request, httplib::Response& response) {
    posted = ReadJson::parse(request.body);
    response.set_content(page({"b"}).dump(), "application/json");
  });
  server.start();
  StacSource source{.location = server.url("/search"), .page_size = 7};
  source.filter.collections = {"x"};
  EXPECT_THAT(ids_of(source), ElementsAre("a", "b"));
  EXPECT_EQ(posted, (ReadJson{{"limit", 7}, {"collections", {"x"}}, {"token", "t2"}}));
}

TEST(StacSource, EndlessPagingIsNoticed) {
  TestServer server;
  server.serve("/loop/search", page({"a"}, {{{"rel", "next"}, {"href", "search?page=2"}}}).dump());
  server.start();
  EXPECT_THAT(failure_of({.location = server.url("/loop/search")}), HasSubstr("circle"));
}

TEST(StacSource, LyingServersAreNamed) {
  TestServer server;
  server.serve("/html", "<html><body>Please log in</body></html>", "text/html");
  server.serve("/cut", R"({"type": "FeatureCollection", "features": [{"ty)");
  server.serve("/list", "[1, 2]");
  server.serve("/other", R"({"type": "Polygon"})");
  server.server.Get("/broken", [](const httplib::Request&, httplib::Response& response) {
    response.status = 500;
    response.set_content("oops", "text/plain");
  });
  server.server.Get("/short", [](const httplib::Request&, httplib::Response& response) {
    // Promises more than it sends.
    response.set_content_provider(1000, "application/json",
                                  [](std::size_t, std::size_t, httplib::DataSink& sink) {
                                    sink.write("{}", 2);
                                    return false;
                                  });
  });
  server.start();
  EXPECT_THAT(failure_of({.location = server.url("/html")}), HasSubstr("<html>"));
  EXPECT_THAT(failure_of({.location = server.url("/cut")}), HasSubstr("not whole JSON"));
  EXPECT_THAT(failure_of({.location = server.url("/list")}), HasSubstr("object"));
  EXPECT_THAT(failure_of({.location = server.url("/other")}), HasSubstr("Polygon"));
  EXPECT_THAT(failure_of({.location = server.url("/broken")}), HasSubstr("500"));
  EXPECT_THAT(failure_of({.location = server.url("/missing")}), HasSubstr("404"));
  EXPECT_THAT(failure_of({.location = server.url("/short")}), HasSubstr("cannot fetch"));
  EXPECT_THAT(failure_of({.location = "/nonexistent/item.json"}), HasSubstr("/nonexistent"));
}

TEST(StacSource, SlowServersRunOutOfTime) {
  TestServer server;
  server.server.Get("/slow", [](const httplib::Request&, httplib::Response& response) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    response.set_content("{}", "application/json");
  });
  server.start();
  EXPECT_THAT(failure_of({.location = server.url("/slow"), .timeout_s = 1}),
              HasSubstr("cannot fetch"));
}

TEST(ImportStac, CogIsReadThroughRangeRequests) {
  const auto folder = fresh_folder("stac_cog");
  const testing_rasters::RasterRecipe recipe{.width = 1500, .height = 1500};
  const auto path = write_raster<std::uint8_t>(folder / "cog.tif", recipe, busy);
  const std::string bytes = read_file(path);
  TestServer server;
  std::atomic<std::size_t> ranges{0};
  server.server.Get("/data/cog.tif",
                    [&](const httplib::Request& request, httplib::Response& response) {
                      if (!request.ranges.empty()) ++ranges;
                      response.set_header("Accept-Ranges", "bytes");
                      response.set_content(bytes, "image/tiff");
                    });
  ReadJson broken = item("gone", "missing.tif");
  ReadJson far = item("far");
  far["bbox"] = {100.0, 10.0, 101.0, 11.0};
  ReadJson items = page({"here"});
  items["features"].push_back(broken);
  items["features"].push_back(far);
  server.serve("/data/items.json", items.dump());
  server.start();

  StacImport import;
  import.source.location = server.url("/data/items.json");
  import.source.filter.bbox_lonlat = Box{13, 52, 13.5, 52.5};
  import.collection.code = "ST";
  ImageryCatalogue catalogue;
  set_log_level(LogLevel::quiet);
  const CatalogueCounts counts = import_stac(import, catalogue);
  set_log_level(LogLevel::info);
  EXPECT_EQ(counts.added, 1U);
  EXPECT_EQ(counts.skipped,
            (std::map<std::string, std::size_t>{{"outside_filter", 1}, {"unreadable", 1}}));
  ASSERT_EQ(catalogue.scenes.size(), 1U);
  const Scene& scene = catalogue.scenes[0];
  EXPECT_EQ(scene.gdal_name(), "/vsicurl/" + server.url("/data/cog.tif"));
  EXPECT_EQ(scene.date, "2021-06-01");
  const AlignedScenes aligned(catalogue);
  ChipCutter cutter(catalogue, aligned, {});
  const auto chip = cutter.cut({.scene = 0, .window = {1400, 1300, 32, 32}});
  ASSERT_TRUE(std::holds_alternative<Patch>(chip));
  const auto& samples = std::get<std::vector<std::uint8_t>>(std::get<Patch>(chip).samples);
  EXPECT_EQ(samples.at(4 * 32 + 3), busy(0, 1403, 1304));
  EXPECT_GT(ranges, 0U);
}

// A COG whose server refuses the first requests, and an item that tells so little that it is
// opened.
struct BusyCog {
  explicit BusyCog(int refused) : refusals(refused) {
    const auto path = write_raster<std::uint8_t>(fresh_folder("stac_busy") / "cog.tif", {}, busy);
    server.server.Get("/cog.tif", [this, bytes = read_file(path)](const httplib::Request&,
                                                                  httplib::Response& response) {
      if (refusals > 0) {
        --refusals;
        response.status = 503;
      } else {
        response.set_content(bytes, "image/tiff");
      }
    });
    server.serve("/item.json", item("here").dump());
    server.start();
  }
  CatalogueCounts import(ImageryCatalogue& catalogue) {
    StacImport import;
    import.source.location = server.url("/item.json");
    import.source.patience = {.tries = 12, .first_wait_s = 0.001};
    import.collection.code = "ST";
    return import_stac(import, catalogue);
  }
  std::atomic<int> refusals;
  TestServer server;
};

TEST(ImportStac, AServerThatIsBusyForAWhileIsBorneWith) {
  BusyCog cog(6);
  ImageryCatalogue catalogue;
  const CatalogueCounts counts = cog.import(catalogue);
  EXPECT_EQ(cog.refusals, 0);
  EXPECT_EQ(counts.added, 1U);
  EXPECT_TRUE(counts.skipped.empty());
}

TEST(ImportStac, AServerThatStaysBusyStopsTheImport) {
  BusyCog cog(1'000'000);
  ImageryCatalogue catalogue;
  try {
    (void)cog.import(catalogue);
    FAIL() << "an asset that may be there tomorrow was left out for good";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::io);
    EXPECT_THAT(error.what(), HasSubstr("the server answered 503"));
    EXPECT_THAT(error.what(), HasSubstr("same command again"));
  }
  EXPECT_TRUE(catalogue.scenes.empty());
}

TEST(StacSource, LinksOfWrongTypesAreAnError) {
  const auto folder = fresh_folder("stac_links");
  const ReadJson next{{"rel", "next"}, {"href", "b.json"}, {"method", "POST"}, {"merge", "yes"}};
  write_file_atomically(folder / "a.json", page({"one"}, ReadJson::array({next})).dump());
  write_file_atomically(folder / "b.json", page({"two"}).dump());
  EXPECT_THAT(ids_of({.location = (folder / "a.json").string()}), ElementsAre("one", "two"));
}

TEST(StacSource, DeepNestingIsAnErrorNotACrash) {
  const auto folder = fresh_folder("stac_deep");
  const std::string deep = std::string(3'000'000, '[') + std::string(3'000'000, ']');
  write_file_atomically(folder / "a.json", R"({"type": "Feature", "id": )" + deep + "}");
  EXPECT_THAT(failure_of({.location = (folder / "a.json").string()}), HasSubstr("nested"));
}

TEST(StacSource, EndlessChildrenAreAnErrorNotACrash) {
  const auto folder = fresh_folder("stac_children");
  for (int i = 0; i < 300; ++i) {
    const ReadJson child{{"rel", "child"}, {"href", fmt::format("{}.json", i + 1)}};
    const ReadJson catalogue{{"type", "Catalog"}, {"links", ReadJson::array({child})}};
    write_file_atomically(folder / fmt::format("{}.json", i), catalogue.dump());
  }
  EXPECT_THAT(failure_of({.location = (folder / "0.json").string()}), HasSubstr("levels"));
}

}  // namespace
}  // namespace skyglot
