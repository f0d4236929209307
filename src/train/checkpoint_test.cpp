// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint.hpp"

#include "base/atomic_file.hpp"
#include "tests/support/message_of.hpp"
#include "weights/random_model.hpp"
#include "weights/safetensors.hpp"

#include "train/train_testing.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using namespace testing_support;

struct Saved {
  fs::path folder = fresh_folder("checkpoint");
  Parameters parameters{random_model(small_clip(), 1)};
  AdamW optimiser{{}};

  fs::path save() {
    save_checkpoint(folder, parameters, optimiser, {7, "{\"a\":1}", "data"}, 2);
    return *newest_checkpoint(folder);
  }
};

TEST(Checkpoint, ComesBack) {
  Saved saved;
  const fs::path path = saved.save();
  EXPECT_EQ(path.filename(), "00000007.safetensors");
  const Parameters other(random_model(small_clip(), 2));
  AdamW optimiser({});
  const TrainingState state = load_checkpoint(path, other, optimiser, "{\"a\":1}");
  EXPECT_EQ(state.step, 7);
  EXPECT_EQ(state.data, "data");
  for (std::size_t i = 0; i < other.entries().size(); ++i)
    EXPECT_TRUE(torch::equal(other.entries()[i].tensor, saved.parameters.entries()[i].tensor));
}

TEST(Checkpoint, OtherFilesAreRefused) {
  Saved saved;
  const fs::path path = saved.save();
  AdamW optimiser({});
  EXPECT_THAT(
      message_of([&] { (void)load_checkpoint(path, saved.parameters, optimiser, "{\"a\":2}"); }),
      HasSubstr("a is 2, it was 1"));
  const Parameters larger = [] {
    ModelConfig config = small_clip();
    config.embedding_width = 32;
    return Parameters(random_model(config, 1));
  }();
  EXPECT_THAT(message_of([&] { (void)load_checkpoint(path, larger, optimiser, "{\"a\":1}"); }),
              HasSubstr("of another shape"));
  write_safetensors(path, {{"x", make_tensor(std::vector<float>{1}, {1})}});
  EXPECT_THAT(
      message_of([&] { (void)load_checkpoint(path, saved.parameters, optimiser, "{\"a\":1}"); }),
      HasSubstr("no checkpoint of a training"));
  std::string cut = read_file(saved.save());
  write_file_atomically(path, cut.substr(0, cut.size() / 2));
  EXPECT_NE(
      message_of([&] { (void)load_checkpoint(path, saved.parameters, optimiser, "{\"a\":1}"); }),
      "");
}

TEST(Checkpoint, AFolderWithoutOneHasNone) {
  const fs::path folder = fresh_folder("none");
  EXPECT_FALSE(newest_checkpoint(folder));
  EXPECT_FALSE(newest_checkpoint(folder / "absent"));
  write_file_atomically(folder / "notes.safetensors", "x");
  EXPECT_FALSE(newest_checkpoint(folder));
}

}  // namespace
}  // namespace skyglot
