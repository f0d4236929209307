// SPDX-License-Identifier: Apache-2.0
// How pictures are prepared, by what lies beside the weights. The values are those of the makers:
// timm resizes to floor(side / crop_pct), transformers by size, crop_size and resample (2 bilinear,
// 3 bicubic), DINO evaluates on the middle 224 of 256 pixels.
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
using testing::HasSubstr;
using namespace weights_testing;

// 224 pixels in patches of 14: also what DINOv2 is given.
ModelConfig vit_224() {
  ModelConfig config;
  config.kind = ModelKind::vit;
  config.vision.transformer = {64, 1, 1, 256};
  config.vision.patch_size = 14;
  config.vision.image_size = 224;
  config.embedding_width = 64;
  return config;
}

void beside(const char* name, const std::string& json) {
  write_file_atomically(test_path(name), json);
}

ModelConfig imported(const fs::path& path, const ModelImportOptions& options = {}) {
  return import_checkpoint(path, options).model.config;
}

TensorMap with_classifier() {
  TensorMap tensors = random_model(vit_224()).weights;
  tensors["head.weight"] = make_tensor(std::vector<float>(128), {2, 64});
  return tensors;
}

TEST(Preparation, FollowsTheCropShareOfTimm) {
  const fs::path path = written(with_classifier(), "model.safetensors");
  beside("config.json", R"({"pretrained_cfg":{"input_size":[3,224,224],"crop_pct":0.875,
      "interpolation":"bilinear","crop_mode":"center","mean":[0.5,0.5,0.5],"std":[0.5,0.5,0.5]}})");
  const ModelConfig config = imported(path);
  EXPECT_EQ(config.picture_side(), 224);
  EXPECT_EQ(config.resize_side(), 256);
  EXPECT_EQ(config.preprocess.interpolation, Interpolation::bilinear);
  EXPECT_EQ(config.preprocess.resize, ResizeMode::shortest);
  EXPECT_EQ(config.preprocess.crop_centre, CropCentre::rounded);
  beside("config.json", R"({"pretrained_cfg":{"input_size":[3,224,224],"crop_pct":0.95,
      "interpolation":"bicubic","crop_mode":"squash"}})");
  EXPECT_EQ(imported(path).resize_side(), 235);
  EXPECT_EQ(imported(path).preprocess.resize, ResizeMode::squash);
}

TEST(Preparation, WithoutAConfigurationDoesAsTheFamily) {
  EXPECT_EQ(imported(written(with_classifier(), "timm.safetensors")).resize_side(), 248);
  EXPECT_EQ(imported(written(random_model(vit_224()).weights, "dino.safetensors")).resize_side(),
            256);
  ModelConfig dino_2 = vit_224();
  dino_2.vision.image_size = 518;
  dino_2.vision.layer_scale = true;
  const fs::path path = written(random_model(dino_2).weights, "dinov2.safetensors");
  EXPECT_EQ(imported(path).picture_side(), 224);
  EXPECT_EQ(imported(path).resize_side(), 256);
  EXPECT_EQ(imported(path).vision.image_size, 518);
  ModelImportOptions options;
  options.side = 518;
  EXPECT_EQ(imported(path, options).picture_side(), 518);
  EXPECT_EQ(imported(path, options).resize_side(), 592);
  options.resize_side = 518;
  EXPECT_EQ(imported(path, options).resize_side(), 518);
  options.resize_side = 500;
  EXPECT_THAT(refusal([&] { return imported(path, options); }), HasSubstr("--resize-side"));
  options = {};
  options.side = 500;
  EXPECT_THAT(refusal([&] { return imported(path, options); }), HasSubstr("patches of 14"));
}

