// SPDX-License-Identifier: Apache-2.0
#include "weights/import.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/strings.hpp"
#include "tests/support/shared_data.hpp"
#include "weights/catalogue.hpp"
#include "weights/safetensors.hpp"
#include "weights/weights_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using namespace weights_testing;

// Rows [begin, end) thirds of a tensor, as Hugging Face keeps q, k and v.
TensorView third(const TensorView& fused, std::size_t part) {
  const std::vector<float> all = to_floats(fused);
  const std::size_t size = all.size() / 3;
  std::vector<std::int64_t> shape = fused.shape;
  shape[0] /= 3;
  return make_tensor(std::span(all).subspan(part * size, size), shape);
}

TensorView transposed(const TensorView& tensor) {
  const std::vector<float> from = to_floats(tensor);
  const auto rows = static_cast<std::size_t>(tensor.shape[0]);
  const auto cols = static_cast<std::size_t>(tensor.shape[1]);
  std::vector<float> to(from.size());
  for (std::size_t i = 0; i < from.size(); ++i) to[i % cols * rows + i / cols] = from[i];
  return make_tensor(to, {tensor.shape[1], tensor.shape[0]});
}

using Renames = std::vector<std::pair<std::string, std::string>>;

std::string renamed(std::string name, const Renames& renames) {
  for (const auto& [from, to] : renames) name = replace_all(name, from, to);
  return name;
}

void add_thirds(TensorMap& into, const std::string& name, const TensorView& fused,
                const std::string& mark, const std::array<std::string, 3>& names) {
  for (std::size_t part = 0; part < 3; ++part)
    into[replace_all(name, mark, names[part])] = third(fused, part);
}

TensorMap as_hugging_face_clip(const TensorMap& ours) {
  const Renames renames{
      {"visual.transformer.resblocks.", "vision_model.encoder.layers."},
      {"transformer.resblocks.", "text_model.encoder.layers."},
      {"visual.conv1.", "vision_model.embeddings.patch_embedding."},
      {"visual.class_embedding", "vision_model.embeddings.class_embedding"},
      {"visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"},
      {"visual.ln_pre.", "vision_model.pre_layrnorm."},
      {"visual.ln_post.", "vision_model.post_layernorm."},
      {"visual.proj", "visual_projection.weight"},
      {"text_projection", "text_projection.weight"},
      {"ln_final.", "text_model.final_layer_norm."},
      {".ln_1.", ".layer_norm1."},
      {".ln_2.", ".layer_norm2."},
      {".attn.in_proj_", ".self_attn.@_proj."},
      {".attn.", ".self_attn."},
      {".c_fc.", ".fc1."},
      {".c_proj.", ".fc2."}};
  TensorMap theirs;
  for (const auto& [name, tensor] : ours) {
    std::string to = renamed(name, renames);
    if (name == "positional_embedding") to = "text_model.embeddings.position_embedding.weight";
    if (name == "token_embedding.weight") to = "text_model.embeddings.token_embedding.weight";
    if (to.find('@') != std::string::npos)
      add_thirds(theirs, to, tensor, "@", {"q", "k", "v"});
    else
      theirs[to] = name == "visual.proj" || name == "text_projection" ? transposed(tensor) : tensor;
  }
  return theirs;
}

TensorMap as_hugging_face_vit(const TensorMap& ours) {
  const Renames renames{{"patch_embed.proj.", "embeddings.patch_embeddings.projection."},
                        {"cls_token", "embeddings.cls_token"},
                        {"pos_embed", "embeddings.position_embeddings"},
                        {".norm1.", ".layernorm_before."},
                        {".norm2.", ".layernorm_after."},
                        {"norm.", "layernorm."},
                        {".attn.qkv.", ".attention.attention.@."},
                        {".attn.proj.", ".attention.output.dense."},
                        {".mlp.fc1.", ".intermediate.dense."},
                        {".mlp.fc2.", ".output.dense."},
                        {"blocks.", "encoder.layer."}};
  TensorMap theirs;
  for (const auto& [name, tensor] : ours) {
    const std::string to = "vit." + renamed(name, renames);
    if (to.find('@') != std::string::npos)
      add_thirds(theirs, to, tensor, "@", {"query", "key", "value"});
    else
      theirs[to] = tensor;
  }
  return theirs;
}

void expect_same_weights(const TensorMap& found, const TensorMap& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (const auto& [name, tensor] : expected) {
    EXPECT_EQ(found.at(name).shape, tensor.shape) << name;
    EXPECT_EQ(to_floats(found.at(name)), to_floats(tensor)) << name;
  }
}

