// SPDX-License-Identifier: Apache-2.0
#include "weights/model_folder.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "weights/weights_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using weights_testing::random_model;
using weights_testing::small_clip;
using weights_testing::test_path;

std::string refusal(const fs::path& folder) {
  try {
    (void)load_model_folder(folder);
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

template <typename Change>
ModelConfig changed_clip(const Change& change) {
  ModelConfig config = small_clip();
  change(config);
  return config;
}

void change_config(const fs::path& folder, const std::string& from, const std::string& to) {
  const std::string text = read_file(folder / "config.json");
  ASSERT_THAT(text, HasSubstr(from));
  write_file_atomically(folder / "config.json", replace_all(text, from, to));
}

TEST(ModelFolderTest, GivesBackWhatWasSaved) {
  const StoredModel model = random_model(small_clip());
  save_model_folder(test_path(), model);
  const StoredModel back = load_model_folder(test_path());
  EXPECT_EQ(back.config.text->transformer.activation, Activation::quick_gelu);
  EXPECT_EQ(back.config.text->vocabulary, 20);
  EXPECT_EQ(back.config.preprocess.mean, model.config.preprocess.mean);
  EXPECT_EQ(back.config.weights_sha256.size(), 64U);
  ASSERT_EQ(back.weights.size(), model.weights.size());
  for (const auto& [name, tensor] : model.weights)
    EXPECT_EQ(to_floats(back.weights.at(name)), to_floats(tensor)) << name;
}

// As version 0.1.0 before schema 2 wrote them.
TEST(ModelFolderTest, OldFoldersStillOpen) {
  save_model_folder(test_path(), random_model(small_clip()));
  auto json = nlohmann::ordered_json::parse(read_file(test_path() / "config.json"));
  json["schema"] = 1;
  json["layer_norm_epsilon"] = 1e-4;
  for (const char* tower : {"vision", "text"})
    for (const char* key : {"norm_order", "causal"}) json[tower].erase(key);
  json["text"].erase("pooling");
  for (const char* key : {"side", "resize_side", "interpolation", "crop_centre"})
    json["preprocess"].erase(key);
  write_file_atomically(test_path() / "config.json", json_text(json));
  const ModelConfig config = load_model_folder(test_path()).config;
  EXPECT_EQ(config.vision.transformer.activation, Activation::quick_gelu);
  EXPECT_EQ(config.text->transformer.layer_norm_epsilon, 1e-4);
  EXPECT_TRUE(config.text->causal);
  EXPECT_EQ(config.resize_side(), config.vision.image_size);
}

TEST(ModelFolderTest, EachTowerKeepsItsOwnSettings) {
  StoredModel model = random_model(small_clip());
  model.config.text->transformer.activation = Activation::gelu;
  model.config.text->transformer.layer_norm_epsilon = 1e-12;
  model.config.text->transformer.norm_order = NormOrder::post;
  model.config.text->pooling = TextPooling::mean;
  model.config.text->causal = false;
  model.config.preprocess.resize_side = 20;
  model.config.preprocess.interpolation = Interpolation::bilinear;
  model.config.preprocess.crop_centre = CropCentre::floored;
  save_model_folder(test_path(), model);
  const ModelConfig back = load_model_folder(test_path()).config;
  EXPECT_EQ(to_json(back), [&] {
    ModelConfig expected = model.config;
    expected.weights_sha256 = back.weights_sha256;
    return to_json(expected);
  }());
  EXPECT_EQ(back.vision.transformer.norm_order, NormOrder::pre);
  EXPECT_EQ(back.text->pooling, TextPooling::mean);
}

TEST(ModelFolderTest, KeepsAVocabularyOfWordPieces) {
  StoredModel model = random_model(changed_clip([](ModelConfig& config) {
    config.text->tokens = TokenScheme::word_pieces;
    config.text->first_norm = true;
    config.text->last_norm = false;
    config.vision.first_norm = false;
    config.vision.patch_bias = true;
  }));
  model.vocabulary = "[PAD]\n[UNK]\n[CLS]\nroad\n[SEP]\n";
  save_model_folder(test_path(), model);
  const StoredModel back = load_model_folder(test_path());
  EXPECT_EQ(back.vocabulary, model.vocabulary);
  EXPECT_EQ(back.config.text->tokens, TokenScheme::word_pieces);
  EXPECT_TRUE(back.weights.contains("ln_embedding.bias"));
  EXPECT_FALSE(back.weights.contains("ln_final.bias"));
  EXPECT_TRUE(back.weights.contains("visual.conv1.bias"));
  EXPECT_FALSE(back.weights.contains("visual.ln_pre.bias"));
  write_file_atomically(test_path() / "vocabulary.txt", "[PAD]\n[UNK]\n[CLS]\nrail\n[SEP]\n");
  EXPECT_THAT(refusal(test_path()), HasSubstr("vocabulary.txt: its SHA-256"));
}

// As this schema's first folders, which had neither key.
TEST(ModelFolderTest, FoldersWithoutBandsAreOfThree) {
  save_model_folder(test_path(), random_model(small_clip()));
  auto json = nlohmann::ordered_json::parse(read_file(test_path() / "config.json"));
  EXPECT_EQ(json["vision"].erase("bands"), 1U);
  EXPECT_EQ(json["text"].erase("sees_padding"), 1U);
  write_file_atomically(test_path() / "config.json", json_text(json));
  const ModelConfig config = load_model_folder(test_path()).config;
  EXPECT_EQ(config.vision.bands, 3);
  EXPECT_FALSE(config.text->sees_padding);
}

TEST(ModelFolderTest, KeepsAnyNumberOfBands) {
  ModelConfig config = small_clip();
  config.vision.bands = 5;
  config.preprocess.mean = {0.1F, 0.2F, 0.3F, 0.4F, 0.5F};
  config.preprocess.std = {1, 2, 3, 4, 5};
  save_model_folder(test_path(), random_model(config));
  const StoredModel back = load_model_folder(test_path());
  EXPECT_THAT(back.weights.at("visual.conv1.weight").shape, testing::ElementsAre(64, 5, 4, 4));
  EXPECT_EQ(back.config.preprocess.std, config.preprocess.std);
  change_config(test_path(), R"("bands": 5)", R"("bands": 4)");
  EXPECT_THAT(refusal(test_path()), HasSubstr("\"mean\" must be 4 numbers"));
}

TEST(ModelFolderTest, NumbersOfTheConfigurationAreShort) {
  EXPECT_THAT(json_text(to_json(small_clip())), HasSubstr("[0.48145467,0.4578275,0.40821072]"));
}

TEST(ModelFolderTest, CallsForTheTensorsOfAnImageTowerAlone) {
  ModelConfig config;
  config.kind = ModelKind::vit;
  config.vision.transformer = {384, 12, 6, 1536};
  config.vision.patch_size = 8;
  config.vision.image_size = 224;
  config.embedding_width = 384;
  std::map<std::string, std::vector<std::int64_t>> shapes;
  for (const ModelTensor& tensor : model_tensors(config)) shapes[tensor.name] = tensor.shape;
  EXPECT_EQ(shapes.size(), 150U);  // as DINO's dino_deitsmall8_pretrain.pth
  EXPECT_THAT(shapes.at("pos_embed"), testing::ElementsAre(1, 785, 384));
  EXPECT_THAT(shapes.at("blocks.11.attn.qkv.weight"), testing::ElementsAre(1152, 384));
}

TEST(ModelFolderTest, RefusesAFolderThatIsNone) {
  EXPECT_THAT(refusal("/nowhere"), HasSubstr("model import"));
  make_folder(test_path());
  write_file_atomically(test_path() / "model.safetensors", "");
  write_file_atomically(test_path() / "config.json", R"({"hidden_act":"gelu"})");
  EXPECT_THAT(refusal(test_path()), HasSubstr("model import"));
  write_file_atomically(test_path() / "config.json", "{");
  EXPECT_THAT(refusal(test_path()), HasSubstr("damaged"));
}

TEST(ModelFolderTest, NoticesChangedWeights) {
  save_model_folder(test_path(), random_model(small_clip()));
  std::string bytes = read_file(test_path() / "model.safetensors");
  bytes.back() ^= 1;
  write_file_atomically(test_path() / "model.safetensors", bytes);
  EXPECT_THAT(refusal(test_path()), HasSubstr("SHA-256"));
  EXPECT_NO_THROW((void)load_model_folder(test_path(), false));
}

TEST(ModelFolderTest, NoticesAConfigurationThatDoesNotFit) {
  save_model_folder(test_path(), random_model(small_clip()));
  const std::string good = read_file(test_path() / "config.json");
  change_config(test_path(), R"("embedding_width": 12)", R"("embedding_width": 13)");
  EXPECT_THAT(refusal(test_path()), HasSubstr("visual.proj is 64 x 12"));
  write_file_atomically(test_path() / "config.json", good);
  change_config(test_path(), R"("layers": 2)", R"("layers": 3)");
  EXPECT_THAT(refusal(test_path()), HasSubstr("12 tensors are missing"));
  write_file_atomically(test_path() / "config.json", good);
  change_config(test_path(), R"("layers": 2)", R"("layers": 1)");
  EXPECT_THAT(refusal(test_path()), HasSubstr("12 tensors belong to no part"));
}

TEST(ModelFolderTest, NamesTheKeyOfADamagedConfiguration) {
  save_model_folder(test_path(), random_model(small_clip()));
  const std::string good = read_file(test_path() / "config.json");
  const std::vector<std::pair<std::string, std::string>> changes{
      {R"("patch_size": 4)", R"("patch_size": 0)"},
      {R"("width": 64)", R"("width": 99999999999999999999)"},
      {R"("heads": 1)", R"("heads": 3)"},
      {R"("quick_gelu")", R"("relu")"},
      {R"("vocabulary")", R"("vocabulry")"}};
  for (const auto& [from, to] : changes) {
    write_file_atomically(test_path() / "config.json", good);
    change_config(test_path(), from, to);
    EXPECT_THAT(refusal(test_path()), HasSubstr(from.substr(1, from.find('"', 1) - 1)));
  }
}

TEST(ModelFolderTest, SavesNoNonsense) {
  StoredModel model = random_model(small_clip());
  model.weights["logit_scale"] = make_tensor({{std::numeric_limits<float>::quiet_NaN()}}, {});
  EXPECT_THROW(save_model_folder(test_path(), model), Error);
  EXPECT_FALSE(fs::exists(test_path() / "model.safetensors"));
}

TEST(ModelFolderTest, AModelThatComesWithSkyglotGoesByItsName) {
  const fs::path data = test_path("data");
  save_model_folder(data / "models" / "tiny", random_model(small_clip()));
  setenv("SKYGLOT_DATA", data.c_str(), 1);
  EXPECT_EQ(model_folder_of("tiny"), data / "models" / "tiny");
  EXPECT_NO_THROW((void)load_model_folder("tiny"));
  EXPECT_EQ(model_folder_of("./tiny"), "./tiny");
  EXPECT_EQ(model_folder_of("none"), "none");
  unsetenv("SKYGLOT_DATA");
  EXPECT_THAT(refusal("tiny"), HasSubstr("tiny is not a model folder"));
}

}  // namespace
}  // namespace skyglot
