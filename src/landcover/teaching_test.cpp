// SPDX-License-Identifier: Apache-2.0
#include "landcover/teaching.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/linear_algebra.hpp"
#include "base/random.hpp"

#include "landcover/landcover_testing.hpp"
#include <gtest/gtest.h>

#include <algorithm>

namespace skyglot {
namespace {

// Three kinds of land in twelve dimensions, a thousand patches of each, with the map's words.
class TaughtClassesTest : public testing::Test {
 protected:
  TaughtClassesTest() : centres_(random_rows(3, 12, 5)), codes_(kPatches, 12) {
    normalise_rows(centres_);
    const Matrix noise = random_rows(kPatches, 12, 6);
    for (std::int64_t i = 0; i < kPatches; ++i)
      for (std::size_t d = 0; d < 12; ++d)
        codes_.row(i)[d] = centres_.row(kind(i))[d] + 0.12F * noise.row(i)[d];
    normalise_rows(codes_);
    labels_.names = {"wood", "house", "never", "grass"};
    for (std::int64_t i = 0; i < kPatches; ++i) {
      labels_.label.push_back(kind(i) == 0 ? 0 : kind(i) == 1 ? 1 : 3);
      labels_.share.push_back(1);
    }
  }

  static std::int64_t kind(std::int64_t patch) { return patch % 3; }

  // Share of patches whose likeliest class is the name of their kind.
  [[nodiscard]] double right(const TaughtClasses& taught) const {
    const Matrix said = class_log_probabilities(codes_, taught.classes, 10);
    double hits = 0;
    for (std::int64_t i = 0; i < kPatches; ++i) {
      const auto best = std::ranges::max_element(said.row(i)) - said.row(i).begin();
      const char* truth = kind(i) == 0 ? "wood" : kind(i) == 1 ? "house" : "grass";
      hits += taught.classes.classes[static_cast<std::size_t>(best)].name == truth ? 1 : 0;
    }
    return hits / double(kPatches);
  }

  static constexpr std::int64_t kPatches = 3000;
  Matrix centres_, codes_;
  PatchLabels labels_;
  TeachingOptions options_;
};

TEST_F(TaughtClassesTest, LearnsTheMapsLegend) {
  const TaughtClasses taught = taught_classes(codes_, centres_, labels_, options_);
  ASSERT_EQ(taught.classes.classes.size(), 3U);
  EXPECT_EQ(taught.classes.classes[2].name, "grass");
  EXPECT_EQ(taught.patches[0], 1000);
  EXPECT_GT(right(taught), 0.99);
}

TEST_F(TaughtClassesTest, MissingObjectsDoNoHarm) {
  for (std::size_t i = 0; i < labels_.label.size(); ++i)
    if (mix(1, i) % 10 < 6) labels_.label[i] = -1;
  EXPECT_GT(right(taught_classes(codes_, centres_, labels_, options_)), 0.99);
}

// A tenth of the grass lies in gardens that the map gives to houses, and nobody maps other grass
// but a little: believing every label makes grass into houses.
TEST_F(TaughtClassesTest, ClustersTellWhichLabelsToBelieve) {
  for (std::size_t i = 0; i < labels_.label.size(); ++i) {
    if (kind(static_cast<std::int64_t>(i)) != 2) continue;
    const std::uint64_t draw = mix(2, i) % 100;
    labels_.label[i] = draw < 10 ? 1 : draw < 13 ? 3 : -1;
  }
  const double believing = [&] {
    TeachingOptions plain = options_;
    plain.agreement = false;
    plain.robustness = 0;
    return right(taught_classes(codes_, centres_, labels_, plain));
  }();
  const double careful = right(taught_classes(codes_, centres_, labels_, options_));
  EXPECT_LT(believing, 0.75);
  EXPECT_GT(careful, 0.95);
}

TEST_F(TaughtClassesTest, NeedsTwoClasses) {
  std::ranges::fill(labels_.label, 0);
  EXPECT_THROW((void)taught_classes(codes_, centres_, labels_, options_), Error);
  options_.least_share = 0;
  EXPECT_THROW((void)taught_classes(codes_, centres_, labels_, options_), Error);
}

TEST_F(TaughtClassesTest, IsKeptInAModelFolder) {
  LandcoverModel model = landcover_testing::small_model();
  model.classes = {};
  model.classes.probe = {random_rows(2, 24, 3), {0.5F, -1}};
  model.classes.classes = unnamed_classes(2);
  const auto folder = landcover_testing::fresh_folder();
  save_landcover_model(folder, model, landcover_testing::small_backbone());
  const LandcoverModel read = load_landcover_model(folder);
  EXPECT_EQ(read.classes.probe.weights.values, model.classes.probe.weights.values);
  EXPECT_EQ(read.classes.probe.bias, model.classes.probe.bias);
  EXPECT_EQ(read.classes.centres.rows, 0);
}

}  // namespace
}  // namespace skyglot