TEST(ImportTest, ReadsOpenClipNamesUnderAPrefix) {
  const StoredModel model = random_model(small_clip());
  TensorMap theirs{{"module.input_resolution", make_tensor({{8.0F}}, {})},
                   {"other", make_tensor({{1.0F}}, {1})}};
  for (const auto& [name, tensor] : model.weights) theirs["module." + name] = tensor;
  theirs["module.logit_scale"].shape = {1};
  const ImportResult result = import_checkpoint(written(theirs), quick());
  expect_same_weights(result.model.weights, model.weights);
  EXPECT_THAT(result.ignored, ElementsAre("module.input_resolution", "other"));
  EXPECT_EQ(result.prefix, "module.");
  EXPECT_EQ(result.model.config.text->context_length, 5);
  EXPECT_EQ(result.model.config.vision.image_size, 8);
}

TEST(ImportTest, ReadsTheCustomTextVariant) {
  const StoredModel model = random_model(small_clip());
  TensorMap theirs;
  for (const auto& [name, tensor] : model.weights)
    theirs[name.starts_with("visual.") || name == "logit_scale" ? name : "text." + name] = tensor;
  expect_same_weights(import_checkpoint(written(theirs), quick()).model.weights, model.weights);
}

TEST(ImportTest, ReadsHuggingFaceClip) {
  const StoredModel model = random_model(small_clip());
  TensorMap theirs = as_hugging_face_clip(model.weights);
  theirs["text_model.embeddings.position_ids"] = make_tensor({{0.0F, 1.0F}}, {1, 2});
  const ImportResult result = import_checkpoint(written(theirs), quick());
  expect_same_weights(result.model.weights, model.weights);
  EXPECT_THAT(result.ignored, ElementsAre("text_model.embeddings.position_ids"));
}

TEST(ImportTest, ReadsHuggingFaceViT) {
  const StoredModel model = random_model(small_vit());
  TensorMap theirs = as_hugging_face_vit(model.weights);
  theirs["vit.pooler.dense.weight"] = make_tensor({{0.0F}}, {1});
  const ImportResult result = import_checkpoint(written(theirs), {});
  expect_same_weights(result.model.weights, model.weights);
  EXPECT_EQ(result.model.config.vision.transformer.activation, Activation::gelu);
  EXPECT_EQ(result.model.config.vision.transformer.layer_norm_epsilon, 1e-6);
}

TEST(ImportTest, ReadsLightningNamesAndAsksWhichOfSeveralTowers) {
  const StoredModel model = random_model(small_vit());
  TensorMap theirs;
  for (const auto& [name, tensor] : model.weights) theirs["net.model." + name] = tensor;
  expect_same_weights(import_checkpoint(written(theirs), {}).model.weights, model.weights);
  for (const auto& [name, tensor] : model.weights) theirs["ema." + name] = tensor;
  const fs::path both = written(theirs, "both.safetensors");
  EXPECT_THAT(refusal([&] { return import_checkpoint(both, {}); }), HasSubstr("--prefix"));
  ModelImportOptions options;
  options.prefix = "ema.";
  expect_same_weights(import_checkpoint(both, options).model.weights, model.weights);
}

TEST(ImportTest, ReadsLayerScaleAndRegisters) {
  ModelConfig config = small_vit();
  config.vision.layer_scale = true;
  config.vision.register_tokens = 4;
  const StoredModel model = random_model(config);
  TensorMap theirs = model.weights;
  theirs["mask_token"] = make_tensor(std::vector<float>(64), {1, 64});
  const ImportResult result = import_checkpoint(written(theirs), {});
  expect_same_weights(result.model.weights, model.weights);
  EXPECT_THAT(result.ignored, ElementsAre("mask_token"));
}

TEST(ImportTest, TakesAsManyBandsAsThereAre) {
  ModelConfig config = small_vit();
  config.vision.bands = 4;
  const StoredModel model = random_model(config);
  const fs::path path = written(model.weights);
  EXPECT_THAT(refusal([&] { return import_checkpoint(path, {}); }),
              AllOf(HasSubstr("4 bands"), HasSubstr("--normalisation")));
  ModelImportOptions options;
  options.normalisation = parse_normalisation("0.1,0.2,0.3,0.4:1,1,1,0.5");
  const ImportResult result = import_checkpoint(path, options);
  EXPECT_EQ(result.model.config.vision.bands, 4);
  EXPECT_EQ(result.model.config.preprocess.std[3], 0.5F);
  expect_same_weights(result.model.weights, model.weights);
  EXPECT_THROW((void)parse_normalisation("0.1,0.2:1,1,1"), Error);
}

