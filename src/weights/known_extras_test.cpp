// SPDX-License-Identifier: Apache-2.0
// Parts of a checkpoint that would change its vectors: understood, or refused.
#include "weights/known_extras.hpp"

#include "base/atomic_file.hpp"
#include "base/strings.hpp"
#include "weights/import.hpp"
#include "weights/safetensors.hpp"
#include "weights/weights_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace weights_testing;

std::string refused(const TensorMap& tensors, const ModelImportOptions& options = quick()) {
  return refusal([&] { return import_checkpoint(written(tensors), options); });
}

TensorView row(std::int64_t length, float value) {
  return make_tensor(std::vector<float>(static_cast<std::size_t>(length), value), {length});
}

TEST(KnownExtras, LayerScaleOfOpenClipIsFoldedIn) {
  const StoredModel model = random_model(small_clip());
  TensorMap theirs = model.weights;
  theirs["visual.transformer.resblocks.1.ls_1.gamma"] = row(64, 0.5F);
  theirs["transformer.resblocks.0.ls_2.gamma"] = row(64, -2.0F);
  const ImportResult result = import_checkpoint(written(theirs), quick());
  const auto ratio = [&](const std::string& name) {
    return to_floats(result.model.weights.at(name))[7] / to_floats(model.weights.at(name))[7];
  };
  EXPECT_FLOAT_EQ(ratio("visual.transformer.resblocks.1.attn.out_proj.weight"), 0.5F);
  EXPECT_FLOAT_EQ(ratio("visual.transformer.resblocks.1.attn.out_proj.bias"), 0.5F);
  EXPECT_FLOAT_EQ(ratio("visual.transformer.resblocks.0.attn.out_proj.weight"), 1.0F);
  EXPECT_FLOAT_EQ(ratio("transformer.resblocks.0.mlp.c_proj.weight"), -2.0F);
  EXPECT_THAT(result.ignored, testing::IsEmpty());
}

TEST(KnownExtras, WhatIsNotUnderstoodIsRefused) {
  TensorMap longer = random_model(small_clip()).weights;
  longer["positional_embedding_res"] = make_tensor(std::vector<float>(320), {5, 64});
  EXPECT_THAT(refused(longer),
              AllOf(HasSubstr("positional_embedding_res"), HasSubstr("Long-CLIP")));
  TensorMap adapted = random_model(small_vit()).weights;
  adapted["blocks.0.attn.qkv.lora_A.weight"] = make_tensor(std::vector<float>(128), {2, 64});
  EXPECT_THAT(refused(adapted), AllOf(HasSubstr("lora_A"), HasSubstr("merge them first")));
  TensorMap relative = random_model(small_vit()).weights;
  for (int i = 0; i < 990; ++i) relative["blocks.0.attn.bias_" + std::to_string(i)] = row(1, 0);
  const std::string message = refused(relative);
  EXPECT_THAT(message, HasSubstr("990 tensors"));
  EXPECT_LT(message.size(), 600U) << "no message lists them all";
}

TEST(KnownExtras, WhatTheVectorsDoNotDependOnIsIgnored) {
  TensorMap theirs;
  for (const auto& [name, tensor] : random_model(small_vit()).weights)
    theirs["backbone." + name] = tensor;
  for (const char* name : {"backbone.mask_token", "backbone.decoder_blocks.0.norm1.weight",
                           "backbone.head.mlp.0.weight", "probe.weight"})
    theirs[name] = row(4, 0);
  const ImportResult result = import_checkpoint(written(theirs), {});
  EXPECT_THAT(result.ignored,
              ElementsAre("backbone.decoder_blocks.0.norm1.weight", "backbone.head.mlp.0.weight",
                          "backbone.mask_token", "probe.weight"));
}

