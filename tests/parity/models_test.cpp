// SPDX-License-Identifier: Apache-2.0
// Agreement with the original Python implementations, from the checkpoint file to the vector. The
// figures (parity.tar.xz of the real data) come from OpenAI's CLIP, open_clip, transformers and
// DINO with random weights.
#include "base/atomic_file.hpp"
#include "nn/encoder.hpp"
#include "pictures/decode.hpp"
#include "pictures/resize.hpp"
#include "tests/parity/features.hpp"
#include "tests/parity/figures.hpp"
#include "tests/support/program.hpp"
#include "tokens/tokenizer.hpp"
#include "weights/safetensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;

// The unpacked reference figures; empty where they are absent.
fs::path reference_figures() {
  const fs::path archive = shared_data("parity/parity.tar.xz");
  return archive.empty() ? fs::path() : unpacked(archive, "parity");
}

std::vector<Picture> prepared_pictures(const fs::path& folder, const nlohmann::json& facts,
                                       int side) {
  std::vector<Picture> pictures;
  for (const auto& name : facts.at("images")) {
    const fs::path file = folder / name.get<std::string>();
    pictures.push_back(
        resize_and_centre_crop(decode_picture(read_file(file), file.string()), side));
  }
  return pictures;
}

std::vector<std::string> texts_of(const nlohmann::json& facts) {
  return facts.at("texts").get<std::vector<std::string>>();
}

struct ClipCase {
  const char* checkpoint;
  const char* activation;
  const char* suffix;  // of the expected tensors
  Precision precision;
  double tolerance;
};

// gtest's name of a case: "open_clip_full_pt_gelu_fp32".
template <typename Case>
std::string case_name(const std::string& file, const Case& its) {
  std::string name = file + "_" + to_string(its.precision);
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

class ClipParity : public testing::TestWithParam<ClipCase> {};

TEST_P(ClipParity, FromFileToVector) {
  const fs::path figures = reference_figures();
  if (figures.empty()) GTEST_SKIP() << "no reference figures";
  const ClipCase c = GetParam();
  const fs::path folder = figures / "clip";
  const auto facts = nlohmann::json::parse(read_file(folder / "case.json"));
  const auto expected = read_safetensors(folder / "expected.safetensors").tensors;
  const Encoders encoders(import(folder / c.checkpoint, {"--activation", c.activation}),
                          {Device::cpu, c.precision, 2});
  const Matrix pictures = encoders.image().encode(prepared_pictures(folder, facts, 64));
  EXPECT_GE(lowest_cosine(pictures, matrix_of(expected.at(std::string("image_embeds") + c.suffix))),
            c.tolerance);
  const Matrix texts = encoders.text().encode(texts_of(facts));
  EXPECT_GE(lowest_cosine(texts, matrix_of(expected.at(std::string("text_embeds") + c.suffix))),
            c.tolerance);
}

constexpr const char* kOpenClip = "open_clip_epoch_20.pt";
constexpr const char* kHuggingFace = "hf_model.safetensors";
constexpr const char* kOpenAi = "openai_torchscript_fp16.pt";

INSTANTIATE_TEST_SUITE_P(
    All, ClipParity,
    testing::Values(ClipCase{kOpenClip, "quick_gelu", "", Precision::fp32, 0.9999},
                    ClipCase{kOpenClip, "gelu", "_gelu", Precision::fp32, 0.9999},
                    ClipCase{kOpenClip, "quick_gelu", "", Precision::bf16, 0.999},
                    ClipCase{kOpenClip, "gelu", "_gelu", Precision::bf16, 0.999},
                    ClipCase{kHuggingFace, "quick_gelu", "", Precision::fp32, 0.9999},
                    ClipCase{kHuggingFace, "gelu", "_gelu", Precision::fp32, 0.9999},
                    ClipCase{kHuggingFace, "quick_gelu", "", Precision::bf16, 0.999},
                    ClipCase{kHuggingFace, "gelu", "_gelu", Precision::bf16, 0.999},
                    ClipCase{kOpenAi, "quick_gelu", "", Precision::fp32, 0.9999},
                    ClipCase{kOpenAi, "gelu", "_gelu", Precision::fp32, 0.9999},
                    ClipCase{kOpenAi, "quick_gelu", "", Precision::bf16, 0.999},
                    ClipCase{kOpenAi, "gelu", "_gelu", Precision::bf16, 0.999}),
    [](const auto& its) {
      return case_name(std::string(its.param.checkpoint) + "_" + its.param.activation, its.param);
    });

TEST(ClipParity, TheOtherActivationIsAnotherModel) {
  const fs::path figures = reference_figures();
  if (figures.empty()) GTEST_SKIP() << "no reference figures";
  const auto expected = read_safetensors(figures / "clip/expected.safetensors").tensors;
  EXPECT_LT(lowest_cosine(matrix_of(expected.at("text_embeds")),
                          matrix_of(expected.at("text_embeds_gelu"))),
            0.9999)
      << "the tolerance of the parity test could not tell the activations apart";
}

struct DinoCase {
  const char* checkpoint;
  Precision precision;
  double tolerance;
};

class DinoParity : public testing::TestWithParam<DinoCase> {};

TEST_P(DinoParity, TokensAndKeysAtThreeSizes) {
  const fs::path figures = reference_figures();
  if (figures.empty()) GTEST_SKIP() << "no reference figures";
  const fs::path folder = figures / "dino";
  const auto expected = read_safetensors(folder / "expected.safetensors").tensors;
  const auto& [checkpoint, precision, tolerance] = GetParam();
  const fs::path model = import(folder / checkpoint, {"--heads", "3"});
  for (const std::string size : {"64x64", "96x72", "40x56"}) {
    const auto features = features_of(model, precision, expected.at("input_" + size));
    EXPECT_GE(lowest_token_cosine(features.tokens, expected.at("tokens_" + size)), tolerance)
        << size;
    EXPECT_GE(lowest_token_cosine(features.keys, expected.at("keys_" + size)), tolerance) << size;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, DinoParity,
    testing::Values(DinoCase{"dino_state_dict.pth", Precision::fp32, 0.9999},
                    DinoCase{"dino_full_checkpoint.pth", Precision::fp32, 0.9999},
                    DinoCase{"dino_state_dict_legacy.pth", Precision::fp32, 0.9999},
                    DinoCase{"dino_state_dict.pth", Precision::bf16, 0.999}),
    [](const auto& its) { return case_name(its.param.checkpoint, its.param); });

}  // namespace
}  // namespace skyglot::testing_support
