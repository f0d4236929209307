// SPDX-License-Identifier: Apache-2.0
// The model that comes with skyglot, on test pictures of the families it was trained on: what its
// card says.
#include "base/json.hpp"
#include "tests/support/program.hpp"
#include "tests/support/shared_data.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;

double figure(const std::string& protocol, const std::string& benchmark, const fs::path& pictures,
              const char* name) {
  const ProgramResult result = run_skyglot({"eval", protocol, "--benchmark", benchmark, "--images",
                                            pictures.string(), "--json", "--progress", "never"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return result.exit_code == 0 ? parse_json(result.out).at(name).get<double>() : 0;
}

TEST(Nano, ReachesTheFiguresOfItsCard) {
  const fs::path scenes = shared_data("benchmark/rsicd-classes.tar");
  if (scenes.empty()) GTEST_SKIP() << "the benchmarks are not here";
  EXPECT_NEAR(figure("zeroshot", "rsicd_classes", scenes, "top1"), 92.5, 0.3);
  EXPECT_NEAR(figure("zeroshot", "eurosat", shared_data("benchmark/eurosat.tar"), "top1"), 96.2,
              0.5);
  EXPECT_NEAR(figure("zeroshot", "nwpu12", shared_data("benchmark/nwpu12.tar"), "top1"), 92.9, 0.9);
  EXPECT_NEAR(
      figure("retrieval", "ucm_captions", shared_data("benchmark/ucm-captions.tar"), "mean_recall"),
      66.1, 0.5);
}

TEST(Nano, GoesByItsNameAndNeedsNoData) {
  const ProgramResult result = run_skyglot({"model", "inspect", "nano", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const ReadJson json = parse_json(result.out);
  EXPECT_EQ(json.at("config").at("embedding_width"), 256);
  EXPECT_EQ(json.at("config").at("text").at("tokens"), "word_pieces");
}

}  // namespace
}  // namespace skyglot::testing_support