TEST(KnownExtras, WhatTheUserNamesIsIgnored) {
  TensorMap theirs = random_model(small_vit()).weights;
  theirs["meter.count"] = theirs["meter.sum"] = row(1, 0);
  EXPECT_THAT(refused(theirs), HasSubstr("--ignore"));
  ModelImportOptions options;
  options.ignore = {"meter.*"};
  EXPECT_THAT(import_checkpoint(written(theirs), options).ignored, Contains("meter.sum"));
}

TEST(KnownExtras, OpenClipsConfigurationIsFollowedOrRefused) {
  const fs::path path = written(random_model(small_clip()).weights, "open_clip_model.safetensors");
  const auto config = [&](const std::string& vision, const std::string& text) {
    write_file_atomically(path.parent_path() / "open_clip_config.json",
                          R"({"model_cfg":{"vision_cfg":{"width":64)" + vision +
                              R"(},"text_cfg":{"width":64)" + text + "}}}");
    return import_checkpoint(path, {}).model.config;
  };
  EXPECT_EQ(config("", "").text->transformer.heads, 8) << "open_clip's default";
  EXPECT_EQ(config(R"(,"head_width":16)", "").vision.transformer.heads, 4);
  EXPECT_EQ(config("", R"(,"heads":2)").text->transformer.heads, 2);
  EXPECT_EQ(config(R"(,"global_average_pool":true)", "").vision.pooling, Pooling::mean);
  EXPECT_EQ(config("", R"(,"pool_type":"first")").text->pooling, TextPooling::first);
  EXPECT_EQ(config("", "").vision.pooling, Pooling::cls);
  EXPECT_EQ(config("", "").text->pooling, TextPooling::end);
  EXPECT_TRUE(config("", "").text->causal);
  EXPECT_FALSE(config("", R"(,"no_causal_mask":true)").text->causal);
  EXPECT_TRUE(config("", R"(,"no_causal_mask":true)").text->sees_padding);
  EXPECT_EQ(config(R"(,"norm_kwargs":{"eps":1e-6})", "").vision.transformer.layer_norm_epsilon,
            1e-6);
  EXPECT_EQ(config(R"(,"norm_kwargs":{"eps":1e-6})", "").text->transformer.layer_norm_epsilon,
            1e-5);
  for (const auto& [vision, text] :
       std::vector<std::pair<std::string, std::string>>{{R"(,"pool_type":"none")", ""},
                                                        {R"(,"no_ln_pre":true)", ""},
                                                        {R"(,"pos_embed_type":"sin_cos_2d")", ""},
                                                        {"", R"(,"pool_type":"last")"},
                                                        {"", R"(,"hf_model_name":"roberta-base")"}})
    EXPECT_THAT(refusal([&] { return config(vision, text); }), HasSubstr("open_clip_config.json"))
        << vision << text;
}

TEST(KnownExtras, TransformersKeepsSettingsOfEachTower) {
  TensorMap plain = random_model(small_vit()).weights;
  const fs::path path = written(plain, "model.safetensors");
  write_file_atomically(path.parent_path() / "config.json",
                        R"({"hidden_act":"relu","num_attention_heads":2})");
  EXPECT_THAT(refusal([&] { return import_checkpoint(path, {}); }), HasSubstr("--activation"));
}

TEST(KnownExtras, HeadsThatTheWidthDoesNotTell) {
  ModelConfig config = small_vit();
  config.vision.transformer = {1280, 32, 16, 5120};
  NamedTensors named;
  named.family = NameFamily::timm;
  for (const ModelTensor& tensor : model_tensors(config))
    named.tensors[tensor.name] = {ElementType::f32, tensor.shape, {}, nullptr};
  EXPECT_EQ(infer_config(named, {}, "MAE").config.vision.transformer.heads, 16);
  EXPECT_FALSE(infer_config(named, {}, "MAE").heads_guessed);
  const ImportResult guessed = import_checkpoint(written(random_model(small_vit()).weights), {});
  EXPECT_THAT(guessed.heads_source, AllOf(HasSubstr("guess"), HasSubstr("--heads")));
}

