// SPDX-License-Identifier: Apache-2.0
// The model commands as a user runs them.
#include "base/atomic_file.hpp"
#include "base/hash.hpp"
#include "tests/support/program.hpp"
#include "tests/support/test_server.hpp"
#include "weights/safetensors.hpp"
#include "weights/weights_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

class ModelCommands : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = test_folder();
    TensorMap theirs = weights_testing::random_model(weights_testing::small_clip()).weights;
    theirs["head.weight"] = make_tensor({{1.0F}}, {1});
    write_safetensors(path("weights.safetensors"), theirs);
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  [[nodiscard]] ProgramResult import(std::vector<std::string> more) const {
    std::vector<std::string> arguments{"model", "import", path("weights.safetensors"), "--output",
                                       path("model")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_skyglot(arguments);
  }

  fs::path folder_;
};

TEST_F(ModelCommands, ImportAsksForTheActivationAndWritesNothing) {
  const ProgramResult result = import({});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("--activation quick_gelu"));
  EXPECT_FALSE(fs::exists(path("model")));
}

TEST_F(ModelCommands, ImportWritesAModelThatInspectShows) {
  const ProgramResult result = import({"--activation", "gelu"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(result.out, HasSubstr("activation: gelu (--activation)"));
  EXPECT_THAT(result.out, HasSubstr("ignored tensors: 1\n  head.weight"));
  const ProgramResult shown = run_skyglot({"model", "inspect", path("model"), "--json"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  const auto json = nlohmann::json::parse(shown.out);
  EXPECT_EQ(json.at("config").at("activation"), "gelu");
  EXPECT_EQ(json.at("config").at("source_sha256"), sha256_file(path("weights.safetensors")));
}

TEST_F(ModelCommands, ImportReplacesOnlyWhenTold) {
  ASSERT_EQ(import({"--activation", "gelu"}).exit_code, 0);
  EXPECT_EQ(import({"--activation", "gelu"}).exit_code, 1);
  const ProgramResult result = import({"--activation", "quick_gelu", "--overwrite", "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_EQ(json.at("config").at("activation"), "quick_gelu");
  EXPECT_EQ(json.at("missing").size(), 0U);
  EXPECT_EQ(json.at("ignored").at(0), "head.weight");
}

TEST_F(ModelCommands, ImportOfAnIncompleteFileListsWhatIsMissing) {
  TensorMap theirs = weights_testing::random_model(weights_testing::small_clip()).weights;
  theirs.erase("visual.ln_post.bias");
  write_safetensors(path("weights.safetensors"), theirs);
  const ProgramResult result = import({"--activation", "gelu"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("missing tensors: 1\n  visual.ln_post.bias"));
  EXPECT_THAT(result.err, HasSubstr("not a whole model"));
  EXPECT_FALSE(fs::exists(path("model")));
}

TEST_F(ModelCommands, InspectShowsACheckpoint) {
  write_file_atomically(path("training.pt"), weights_testing::seed("torch/training.pt"));
  const ProgramResult result = run_skyglot({"model", "inspect", path("training.pt"), "--tensors"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out,
              StartsWith("checkpoint: torch zip, entry state_dict\nalso holds: epoch\n"));
  EXPECT_THAT(result.out, HasSubstr("2 x 3"));
  EXPECT_EQ(run_skyglot({"model", "inspect", path("nowhere")}).exit_code, 1);
}

TEST_F(ModelCommands, ListKnowsThePublicCheckpoints) {
  const ProgramResult result = run_skyglot({"model", "list"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, AllOf(HasSubstr("skyclip-50-l14"), HasSubstr("3.94 GB")));
  EXPECT_THAT(run_skyglot({"model", "list", "--json"}).out, HasSubstr("\"sha256\":\"40d365715913"));
}

TEST_F(ModelCommands, FetchChecksAndSuggests) {
  TestServer server;
  server.serve("/weights", "some weights", "application/octet-stream");
  server.start();
  const ProgramResult result = run_skyglot({"model", "fetch", "dino-vits16", "--url",
                                            server.url("/weights"), "--output", path("fetched")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("SHA-256 " + sha256("some weights") + " (none is published"));
  EXPECT_EQ(read_file(folder_ / "fetched" / "dino_deitsmall16_pretrain.pth"), "some weights");
  const ProgramResult wrong =
      run_skyglot({"model", "fetch", "laion400m-b16", "--url", server.url("/weights"), "--output",
                   path("fetched/b16.pt")});
  EXPECT_EQ(wrong.exit_code, 1);
  EXPECT_THAT(wrong.err, HasSubstr("not the 55e67d44b44d"));
  EXPECT_FALSE(fs::exists(folder_ / "fetched" / "b16.pt"));
  const ProgramResult short_one = run_skyglot({"model", "fetch", "openai-b32", "--url",
                                               server.url("/weights"), "--output", path("b32.pt")});
  EXPECT_THAT(short_one.err, HasSubstr("12 bytes where the catalogue says 353976522"));
  EXPECT_THAT(run_skyglot({"model", "fetch", "dino-vits9", "--output", path("x")}).err,
              HasSubstr("did you mean"));
}

// As "skyglot model list | head" and a full disk do.
TEST(Output, AClosedPipeEndsQuietlyAndAFullDiskIsAnError) {
  const std::string list = std::string(SKYGLOT_BINARY) + " model list --json ";
  const auto run = [](const std::string& line) {
    const int status = std::system(("bash -c '" + line + "'").c_str());
    return WEXITSTATUS(status);
  };
  // The reader is gone before the first byte comes.
  EXPECT_EQ(
      run("{ sleep 0.3; " + list + "2>&3; exit $?; } 3>&1 | exec true; exit ${PIPESTATUS[0]}"),
      141);
  EXPECT_EQ(run(list + "2>/dev/null >/dev/full"), 1);
  EXPECT_EQ(run(list + "2>&1 >/dev/full | grep -q mistake"), 1) << "not our mistake";
}

}  // namespace
}  // namespace skyglot::testing_support
