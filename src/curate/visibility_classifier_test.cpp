// SPDX-License-Identifier: Apache-2.0
#include "curate/visibility_classifier.hpp"

#include "base/atomic_file.hpp"
#include "tests/support/message_of.hpp"
#include "weights/safetensors.hpp"

#include "curate/curate_testing.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

VisibilityClassifier trained(bool ordinal) {
  const TagWorld world = tag_world(100, 0.3);
  VisibilityTraining options;
  options.components = {4};
  options.c = {10};
  options.ordinal = ordinal;
  VisibilityClassifier classifier = train_visibility(world.vectors, world.tags, options).classifier;
  classifier.about = {{"wording", "{key}"}, {"model_sha256", "abc"}};
  return classifier;
}

fs::path fresh_file(const char* name) {
  const fs::path path = fs::path(testing::TempDir()) / name;
  fs::remove(path);
  return path;
}

TEST(VisibilityClassifier, ComesBackAsItWasSaved) {
  for (const bool ordinal : {false, true}) {
    const fs::path path = fresh_file("visibility.safetensors");
    const VisibilityClassifier before = trained(ordinal);
    before.save(path);
    const VisibilityClassifier after = VisibilityClassifier::load(path);
    EXPECT_EQ(after.ordinal, ordinal);
    EXPECT_EQ(after.about.at("wording"), "{key}");
    const Matrix vectors = tag_world(50, 0.5).vectors;
    const auto said = before.predict(vectors);
    const auto again = after.predict(vectors);
    for (std::size_t i = 0; i < said.size(); ++i) {
      EXPECT_EQ(said[i].visible, again[i].visible);
      EXPECT_EQ(said[i].levels, again[i].levels);
    }
  }
}

TEST(VisibilityClassifier, OtherFilesAreRefused) {
  const fs::path path = fresh_file("other.safetensors");
  write_safetensors(path, {{"visible.weight", make_tensor(std::vector<float>{1, 2}, {1, 2})}});
  EXPECT_THAT(message_of([&] { (void)VisibilityClassifier::load(path); }), HasSubstr("tags train"));
  VisibilityClassifier damaged = trained(false);
  damaged.level.bias.pop_back();
  damaged.save(path);
  EXPECT_THAT(message_of([&] { (void)VisibilityClassifier::load(path); }),
              HasSubstr("do not fit together"));
  damaged = trained(false);
  damaged.visible.bias[0] = std::nanf("");
  damaged.save(path);
  EXPECT_THAT(message_of([&] { (void)VisibilityClassifier::load(path); }),
              HasSubstr("do not fit together"));
}

TEST(VisibilityClassifier, VectorsOfAnotherLengthAreRefused) {
  EXPECT_THAT(message_of([] { (void)trained(false).predict(random_rows(2, 7, 1)); }),
              HasSubstr("visibility classifier"));
}

TEST(TagVisibility, BelowOneHalfThereIsNoLevel) {
  TagVisibility said{0.49, {0.1, 0.1, 0.6, 0.1, 0.1}};
  EXPECT_FALSE(said.max_gsd_m());
  said.visible = 0.5;
  EXPECT_EQ(said.max_gsd_m(), 0.6);
}

}  // namespace
}  // namespace skyglot
