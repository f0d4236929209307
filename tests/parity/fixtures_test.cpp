// SPDX-License-Identifier: Apache-2.0
// Agreement with the original Python implementations on the committed fixtures (make_fixtures.py),
// from checkpoint, picture file and text to pixels, token ids, vectors, patch tokens and keys.
// Bars: pixels and ids equal, cosine 0.9999 in fp32 and 0.999 in bf16.
#include "base/atomic_file.hpp"
#include "embed/embed.hpp"
#include "embed/vectors.hpp"
#include "pictures/decode.hpp"
#include "tests/parity/features.hpp"
#include "tests/parity/figures.hpp"
#include "tokens/tokenizer.hpp"
#include "weights/safetensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;

constexpr double kFp32 = 0.9999;
constexpr double kBf16 = 0.999;

struct Bar {
  Precision precision;
  double cosine;
};
constexpr std::array<Bar, 2> kBars{{{Precision::fp32, kFp32}, {Precision::bf16, kBf16}}};

fs::path fixtures() {
  return unpacked(fs::path(SKYGLOT_SOURCE_DIR) / "tests/parity/fixtures/fixtures.tar.xz",
                  "fixtures");
}

std::vector<std::string> texts() {
  return nlohmann::json::parse(read_file(fixtures() / "texts.json"));
}

TensorMap expected_of(const std::string& folder) {
  return read_safetensors(fixtures() / folder / "expected.safetensors").tensors;
}

// --- what a model folder makes of pictures and texts, as a user asks for it

Matrix embedded(const fs::path& model, const std::vector<std::string>& what, Precision precision) {
  const fs::path output = model.parent_path() / (what.front() + to_string(precision) + ".npy");
  std::vector<std::string> arguments{
      "embed",         "--model",     model.string(),      "--output",
      output.string(), "--precision", to_string(precision)};
  arguments.insert(arguments.end(), what.begin(), what.end());
  const ProgramResult result = run_skyglot(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const RowSource rows = read_embeddings(output).vectors;
  return rows.all();
}

Matrix embedded_pictures(const fs::path& model, Precision precision) {
  return embedded(model, {"--images", (fixtures() / "pictures").string()}, precision);
}

Matrix embedded_texts(const fs::path& model, Precision precision) {
  const fs::path file = model.parent_path() / "texts.txt";
  std::ofstream lines(file);
  for (const std::string& text : texts()) lines << text << '\n';
  lines.close();
  return embedded(model, {"--texts", file.string()}, precision);
}

// --- pixels

std::vector<fs::path> picture_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(fixtures() / "pictures"))
    files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

// Channel values of the picture that are not the reference's.
std::size_t wrong_values(const Picture& picture, std::span<const std::byte> expected) {
  if (picture.pixels.size() != expected.size()) return expected.size();
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < expected.size(); ++i)
    wrong += picture.pixels[i] != std::to_integer<std::uint8_t>(expected[i]) ? 1 : 0;
  return wrong;
}

void expect_pixels(const fs::path& model, const TensorView& expected) {
  const Preparation how = preparation_of(load_model_folder(model).config);
  const std::vector<fs::path> files = picture_files();
  ASSERT_EQ(static_cast<std::size_t>(expected.shape[0]), files.size());
  ASSERT_EQ(expected.type, ElementType::u8);
  const std::size_t length = expected.bytes.size() / files.size();
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Picture picture = decode_picture(read_file(files[i]), files[i].string());
    EXPECT_EQ(wrong_values(prepare_picture(picture, how).at(0),
                           expected.bytes.subspan(i * length, length)),
              0U)
        << files[i];
  }
}

// --- the cases

struct FixtureCase {
  const char* name;
  std::string checkpoint;
  std::vector<std::string> options;
  std::string pixels;
  std::string images;
  std::string texts;  ///< empty: no text tower
};

class FixtureParity : public testing::TestWithParam<FixtureCase> {};

void PrintTo(const FixtureCase& its, std::ostream* out) {
  *out << its.checkpoint;
}

TEST_P(FixtureParity, FromFilesToVectors) {
  const FixtureCase& c = GetParam();
  const TensorMap expected = expected_of(c.checkpoint.substr(0, c.checkpoint.find('/')));
  const fs::path model = import(fixtures() / c.checkpoint, c.options);
  expect_pixels(model, expected.at(c.pixels));
  for (const auto& [precision, bar] : kBars) {
    EXPECT_GE(lowest_cosine(embedded_pictures(model, precision), matrix_of(expected.at(c.images))),
              bar)
        << to_string(precision);
    if (c.texts.empty()) continue;
    EXPECT_GE(lowest_cosine(embedded_texts(model, precision), matrix_of(expected.at(c.texts))), bar)
        << to_string(precision);
  }
}

