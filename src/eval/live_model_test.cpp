// SPDX-License-Identifier: Apache-2.0
// A model in memory is evaluated as its folder is.
#include "base/atomic_file.hpp"
#include "embed/test_source.hpp"
#include "eval/evaluation.hpp"
#include "nn/small_clip.hpp"
#include "tests/support/message_of.hpp"
#include "tests/support/program.hpp"
#include "weights/model_folder.hpp"
#include "weights/random_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using testing_support::noisy_picture;
using testing_support::small_clip;
using testing_support::test_folder;

class LiveModel : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = test_folder();
    for (const std::string label : {"river", "sea"})
      for (int i = 0; i < 6; ++i) {
        const fs::path file = folder_ / "set" / label / (std::to_string(i) + ".png");
        fs::create_directories(file.parent_path());
        const auto seed = static_cast<std::uint64_t>(i) + (label == "sea" ? 100 : 0);
        write_file_atomically(file, encode_png(noisy_picture(32, 32, seed)));
      }
  }

  [[nodiscard]] static Encoders live(std::uint64_t seed) {
    return {random_model(small_clip(), seed), compute_context({})};
  }

  [[nodiscard]] EvaluationRequest request(const Encoders* encoders) const {
    EvaluationRequest request;
    request.encoders = encoders;
    request.pictures.images = {folder_ / "set"};
    request.templates = {"a photo of {c}."};
    return request;
  }

  fs::path folder_;
};

TEST_F(LiveModel, ScoresAsItsFolderDoes) {
  save_model_folder(folder_ / "model", random_model(small_clip(), 3));
  EvaluationRequest stored = request(nullptr);
  stored.model = folder_ / "model";
  const Encoders encoders = live(3);
  const auto scored = evaluate_zeroshot(request(&encoders), Task::zeroshot);
  EXPECT_EQ(scored.predictions, evaluate_zeroshot(stored, Task::zeroshot).predictions);
  EXPECT_EQ(scored.predictions.size(), 13U);

  const Encoders other = live(4);
  EXPECT_NE(scored.predictions, evaluate_zeroshot(request(&other), Task::zeroshot).predictions);
}

TEST_F(LiveModel, KeepsNoVectors) {
  const Encoders encoders = live(3);
  EvaluationRequest cached = request(&encoders);
  cached.cache = folder_ / "cache";
  EXPECT_THAT(message_of([&] { (void)evaluate_zeroshot(cached, Task::zeroshot); }),
              HasSubstr("leave the cache out"));
}

}  // namespace
}  // namespace skyglot
