// SPDX-License-Identifier: Apache-2.0
// Faults that pass, as a disk that is away or a server that is busy: they stop the run, are never
// recorded as "this object has no picture", and the run goes on where it was.
#include "base/atomic_file.hpp"
#include "tests/support/program.hpp"
#include "tests/support/small_world.hpp"
#include "tests/support/test_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <memory>
#include <mutex>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PassingFaults : public testing::Test {
 protected:
  void SetUp() override { folder_ = test_folder(); }

  [[nodiscard]] ProgramResult build(const std::string& output,
                                    const ProgramOptions& options = {}) const {
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

  // What counts of a begun build: shards and their records. The journal's torn last line goes.
  [[nodiscard]] std::map<std::string, std::string> finished(const std::string& output) const {
    auto files = tree_hashes(folder_ / output);
    std::erase_if(files, [](const auto& file) {
      return !file.first.starts_with("shards/0") && !file.first.starts_with(".build/0");
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

// The aerial scene on a server that can be busy, after some answers and for some time.
class AerialServer {
 public:
  using Clock = std::chrono::steady_clock;

  explicit AerialServer(const fs::path& scene) : bytes_(read_file(scene, std::size_t{1} << 30)) {
    server_.server.Get("/aerial_20210601.tif",
                       [this](const httplib::Request&, httplib::Response& r) { answer(r); });
    server_.start();
  }
  [[nodiscard]] std::string url() const { return server_.url("/aerial_20210601.tif"); }

  /// Gives `answers` more, then refuses for so long from the first refusal on.
  void be_busy(int answers, std::chrono::milliseconds time, const std::string& retry_after = "") {
    retry_after_ = retry_after;
    busy_time_ = time;
    busy_since_ = Clock::time_point();
    refused_ = 0;
    answers_ = answers;
  }
  void be_free() { answers_ = kForever; }
  [[nodiscard]] int refused() const { return refused_; }

 private:
  static constexpr int kForever = 1 << 30;

  void answer(httplib::Response& response) {
    const std::lock_guard lock(mutex_);
    if (is_busy()) {
      ++refused_;
      response.status = 503;
      if (!retry_after_.empty()) response.set_header("Retry-After", retry_after_);
    } else {
      response.set_header("Accept-Ranges", "bytes");
      response.set_content_provider(
          bytes_.size(), "image/tiff",
          [this](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
            return sink.write(bytes_.data() + offset, length);
          });
    }
  }

  bool is_busy() {
    if (answers_ == kForever) return false;
    if (answers_ > 0) {
      --answers_;
      return false;
    }
    if (busy_since_ == Clock::time_point()) busy_since_ = Clock::now();
    return Clock::now() - busy_since_ < busy_time_;
  }

  std::string bytes_;
  std::mutex mutex_;
  std::string retry_after_;
  std::chrono::milliseconds busy_time_{};
  Clock::time_point busy_since_;
  std::atomic<int> answers_{kForever};
  std::atomic<int> refused_{0};
  TestServer server_;  // last: it ends first
};

class BusyServer : public PassingFaults {
 protected:
  void SetUp() override {
    PassingFaults::SetUp();
    world_ = make_catalogued_world(folder_ / "world");
    server_ = std::make_unique<AerialServer>(world_.path("aerial/aerial_20210601.tif"));
    fs::remove(world_.path("imagery.gpkg"));
    const nlohmann::json item{
        {"type", "Feature"},
        {"id", "aerial"},
        {"properties", {{"datetime", "2021-06-01T00:00:00Z"}}},
        {"assets", {{"visual", {{"href", server_->url()}, {"type", "image/tiff"}}}}}};
    write_file_atomically(world_.path("item.json"), item.dump());
    ASSERT_EQ(catalogue().exit_code, 0);
    ASSERT_EQ(build("whole").exit_code, 0);
    whole_ = tree_hashes(folder_ / "whole");
  }
  [[nodiscard]] ProgramResult catalogue() const {
    return run_skyglot({"imagery", "add-stac", world_.path("item.json"), "--collection", "AE",
                        "--output", world_.path("imagery.gpkg")});
  }
  std::unique_ptr<AerialServer> server_;
  std::map<std::string, std::string> whole_;
};

TEST_F(BusyServer, ForAWhileIsBorneWith) {
  for (const std::string retry_after : {"", "2"}) {
    server_->be_busy(6, std::chrono::milliseconds(2500), retry_after);
    const ProgramResult result = build("out");
    ASSERT_EQ(result.exit_code, 0) << result.err;
    EXPECT_GT(server_->refused(), 0);
    EXPECT_EQ(tree_hashes(folder_ / "out"), whole_) << "Retry-After: " << retry_after;
    fs::remove_all(folder_ / "out");
  }
}

TEST_F(BusyServer, ToTheEndStopsTheRunWhichGoesOnLater) {
  begin("out");
  const auto begun = finished("out");
  EXPECT_GE(begun.size(), 2u);
  server_->be_busy(0, std::chrono::hours(1));
  const ProgramResult stopped = build("out");
  EXPECT_EQ(stopped.exit_code, 1);
  EXPECT_THAT(stopped.err, HasSubstr("give the same command again"));
  EXPECT_FALSE(fs::exists(folder_ / "out" / "dataset.json"));
  EXPECT_EQ(finished("out"), begun) << "nothing of the fault is recorded";
  server_->be_free();
  ASSERT_EQ(build("out").exit_code, 0);
  EXPECT_EQ(tree_hashes(folder_ / "out"), whole_);
}

TEST_F(BusyServer, ACatalogueIsNotWrittenWithoutItsScene) {
  fs::remove(world_.path("imagery.gpkg"));
  server_->be_busy(0, std::chrono::hours(1));
  const ProgramResult stopped = catalogue();
  EXPECT_EQ(stopped.exit_code, 1);
  EXPECT_THAT(stopped.err, HasSubstr("the server answered 503"));
  EXPECT_FALSE(fs::exists(world_.path("imagery.gpkg")));
  server_->be_free();
  EXPECT_EQ(catalogue().exit_code, 0);
}

}  // namespace
}  // namespace skyglot::testing_support
