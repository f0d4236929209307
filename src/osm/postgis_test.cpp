// SPDX-License-Identifier: Apache-2.0
// The same store in PostGIS, on a server started for the test from Debian's packages.
#include "base/error.hpp"
#include "osm/import_testing.hpp"
#include "osm/postgres.hpp"
#include "tests/support/shared_data.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <unistd.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

// initdb and postgres, "" if they are not installed with PostGIS.
fs::path postgres_programs() {
  if (!fs::exists("/usr/lib/postgresql")) return {};
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql")) {
    const fs::path share = fs::path("/usr/share/postgresql") / version.path().filename();
    if (fs::exists(version.path() / "bin/initdb") &&
        fs::exists(share / "extension/postgis.control"))
      return version.path() / "bin";
  }
  return {};
}

// A server on a socket in a temporary folder, stopped and removed at the end.
class Server {
 public:
  explicit Server(fs::path programs) : programs_(std::move(programs)) {
    std::string pattern = "/tmp/skyglot-pg-XXXXXX";  // a socket's path must be short
    folder_ = mkdtemp(pattern.data());
    fs::permissions(folder_, fs::perms::all);
    ready_ = run("initdb -D {0}/data -U tester -A trust -E UTF8 --no-sync >{0}/log") &&
             run("pg_ctl -D {0}/data -w -t 60 -l {0}/server.log "
                 "-o \"-c listen_addresses='' -c fsync=off -k {0}\" start >{0}/log");
  }
  ~Server() {
    if (ready_) run("pg_ctl -D {0}/data -m immediate stop >{0}/log");
    run_as_owner(fmt::format("rm -rf {}/data", folder_.string()));
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] bool ready() const { return ready_; }
  [[nodiscard]] std::string name(const std::string& schema = "skyglot") const {
    return fmt::format("PG:host={} user=tester dbname=postgres schema={}", folder_.string(),
                       schema);
  }

 private:
  // PostgreSQL refuses to run as root.
  static bool run_as_owner(const std::string& command) {
    const std::string shell = "sh -c '" + command + " 2>/dev/null'";
    const std::string line = geteuid() == 0 ? "cd / && runuser -u postgres -- " + shell : shell;
    return std::system(line.c_str()) == 0;
  }
  bool run(const char* command) {
    return run_as_owner(
        (programs_ / fmt::format(fmt::runtime(command), folder_.string())).string());
  }

  fs::path programs_;
  fs::path folder_;
  bool ready_ = false;
};

class PostgisStoreTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const fs::path programs = postgres_programs();
    if (!programs.empty()) server_ = new Server(programs);
  }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }
  void SetUp() override {
    if (server_ == nullptr)
      GTEST_SKIP() << "Debian's packages postgresql and postgresql-15-postgis-3 are not here";
    ASSERT_TRUE(server_->ready()) << "the PostgreSQL server did not start";
  }
  static ImportOptions sample(const std::string& schema) {
    const fs::path real = testing_support::shared_data("osm/helsinki_kamppi.osm.pbf");
    ImportOptions options = import_of(
        {real.empty() ? write_osm("map.osm", osm_node(1, 24, 60, "natural=tree;name=A\\b\tc") +
                                                 osm_node(2, 25, 61, "a='b';z=\xC3\xA4"))
                      : real});
    options.overwrite = false;
    options.output = server_->name(schema);
    return options;
  }
  static std::int64_t count(const std::string& sql) {
    return Postgres(parse_postgres_name(server_->name()).connection).query(sql).integer(0, 0);
  }

  static Server* server_;
};

Server* PostgisStoreTest::server_ = nullptr;

TEST_F(PostgisStoreTest, HoldsWhatTheGeoPackageHolds) {
  ImportOptions options = sample("same");
  const ImportReport report = import_objects(options);
  const auto postgis = ObjectStore::open(options.output);
  options.output = (test_folder() / "objects.gpkg").string();
  options.overwrite = true;
  (void)import_objects(options);
  const auto gpkg = ObjectStore::open(options.output);
  EXPECT_EQ(postgis->size(), report.counts.kept());
  EXPECT_EQ(postgis->metadata(), gpkg->metadata());
  EXPECT_EQ(postgis->extent_lonlat(), gpkg->extent_lonlat());
  const auto tags = postgis->tags();
  ASSERT_EQ(tags.size(), gpkg->tags().size());
  for (std::int64_t fid = 1; fid <= postgis->size(); fid += 101) {
    const MapObject a = postgis->object(fid);
    const MapObject b = gpkg->object(fid);
    EXPECT_EQ(object_key(a.kind, a.osm_id), object_key(b.kind, b.osm_id));
    EXPECT_EQ(a.tags, b.tags);
    EXPECT_EQ(a.geometry_lonlat, b.geometry_lonlat);
    const auto ids = postgis->ids_in(bounding_box(a.geometry_lonlat));
    EXPECT_TRUE(std::ranges::binary_search(ids, fid));
  }
  for (std::size_t i = 0; i < tags.size(); i += 37) {
    EXPECT_EQ(tags[i].tag, gpkg->tags()[i].tag);
    EXPECT_EQ(postgis->ids_with_tag(tags[i].id), gpkg->ids_with_tag(tags[i].id));
  }
  std::int64_t seen = 0;
  postgis->for_each_tags([&](ObjectKind, const Tags&) { ++seen; });
  EXPECT_EQ(seen, postgis->size());
}

TEST_F(PostgisStoreTest, ReplacesOnlyAStoreAndOnlyWhenAsked) {
  ImportOptions options = sample("again");
  const std::int64_t objects = import_objects(options).counts.kept();
  EXPECT_THROW((void)import_objects(options), Error);
  options.overwrite = true;
  (void)import_objects(options);
  EXPECT_EQ(count("SELECT count(*) FROM again.objects"), objects);
  Postgres(parse_postgres_name(server_->name()).connection)
      .execute("CREATE SCHEMA theirs; CREATE TABLE theirs.precious (x int)");
  options.output = server_->name("theirs");
  EXPECT_THROW((void)import_objects(options), Error);
  EXPECT_EQ(count("SELECT count(*) FROM theirs.precious"), 0);
}

TEST_F(PostgisStoreTest, AFailedImportLeavesNothing) {
  ImportOptions options = sample("failed");
  options.inputs = {write_osm("broken.osm", osm_node(1, 2, 3, "natural=tree") + "<way")};
  EXPECT_THROW((void)import_objects(options), Error);
  EXPECT_EQ(count("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'failed%'"), 0);
  EXPECT_THROW((void)ObjectStore::open(options.output), Error);
}

TEST(PostgresName, IsTakenApart) {
  const PostgresName name = parse_postgres_name("PG:dbname=osm schema=berlin host=/run/x");
  EXPECT_EQ(name.connection, "dbname=osm host=/run/x");
  EXPECT_EQ(name.schema, "berlin");
  EXPECT_EQ(parse_postgres_name("PG:dbname=osm").schema, "skyglot");
  for (const char* text : {"PG:schema=a\"b", "PG:schema=", "PG:schema=A", "PG:schema=1a"})
    EXPECT_THROW((void)parse_postgres_name(text), Error) << text;
}

TEST(PostgresName, AServerThatIsNotThereIsNamed) {
  EXPECT_THROW((void)ObjectStore::open("PG:host=/nowhere dbname=x connect_timeout=2"), Error);
}

}  // namespace
}  // namespace skyglot