TEST(ImportTest, SaysWhatIsMissing) {
  TensorMap theirs = random_model(small_vit()).weights;
  theirs.erase("norm.weight");
  const ImportResult result = import_checkpoint(written(theirs), {});
  EXPECT_THAT(result.missing, ElementsAre("norm.weight"));
  EXPECT_THAT(refusal([&] {
                require_complete(result, "file");
                return 0;
              }),
              HasSubstr("norm.weight"));
}

TEST(ImportTest, NamesTheForeignCodeThatWouldBeNeeded) {
  const std::string quantised("ctorch._utils\n_rebuild_qtensor\n)R");
  TensorOpcodes patch;
  patch.count = 64 * 3 * 4 * 4;
  write_file_atomically(
      test_path("q.pt"),
      torch_zip(
          pickle_of(dictionary_opcodes({{"norm.weight", quantised}, {"x", tensor_opcodes({})}})),
          {{"0", std::string(24, '\0')}}));
  ImportResult result;
  result.missing = {"norm.weight"};
  result.unreadable = {
      {"norm.weight", open_checkpoint(test_path("q.pt")).unreadable.at("norm.weight")}};
  EXPECT_THAT(refusal([&] {
                require_complete(result, "q.pt");
                return 0;
              }),
              HasSubstr("torch._utils._rebuild_qtensor"));
}

TEST(ImportTest, RefusesWhatItCannotRun) {
  const TensorView one = make_tensor({{1.0F}}, {1});
  EXPECT_THAT(refusal([&] {
                return import_checkpoint(written({{"visual.layer1.0.conv1.weight", one}}), {});
              }),
              HasSubstr("ResNet"));
  EXPECT_THAT(refusal([&] {
                return import_checkpoint(written({{"fc.weight", one}}), {});
              }),
              HasSubstr("no vision transformer"));
  TensorMap swiglu = random_model(small_vit()).weights;
  swiglu["blocks.0.mlp.w12.weight"] = one;
  EXPECT_THAT(refusal([&] { return import_checkpoint(written(swiglu), {}); }), HasSubstr("SwiGLU"));
  TensorMap misshapen = random_model(small_vit()).weights;
  misshapen["blocks.1.attn.qkv.bias"] = one;
  EXPECT_THAT(refusal([&] { return import_checkpoint(written(misshapen), {}); }),
              HasSubstr("blocks.1.attn.qkv.bias"));
}

TEST(ImportTest, AsksForHeadsItCannotKnow) {
  ModelConfig config = small_vit();
  config.vision.transformer.width = config.embedding_width = 96;
  const fs::path path = written(random_model(config).weights);
  EXPECT_THAT(refusal([&] { return import_checkpoint(path, {}); }), HasSubstr("--heads"));
  ModelImportOptions options;
  options.heads.vision = 3;
  EXPECT_EQ(import_checkpoint(path, options).model.config.vision.transformer.heads, 3);
  options.heads.vision = 5;
  EXPECT_THROW((void)import_checkpoint(path, options), Error);
}

TEST(ImportTest, AsksForTheActivationOfAClip) {
  const fs::path path = written(random_model(small_clip()).weights);
  try {
    (void)import_checkpoint(path, {});
    FAIL() << "the activation was guessed";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::usage);
    EXPECT_THAT(error.what(), HasSubstr("--activation quick_gelu"));
  }
}

TEST(ImportTest, TakesTheActivationFromAConfigurationOfHuggingFace) {
  const fs::path path =
      written(as_hugging_face_clip(random_model(small_clip()).weights), "model.safetensors");
  write_file_atomically(
      path.parent_path() / "config.json",
      R"({"vision_config":{"hidden_act":"quick_gelu","num_attention_heads":4,"layer_norm_eps":1e-4},
                            "text_config":{"num_attention_heads":2}})");
  write_file_atomically(path.parent_path() / "preprocessor_config.json",
                        R"({"image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5],
                            "size":{"height":28,"width":28}})");
  const ModelConfig config = import_checkpoint(path.parent_path(), {}).model.config;
  EXPECT_EQ(config.text->transformer.activation, Activation::quick_gelu);
  EXPECT_EQ(config.vision.transformer.heads, 4);
  EXPECT_EQ(config.text->transformer.heads, 2);
  EXPECT_EQ(config.vision.transformer.layer_norm_epsilon, 1e-4);
  EXPECT_EQ(config.preprocess.std[2], 0.5F);
  EXPECT_EQ(config.preprocess.resize, ResizeMode::squash);
}

