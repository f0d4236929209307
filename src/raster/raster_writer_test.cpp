// SPDX-License-Identifier: Apache-2.0
// Disks that fill up at any moment: every one is an error, none leaves a file.
#include "raster/raster_writer.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <random>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr int kSide = 700;  // two sizes of overviews, and several blocks

std::vector<std::uint8_t> noise() {
  std::vector<std::uint8_t> samples(std::size_t{3} * kSide * kSide);
  std::minstd_rand random(1);
  for (auto& sample : samples) sample = static_cast<std::uint8_t>(random() >> 8);
  return samples;
}

void write_noise(const fs::path& path) {
  RasterWriter writer(path, {.width = kSide,
                             .height = kSide,
                             .type = SampleType::u8,
                             .map_from_pixel = {500000, 2, 0, 5500000, 0, -2},
                             .crs = "EPSG:32633",
                             .band_names = {"red", "green", "blue"},
                             .nodata = {},
                             .metadata = {},
                             .colours = {}});
  const auto samples = noise();
  writer.write<std::uint8_t>({0, 0, kSide, kSide}, samples);
  writer.finish();
}

// Files of this process end at `bytes`, as if the disk were full; EFBIG stands for ENOSPC.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    old_action_ = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, old_action_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit old_{};
  void (*old_action_)(int) = nullptr;
};

TEST(RasterWriter, AFullDiskIsAnErrorWhereverItStrikes) {
  const fs::path folder = fs::path(testing::TempDir()) / "full_disk";
  fs::create_directories(folder);
  write_noise(folder / "whole.tif");
  const std::string whole = read_file(folder / "whole.tif");
  const auto most = static_cast<std::uint64_t>(whole.size()) + 100'000;
  // Every region of the file, and the last bytes one by one.
  std::vector<std::uint64_t> limits{0, 1, 4, 8, 100, 1000, 4096};
  for (std::uint64_t at = 20'000; at < most; at += most / 40) limits.push_back(at);
  for (std::uint64_t back = 1; back < 2000; back = back * 2 + 1)
    limits.push_back(whole.size() - back);
  int failed = 0;
  for (const std::uint64_t limit : limits) {
    const fs::path path = folder / "limited.tif";
    bool threw = false;
    try {
      const FileSizeLimit full(limit);
      write_noise(path);
    } catch (const Error& error) {
      threw = true;
      EXPECT_TRUE(error.kind() == ErrorKind::io || error.kind() == ErrorKind::resource);
    }
    failed += threw ? 1 : 0;
    EXPECT_EQ(fs::exists(path), !threw) << limit;
    if (!threw) {
      EXPECT_EQ(read_file(path), whole) << "a damaged file at " << limit;
    }
    fs::remove(path);
    for (const auto& left : fs::directory_iterator(folder))
      EXPECT_EQ(left.path().filename(), "whole.tif") << limit;
  }
  EXPECT_GT(failed, 40);
}

}  // namespace
}  // namespace skyglot