const std::vector<std::string> kHeads{"--heads", "3", "--text-heads", "2"};

std::vector<std::string> with(std::vector<std::string> options,
                              const std::vector<std::string>& more) {
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

INSTANTIATE_TEST_SUITE_P(
    All, FixtureParity,
    testing::Values(
        FixtureCase{"OpenClipCheckpointQuickGelu", "clip/epoch_2.pt",
                    with(kHeads, {"--activation", "quick_gelu"}), "pixels", "images", "texts"},
        FixtureCase{"OpenClipCheckpointGelu", "clip/epoch_2.pt",
                    with(kHeads, {"--activation", "gelu"}), "pixels", "images_gelu", "texts_gelu"},
        FixtureCase{"OpenClipFolderOfTheHub",
                    "clip/hub/open_clip_model.safetensors",
                    {},
                    "pixels_hub",
                    "images_hub",
                    "texts_gelu"},
        FixtureCase{"HuggingFaceClip", "clip/hf", {}, "pixels_hf", "images_hf", "texts"},
        FixtureCase{"OpenAiArchive", "clip/openai.pt", kHeads, "pixels", "images", "texts"},
        FixtureCase{"Timm", "timm", {"--heads", "2"}, "pixels_32", "images_32", ""},
        FixtureCase{"TimmOfAnotherSide",
                    "timm",
                    {"--heads", "2", "--side", "48"},
                    "pixels_48",
                    "images_48",
                    ""},
        FixtureCase{"HuggingFaceVit", "vit", {}, "pixels_32", "images_32", ""},
        FixtureCase{"HuggingFaceDinov2WithRegisters", "dinov2", {}, "pixels_32", "images_32", ""}),
    [](const auto& its) { return its.param.name; });

TEST(FixtureParity, TokenIdsOfAwkwardTexts) {
  const TensorView expected = expected_of("clip").at("tokens");
  ASSERT_EQ(expected.type, ElementType::i32);
  std::vector<TokenId> ids(static_cast<std::size_t>(expected.element_count()));
  std::memcpy(ids.data(), expected.bytes.data(), expected.bytes.size());
  std::vector<TokenId> ours;
  for (const std::string& text : texts())
    std::ranges::copy(clip_tokenizer().context(text), std::back_inserter(ours));
  EXPECT_EQ(ours, ids);
}

TEST(FixtureParity, TheOtherActivationIsAnotherModel) {
  const TensorMap expected = expected_of("clip");
  for (const std::string name : {"images", "texts"})
    EXPECT_LT(lowest_cosine(matrix_of(expected.at(name)), matrix_of(expected.at(name + "_gelu"))),
              kBf16)
        << "the bars could not tell the activations apart";
}

// --- positions, patch tokens and keys at the tower's own side and at others

void expect_features(const fs::path& model, const TensorMap& expected, const std::string& size) {
  for (const auto& [precision, bar] : kBars) {
    const auto ours = features_of(model, precision, expected.at("input_" + size));
    EXPECT_GE(lowest_token_cosine(ours.tokens, expected.at("tokens_" + size)), bar)
        << size << " " << to_string(precision);
    if (!expected.contains("keys_" + size)) continue;
    EXPECT_GE(lowest_token_cosine(ours.keys, expected.at("keys_" + size)), bar)
        << size << " " << to_string(precision);
  }
}

class DinoFixture : public testing::TestWithParam<const char*> {};

TEST_P(DinoFixture, TokensAndKeysAtThreeSizes) {
  const fs::path model = import(fixtures() / "dino" / GetParam(), {"--heads", "2"});
  for (const char* size : {"32x32", "48x24", "24x56"})
    expect_features(model, expected_of("dino"), size);
}

INSTANTIATE_TEST_SUITE_P(All, DinoFixture,
                         testing::Values("dino_state_dict.pth", "dino_legacy.pth", "dino_full.pth"),
                         [](const auto& its) {
                           const std::string name = its.param;
                           return name.substr(0, name.find('.'));
                         });

TEST(FixtureParity, HuggingFaceTokensOfAnotherSide) {
  for (const char* name : {"vit", "dinov2"})
    expect_features(import(fixtures() / name, {}), expected_of(name), "48");
}

TEST(FixtureParity, StudentAndTeacherAreTwoModels) {
  const fs::path model =
      import(fixtures() / "dino/dino_full.pth", {"--heads", "2", "--take", "student"});
  const TensorMap expected = expected_of("dino");
  const auto student = features_of(model, Precision::fp32, expected.at("input_32x32"));
  EXPECT_LT(lowest_token_cosine(student.tokens, expected.at("tokens_32x32")), kBf16);
}

}  // namespace
}  // namespace skyglot::testing_support