TEST(ImportTest, TakesTheNormalisationFromAConfigurationOfTimm) {
  const fs::path path = written(random_model(small_vit()).weights, "model.safetensors");
  write_file_atomically(path.parent_path() / "config.json",
                        R"({"pretrained_cfg":{"mean":[0.5,0.5,0.5],"std":[0.25,0.25,0.25]}})");
  const ImportResult result = import_checkpoint(path, {});
  EXPECT_EQ(result.model.config.preprocess.std[0], 0.25F);
  EXPECT_THAT(result.normalisation_source, HasSubstr("config.json"));
}

TEST(ImportTest, AModelFolderIsOneAlready) {
  save_model_folder(test_path("mine"), random_model(small_vit()));
  for (const char* name : {"mine", "mine/model.safetensors"})
    EXPECT_THAT(refusal([&] { return import_checkpoint(test_path(name), {}); }),
                HasSubstr("is a model folder already: give it as --model"));
}

TEST(ImportTest, TakesActivationAndNormalisationFromOpenClipsConfiguration) {
  const fs::path path = written(random_model(small_clip()).weights, "open_clip_model.safetensors");
  write_file_atomically(path.parent_path() / "open_clip_config.json",
                        R"({"model_cfg":{"embed_dim":12},
                            "preprocess_cfg":{"mean":[0.5,0.5,0.5],"std":[0.5,0.5,0.5],
                                              "resize_mode":"squash"}})");
  const ImportResult result = import_checkpoint(path, {});
  EXPECT_EQ(result.model.config.vision.transformer.activation, Activation::gelu);
  EXPECT_THAT(result.activation_source, HasSubstr("open_clip_config.json"));
  EXPECT_EQ(result.model.config.preprocess.resize, ResizeMode::squash);
  EXPECT_THAT(result.resize_source, HasSubstr("open_clip_config.json"));
  ModelImportOptions told;
  told.resize = ResizeMode::tile;
  EXPECT_EQ(import_checkpoint(path, told).model.config.preprocess.resize, ResizeMode::tile);
  EXPECT_EQ(result.model.config.preprocess.mean[0], 0.5F);
}

TEST(ImportTest, AFileNamedAsInTheCatalogueMustBeOfItsArchitecture) {
  const fs::path path = written(random_model(small_clip()).weights, "RemoteCLIP-ViT-L-14.pt");
  EXPECT_THAT(refusal([&] { return import_checkpoint(path, {}); }), HasSubstr("rename the file"));
  // ViT-B-32.pt has a published hash, so its name alone says nothing.
  const fs::path other = written(random_model(small_clip()).weights, "ViT-B-32.pt");
  EXPECT_THAT(refusal([&] { return import_checkpoint(other, {}); }), HasSubstr("--activation"));
}

TEST(ImportTest, HalvesBecomeFloats) {
  TensorMap theirs = random_model(small_vit()).weights;
  const std::vector<std::byte> zeros(2 * 64);
  theirs["norm.weight"] = {ElementType::f16, {64}, zeros, nullptr};
  const ImportResult result = import_checkpoint(written(theirs), {});
  EXPECT_EQ(result.model.weights.at("norm.weight").type, ElementType::f32);
}

TEST(CatalogueTest, EveryRowIsWhole) {
  ASSERT_GT(model_catalogue().size(), 20U);
  for (const CatalogueEntry& entry : model_catalogue()) {
    EXPECT_TRUE(entry.url.starts_with("https://")) << entry.name;
    EXPECT_FALSE(entry.file.empty()) << entry.name;
    EXPECT_TRUE(entry.sha256.empty() || entry.sha256.size() == 64U) << entry.name;
    EXPECT_NO_THROW((void)named_architecture(entry.architecture)) << entry.name;
    EXPECT_FALSE(entry.licence.empty()) << entry.name;
  }
  EXPECT_EQ(
      recognise("x", "b8cca3fd41ae0c99ba7e8951adf17d267cdb84cd88be6f7c2e0eca1737a03836")->name,
      "openai-l14");
  EXPECT_EQ(catalogue_entry("openai-b32").bytes, 353'976'522U);
  EXPECT_EQ(catalogue_entry("openai-b32").size, "354 MB");
  EXPECT_EQ(catalogue_entry("remoteclip-l14").size, "1.71 GB");
  EXPECT_FALSE(catalogue_entry("remoteclip-l14").bytes);
  EXPECT_EQ(catalogue_entry("openai-l14").published_as,
            (std::vector<std::string>{"CLIP-original ViT-L/14", "CLIP ViT-L/14"}));
  EXPECT_EQ(recognise("SkyCLIP_ViT_B32_top50pct.zip", "")->activation, Activation::gelu);
  EXPECT_THAT(refusal([] { return catalogue_entry("skyclip-50-l41"); }),
              HasSubstr("skyclip-50-l14"));
}

