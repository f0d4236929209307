// SPDX-License-Identifier: Apache-2.0
// Faults that pass: a server that is busy, a disk that is away. They stop the run, are never
// recorded as "this object has no picture", and the run goes on where it was.
#include "base/atomic_file.hpp"
#include "tests/support/program.hpp"
#include "tests/support/small_world.hpp"
#include "tests/support/test_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Json = nlohmann::json;

class PassingFaults : public testing::Test {
 protected:
  void SetUp() override { folder_ = test_folder(); }

  [[nodiscard]] ProgramResult build(const std::string& output, ProgramOptions options = {}) const {
    options.environment["GDAL_HTTP_RETRY_DELAY"] = "0.01";
    return run_skyglot({"build", "--objects", world_.path("objects.gpkg"), "--imagery",
                        world_.path("imagery.gpkg"), "--output", (folder_ / output).string(),
                        "--shard-size", "20", "--threads", "2"},
                       options);
  }

  // A build that was killed after a few shards.
  void begin(const std::string& output) const {
    const ProgramOptions killed{.environment = {{"SKYGLOT_FAIL_POINT", "mid_manifest:3"}}};
    ASSERT_EQ(build(output, killed).exit_code, 137);
  }

  // What counts of a begun build: shards and journals.
  [[nodiscard]] std::map<std::string, std::string> finished(const std::string& output) const {
    auto files = tree_hashes(folder_ / output);
    std::erase_if(files, [](const auto& file) {
      return !file.first.starts_with("shards/0") && !file.first.ends_with(".jsonl");
    });
    return files;
  }

  fs::path folder_;
  SmallWorld world_;
};

TEST_F(PassingFaults, AnImageryFolderThatIsAwayStopsTheRun) {
  world_ = make_catalogued_world(folder_ / "world");
  ASSERT_EQ(build("whole").exit_code, 0);
  begin("out");
  fs::rename(world_.path("aerial"), world_.path("away"));
  for (const char* output : {"out", "fresh"}) {
    const ProgramResult stopped = build(output);
    EXPECT_EQ(stopped.exit_code, 1) << output;
    EXPECT_THAT(stopped.err, HasSubstr("aerial_20210601.tif is not there")) << output;
    EXPECT_THAT(stopped.err, HasSubstr("give the same command again")) << output;
    EXPECT_FALSE(fs::exists(folder_ / output / "dataset.json"));
  }
  fs::rename(world_.path("away"), world_.path("aerial"));
  for (const char* output : {"out", "fresh"}) {
    ASSERT_EQ(build(output).exit_code, 0);
    EXPECT_EQ(tree_hashes(folder_ / output), tree_hashes(folder_ / "whole")) << output;
  }
}

// The small world's aerial scene, on a web server.
class BusyServer : public PassingFaults {
 protected:
  void SetUp() override {
    PassingFaults::SetUp();
    world_ = make_small_world(folder_ / "world");
    picture_ = read_file(world_.path("aerial/aerial_20210601.tif"));
    server_.server.Get("/aerial.tif", [this](const httplib::Request&, httplib::Response& response) {
      ++requests_;
      if (busy_ > 0) {
        --busy_;
        response.status = 503;
        return;
      }
      response.set_content_provider(picture_.size(), "image/tiff",
                                    [this](std::size_t at, std::size_t count, auto& sink) {
                                      return sink.write(picture_.data() + at, count);
                                    });
    });
    server_.start();
    catalogue();
  }

  void catalogue() {
    write_file_atomically(world_.path("item.json"), item().dump());
    for (const std::vector<std::string>& command :
         {std::vector<std::string>{"objects", "import", world_.path("map.osm"), "--output",
                                   world_.path("objects.gpkg")},
          {"imagery", "add-stac", world_.path("item.json"), "--collection", "AE", "--output",
           world_.path("imagery.gpkg")}}) {
      const ProgramResult result = run_skyglot(command);
      ASSERT_EQ(result.exit_code, 0) << result.err;
    }
  }

  [[nodiscard]] Json item() const {
    return {{"type", "Feature"},
            {"stac_version", "1.0.0"},
            {"id", "aerial"},
            {"collection", "town"},
            {"geometry",
             {{"type", "Polygon"},
              {"coordinates",
               {{{13.533, 52.342},
                 {13.5525, 52.342},
                 {13.5525, 52.354},
                 {13.533, 52.354},
                 {13.533, 52.342}}}}}},
            {"properties", {{"datetime", "2021-06-01T10:00:00Z"}}},
            {"assets",
             {{"visual",
               {{"href", server_.url("/aerial.tif")},
                {"type", "image/tiff; application=geotiff"},
                {"roles", {"visual"}}}}}}};
  }

  std::string picture_;
  std::atomic<int> busy_{0};
  std::atomic<int> requests_{0};
  TestServer server_;
};

TEST_F(BusyServer, AFewRefusalsAreWaitedOut) {
  ASSERT_EQ(build("whole").exit_code, 0);
  busy_ = 2;
  ASSERT_EQ(build("out").exit_code, 0);
  EXPECT_LE(busy_, 0);
  EXPECT_EQ(tree_hashes(folder_ / "out"), tree_hashes(folder_ / "whole"));
}

TEST_F(BusyServer, OneThatStaysBusyStopsTheRunWhichGoesOnLater) {
  ASSERT_EQ(build("whole").exit_code, 0);
  begin("out");
  const auto before = finished("out");
  busy_ = 1'000'000;
  const ProgramResult stopped = build("out");
  EXPECT_EQ(stopped.exit_code, 1) << stopped.out;
  EXPECT_THAT(stopped.err, HasSubstr("aerial.tif"));
  EXPECT_THAT(stopped.err, HasSubstr("503"));
  EXPECT_THAT(stopped.err, HasSubstr("give the same command again"));
  EXPECT_EQ(finished("out"), before);
  EXPECT_EQ(build("fresh").exit_code, 1);
  EXPECT_EQ(finished("fresh").size(), 1u) << "an empty journal";
  busy_ = 0;
  for (const char* output : {"out", "fresh"}) {
    ASSERT_EQ(build(output).exit_code, 0);
    EXPECT_EQ(tree_hashes(folder_ / output), tree_hashes(folder_ / "whole")) << output;
  }
}

// The server goes away in the middle of the run.
TEST_F(BusyServer, OneThatFallsSilentHalfWayLeavesNoTraceOfIt) {
  ASSERT_EQ(build("whole").exit_code, 0);
  const int all = requests_;
  ASSERT_GT(all, 8);
  for (const int after : {all / 4, all / 2}) {
    requests_ = 0;
    std::thread trouble([&] {
      while (requests_ < after) std::this_thread::yield();
      busy_ = 1'000'000;
    });
    const ProgramResult stopped = build("out");
    requests_ = after;
    trouble.join();
    busy_ = 0;
    EXPECT_TRUE(stopped.exit_code == 0 || stopped.exit_code == 1) << stopped.err;
    ASSERT_EQ(build("out").exit_code, 0);
    EXPECT_EQ(tree_hashes(folder_ / "out"), tree_hashes(folder_ / "whole")) << after;
    fs::remove_all(folder_ / "out");
  }
}

}  // namespace
}  // namespace skyglot::testing_support