TEST(KnownExtras, DinosOwnTrainingCheckpointIsRead) {
  const StoredModel model = random_model(small_vit());
  TensorMap theirs;
  for (const auto& [name, tensor] : model.weights) {
    const std::string chunked =
        replace_all(replace_all(name, "blocks.0.", "blocks.0.0."), "blocks.1.", "blocks.1.1.");
    theirs["teacher.backbone." + chunked] = tensor;
    theirs["student.backbone." + chunked] = make_tensor(to_floats(tensor), tensor.shape);
  }
  theirs["teacher.dino_head.mlp.0.weight"] = row(4, 0);
  const ImportResult result = import_checkpoint(written(theirs), {});
  EXPECT_EQ(result.prefix, "teacher.backbone.");
  require_complete(result, "dinov2");
  EXPECT_EQ(to_floats(result.model.weights.at("blocks.1.mlp.fc1.bias")),
            to_floats(model.weights.at("blocks.1.mlp.fc1.bias")));
}

TEST(KnownExtras, ATimmTowerInsideOpenClipIsNotHalfLoaded) {
  TensorMap theirs;
  for (const auto& [name, tensor] : random_model(small_vit()).weights)
    theirs["visual.trunk." + name] = tensor;
  theirs["visual.head.proj.weight"] = row(4, 0);
  EXPECT_THAT(refused(theirs, {}), HasSubstr("--prefix visual.trunk."));
  ModelImportOptions options;
  options.prefix = "visual.trunk.";
  require_complete(import_checkpoint(written(theirs), options), "trunk");
}

// A module tree of TorchScript whose activation is of the class `activation`.
std::string scripted(const TensorMap& tensors, const std::string& activation) {
  std::map<std::string, std::string> storages;
  std::string opcodes = "c__torch__.model\nNet\n)\x81}(";
  for (const auto& [name, tensor] : tensors) {
    const std::string key = std::to_string(storages.size());
    storages[key] = {reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size()};
    std::vector<std::int64_t> strides(tensor.shape.size(), 1);
    for (std::size_t i = strides.size(); i > 1; --i)
      strides[i - 2] = strides[i - 1] * tensor.shape[i - 1];
    opcodes += text_opcodes(name) +
               tensor_opcodes({key, tensor.element_count(), 0, tensor.shape, strides});
  }
  opcodes += text_opcodes("act") + "c__torch__.model\n" + activation + "\n)\x81" + "ub";
  std::map<std::string, std::string> entries{{"archive/data.pkl", pickle_of(opcodes)},
                                             {"archive/constants.pkl", pickle_of(")")}};
  for (const auto& [key, bytes] : storages) entries["archive/data/" + key] = bytes;
  return stored_zip(entries);
}

TEST(KnownExtras, ATorchScriptArchiveIsClipsOnlyIfItsClassesSaySo) {
  const TensorMap clip = random_model(small_clip()).weights;
  write_file_atomically(test_path("quick.pt"), scripted(clip, "QuickGELU"));
  const ImportResult quick_one = import_checkpoint(test_path("quick.pt"), {});
  EXPECT_EQ(quick_one.model.config.vision.transformer.activation, Activation::quick_gelu);
  EXPECT_EQ(quick_one.container, "TorchScript");
  write_file_atomically(test_path("exact.pt"), scripted(clip, "GELU"));
  EXPECT_THAT(refusal([] { return import_checkpoint(test_path("exact.pt"), {}); }),
              HasSubstr("--activation"));
  write_file_atomically(test_path("dino.pt"), scripted(random_model(small_vit()).weights, "GELU"));
  const ModelConfig dino = import_checkpoint(test_path("dino.pt"), {}).model.config;
  EXPECT_EQ(dino.vision.transformer.activation, Activation::gelu);
  EXPECT_EQ(dino.preprocess.mean[0], 0.485F);
}

}  // namespace
}  // namespace skyglot