TEST(ArchitectureTest, SizesOfTheNamedOnesAreThoseOfTheirPublishedCounts) {
  const auto parameters = [](const char* name) {
    std::int64_t count = 0;
    for (const ModelTensor& tensor : model_tensors(named_architecture(name))) {
      std::int64_t size = 1;
      for (const std::int64_t side : tensor.shape) size *= side;
      count += size;
    }
    return count;
  };
  // Counts that the makers' own implementations print, in millions (open_clip's model_profile.csv;
  // DINO's README).
  EXPECT_EQ(std::llround(static_cast<double>(parameters("ViT-B-32")) / 1e4), 15128);
  EXPECT_EQ(std::llround(static_cast<double>(parameters("ViT-B-16")) / 1e4), 14962);
  EXPECT_EQ(std::llround(static_cast<double>(parameters("ViT-L-14")) / 1e4), 42762);
  EXPECT_EQ(std::llround(static_cast<double>(parameters("ViT-H-14")) / 1e4), 98611);
  EXPECT_EQ(std::llround(static_cast<double>(parameters("ViT-g-14")) / 1e4), 136668);
  EXPECT_EQ(std::llround(static_cast<double>(parameters("ViT-bigG-14")) / 1e4), 253957);
  EXPECT_EQ(parameters("dino_vits16"), 21'665'664);
  EXPECT_EQ(parameters("dino_vitb8"), 85'807'872);
}

// The reference set: the same weights in several containers.

TEST(ImportOfReferenceFiles, ClipIsTheSameInThreeFormats) {
  const fs::path folder = parity_folder();
  if (folder.empty()) GTEST_SKIP() << "no reference files";
  const TensorMap open_clip =
      import_checkpoint(folder / "clip/open_clip_epoch_20.pt", quick()).model.weights;
  expect_same_weights(
      import_checkpoint(folder / "clip/hf_model.safetensors", quick()).model.weights, open_clip);
  const ImportResult script = import_checkpoint(folder / "clip/openai_torchscript_fp16.pt", {});
  EXPECT_EQ(script.model.config.vision.transformer.activation, Activation::quick_gelu);
  ASSERT_EQ(script.model.weights.size(), open_clip.size());
  for (const auto& [name, tensor] : open_clip) {
    const std::vector<float> exact = to_floats(tensor);
    const std::vector<float> half = to_floats(script.model.weights.at(name));
    for (std::size_t i = 0; i < exact.size(); ++i)
      ASSERT_NEAR(half[i], exact[i], std::abs(exact[i]) * 0x1p-11 + 0x1p-25) << name;
  }
}

TEST(ImportOfReferenceFiles, DinoIsTheSameInThreeFormats) {
  const fs::path folder = parity_folder();
  if (folder.empty()) GTEST_SKIP() << "no reference files";
  ModelImportOptions options;
  options.heads.vision = 3;
  const ImportResult plain = import_checkpoint(folder / "dino/dino_state_dict.pth", options);
  require_complete(plain, "dino");
  const ImportResult full = import_checkpoint(folder / "dino/dino_full_checkpoint.pth", options);
  EXPECT_EQ(full.chosen, "teacher");
  expect_same_weights(full.model.weights, plain.model.weights);
  expect_same_weights(
      import_checkpoint(folder / "dino/dino_state_dict_legacy.pth", options).model.weights,
      plain.model.weights);
}

TEST(ImportOfReferenceFiles, ViTTinyInHalfPrecision) {
  const fs::path path =
      testing_support::shared_data("weights/vit_tiny_patch16_224.fp16.safetensors");
  if (path.empty()) GTEST_SKIP() << "the real data is not here";
  const ImportResult result = import_checkpoint(path, {});
  require_complete(result, path);
  EXPECT_EQ(result.model.config.architecture, "vit_tiny_patch16_224");
  EXPECT_EQ(result.model.config.vision.transformer.heads, 3);
  EXPECT_EQ(result.model.config.preprocess.mean[0], 0.5F);
  EXPECT_THAT(result.ignored, ElementsAre("head.bias", "head.weight"));
  EXPECT_FLOAT_EQ(to_floats(result.model.weights.at("blocks.0.attn.proj.bias"))[0], 0.7788086F);
}

}  // namespace
}  // namespace skyglot
