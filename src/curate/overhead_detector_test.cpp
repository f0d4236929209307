// SPDX-License-Identifier: Apache-2.0
#include "curate/overhead_detector.hpp"

#include "base/atomic_file.hpp"
#include "pictures/png.hpp"
#include "pictures/shard.hpp"
#include "tests/support/message_of.hpp"
#include "weights/safetensors.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace skyglot {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

// "Overhead" pictures are dark, the others light; the vector is an angle by the brightness.
PictureModel by_brightness() {
  PictureModel model;
  model.preparation.side = 4;
  model.encode = [](std::span<const Picture> some) {
    Matrix rows(std::ssize(some), 2);
    for (std::int64_t i = 0; i < rows.rows; ++i) {
      const double angle = some[static_cast<std::size_t>(i)].pixels[0] / 255.0 * 1.5;
      rows.row(i)[0] = static_cast<float>(std::cos(angle));
      rows.row(i)[1] = static_cast<float>(std::sin(angle));
    }
    return rows;
  };
  return model;
}

class OverheadDetectors : public testing::Test {
 protected:
  void SetUp() override {
    fs::remove_all(folder_);
    for (int i = 0; i < 20; ++i) {
      write(folder_ / "above" / fmt::format("{:02}.png", i), 10 + 4 * i);
      write(folder_ / "other" / fmt::format("{:02}.png", i), 160 + 4 * i);
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  static std::string png_of(int brightness) {
    Picture picture{6, 6, 3, {}};
    picture.pixels.assign(6 * 6 * 3, static_cast<std::uint8_t>(brightness));
    return encode_png(picture);
  }

  static void write(const fs::path& path, int brightness) {
    make_folder(path.parent_path());
    write_file_atomically(path, png_of(brightness));
  }

  [[nodiscard]] TrainedDetector trained() const {
    const PictureModel model = by_brightness();
    VisibilityTraining options;
    options.c = {1, 100};
    return train_detector(embed_examples({folder_ / "above"}, model, {}),
                          embed_examples({folder_ / "other"}, model, {}), options);
  }

  fs::path folder_ = fs::path(testing::TempDir()) / "overhead-detector";
};

TEST_F(OverheadDetectors, TellsPicturesApartThatItHasNotSeen) {
  const TrainedDetector found = trained();
  EXPECT_EQ(found.report.accuracy, 1);
  EXPECT_EQ(found.report.classes, (std::vector<std::string>{"other", "overhead"}));
  ShardWriter shard(folder_ / "stream.tar");
  shard.add("a.png", png_of(30));
  shard.add("a.txt", " a quay \n");
  shard.add("b.png", png_of(220));
  shard.add("c.png", "no picture");
  (void)shard.commit();
  std::vector<DetectedPicture> said;
  detect_overhead(found.detector, {folder_ / "stream.tar"}, by_brightness(), {},
                  [&](const DetectedPicture& picture) { said.push_back(picture); });
  ASSERT_EQ(said.size(), 3U);
  EXPECT_EQ(said[0].file, (folder_ / "stream.tar" / "a.png").string());
  EXPECT_EQ(said[0].title, "a quay");
  EXPECT_GT(said[0].probability, 0.75);
  EXPECT_LT(said[1].probability, 0.25);
  EXPECT_THAT(said[2].skipped, Not(testing::IsEmpty()));
}

TEST_F(OverheadDetectors, ComesBackAsItWasSaved) {
  OverheadDetector detector = trained().detector;
  detector.about["model"] = "of a test";
  detector.save(folder_ / "detector.safetensors");
  const OverheadDetector again = OverheadDetector::load(folder_ / "detector.safetensors");
  EXPECT_EQ(again.about.at("model"), "of a test");
  const std::vector<float> vector{0.8F, 0.6F};
  EXPECT_EQ(again.probability(vector), detector.probability(vector));
}

TEST_F(OverheadDetectors, NamesWhatIsWrong) {
  write_safetensors(folder_ / "other.safetensors",
                    {{"weight", make_tensor(std::vector<float>{1}, {1, 1})}}, {});
  EXPECT_THAT(message_of([&] { (void)OverheadDetector::load(folder_ / "other.safetensors"); }),
              HasSubstr("skyglot detector train"));
  const OverheadDetector detector = trained().detector;
  EXPECT_THAT(message_of([&] {
                (void)detector.probability(std::vector<float>{1, 0, 0});
              }),
              HasSubstr("vectors of 2 numbers, not 3"));
  EXPECT_THAT(message_of([&] {
                detect_overhead(detector, {folder_ / "list.csv"}, by_brightness(), {},
                                [](const DetectedPicture&) {});
              }),
              HasSubstr("folders of pictures and tars"));
  EXPECT_THAT(message_of([&] { (void)train_detector({}, {}, {}); }),
              HasSubstr("no other pictures"));
}

}  // namespace
}  // namespace skyglot