TEST(Preparation, FollowsTheImageProcessorOfTransformers) {
  const fs::path path = written(random_model(vit_224()).weights, "model.safetensors");
  beside("config.json", R"({"model_type":"dinov2","num_attention_heads":1})");
  beside("preprocessor_config.json", R"({"do_center_crop":true,"do_resize":true,"resample":3,
      "crop_size":{"height":224,"width":224},"size":{"shortest_edge":256}})");
  ModelConfig config = imported(path);
  EXPECT_EQ(config.picture_side(), 224);
  EXPECT_EQ(config.resize_side(), 256);
  EXPECT_EQ(config.preprocess.crop_centre, CropCentre::floored);
  EXPECT_EQ(config.preprocess.interpolation, Interpolation::bicubic);
  EXPECT_EQ(config.vision.position_resize, PositionResize::dino);
  beside("preprocessor_config.json",
         R"({"image_processor_type":"ViTImageProcessor","size":{"height":224,"width":224},
             "do_normalize":false})");
  config = imported(path);
  EXPECT_EQ(config.preprocess.resize, ResizeMode::squash);
  EXPECT_EQ(config.resize_side(), 224);
  EXPECT_EQ(config.preprocess.interpolation, Interpolation::bilinear);
  EXPECT_EQ(config.preprocess.std[0], 1.0F);
  EXPECT_EQ(config.preprocess.mean[0], 0.0F);
}

TEST(Preparation, RefusesWhatItCannotFollowUntilAnOptionSettlesIt) {
  const fs::path path = written(random_model(vit_224()).weights, "model.safetensors");
  beside("config.json", R"({"num_attention_heads":1})");
  const auto said = [&](const std::string& json, const ModelImportOptions& options = {}) {
    beside("preprocessor_config.json", json);
    return refusal([&] { return imported(path, options); });
  };
  EXPECT_THAT(said(R"({"size":{"longest_edge":224,"shortest_edge":224}})"), HasSubstr("--resize"));
  EXPECT_THAT(said(R"({"size":{"height":224,"width":448}})"), HasSubstr("--resize"));
  EXPECT_THAT(said(R"({"size":256,"do_center_crop":true,"crop_size":384})"),
              HasSubstr("crop_size"));
  EXPECT_THAT(said(R"({"size":224,"do_resize":false})"), HasSubstr("do_resize"));
  EXPECT_THAT(said(R"({"size":224,"do_rescale":false})"), HasSubstr("do_rescale"));
  EXPECT_THAT(said(R"({"size":224,"resample":1})"), HasSubstr("--interpolation"));
  ModelImportOptions options;
  options.interpolation = Interpolation::bicubic;
  EXPECT_EQ(said(R"({"size":224,"resample":1})", options), "accepted");
}

TEST(Preparation, PositionsAreResizedAsTheFamilyDoes) {
  EXPECT_EQ(imported(written(with_classifier())).vision.position_resize,
            PositionResize::antialiased);
  EXPECT_EQ(imported(written(random_model(vit_224()).weights)).vision.position_resize,
            PositionResize::dino);
  ModelConfig registers = vit_224();
  registers.vision.register_tokens = 4;
  EXPECT_EQ(imported(written(random_model(registers).weights)).vision.position_resize,
            PositionResize::antialiased);
}

TEST(Preparation, MetadataOfOthersIsNoHindrance) {
  const TensorMap tensors = random_model(vit_224()).weights;
  const auto with = [&](const std::string& mean, const std::string& std) {
    write_safetensors(test_path("x.safetensors"), tensors, {{"mean", mean}, {"std", std}});
    return imported(test_path("x.safetensors")).preprocess.mean[0];
  };
  EXPECT_EQ(with("0.25,0.5,0.5", "0.5,0.5,0.5"), 0.25F);
  EXPECT_EQ(with("[0.25, 0.5, 0.5]", "(0.5, 0.5, 0.5)"), 0.25F);
  EXPECT_EQ(with("IMAGENET_DEFAULT_MEAN", "see the card"), 0.485F);
  EXPECT_EQ(with("0.25,0.5,0.5", "0,0,0"), 0.485F);
}

TEST(Preparation, OpenClipSaysHowAndOnWhat) {
  const fs::path path = written(random_model(small_clip()).weights, "open_clip_model.safetensors");
  beside("open_clip_config.json", R"({"model_cfg":{"embed_dim":12},
      "preprocess_cfg":{"size":8,"interpolation":"bilinear","resize_mode":"shortest"}})");
  EXPECT_EQ(imported(path).preprocess.interpolation, Interpolation::bilinear);
  EXPECT_EQ(imported(path).picture_side(), 8);
  beside("open_clip_config.json", R"({"model_cfg":{"embed_dim":12},
      "preprocess_cfg":{"size":[8,8],"interpolation":"random","resize_mode":"longest"}})");
  EXPECT_THAT(refusal([&] { return imported(path); }), HasSubstr("resize_mode longest"));
}

}  // namespace
}  // namespace skyglot
