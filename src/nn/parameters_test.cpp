// SPDX-License-Identifier: Apache-2.0
#include "nn/parameters.hpp"

#include "base/error.hpp"
#include "nn/lively_model.hpp"
#include "nn/small_clip.hpp"
#include "tests/support/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <utility>

namespace skyglot {
namespace {

using testing_support::lively_model;
using testing_support::small_clip;
using testing_support::small_vit;

std::vector<std::string> names_of(const Parameters& parameters) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : parameters.entries()) names.push_back(name);
  return names;
}

TEST(ParametersTest, StandInTheOrderOfTheModelThenHeads) {
  StoredModel model = lively_model(small_vit(), 1);
  model.weights["head.weight"] = make_tensor(std::vector<float>(128), {2, 64});
  model.weights["head.bias"] = make_tensor(std::vector<float>(2), {2});
  std::vector<std::string> expected;
  for (const ModelTensor& tensor : model_tensors(model.config)) expected.push_back(tensor.name);
  expected.insert(expected.end(), {"head.bias", "head.weight"});
  EXPECT_EQ(names_of(Parameters(model)), expected);
}

TEST(ParametersTest, GiveBackWhatTheyWereMadeOf) {
  const StoredModel model = lively_model(small_clip(), 1);
  for (const Parameters& parameters : {Parameters(model), Parameters::view(model)}) {
    const StoredModel back = parameters.stored();
    ASSERT_EQ(back.weights.size(), model.weights.size());
    for (const auto& [name, tensor] : model.weights) {
      EXPECT_EQ(back.weights.at(name).shape, tensor.shape) << name;
      EXPECT_EQ(to_floats(back.weights.at(name)), to_floats(tensor)) << name;
    }
  }
}

TEST(ParametersTest, GoThroughAModelFolder) {
  const std::filesystem::path folder = testing_support::test_folder() / "model";
  Parameters parameters(lively_model(small_vit(), 1));
  parameters.set_head("head.weight", torch::randn({3, 64}));
  parameters.set_head("head.bias", torch::randn({3}));
  {
    const torch::NoGradGuard no_grad;
    parameters.at("cls_token").add_(1);
  }
  save_model_folder(folder, parameters.stored());
  const Parameters back = Parameters::view(load_model_folder(folder));
  ASSERT_EQ(names_of(back), [&] {
    std::vector<std::string> names = names_of(parameters);
    std::swap(names.back(), names[names.size() - 2]);  // heads by name
    return names;
  }());
  for (const auto& [name, tensor] : parameters.entries())
    EXPECT_TRUE(back.at(name).equal(tensor)) << name;
}

TEST(ParametersTest, Int8RowsBecomeTheirValues) {
  StoredModel model = lively_model(small_vit(), 1);
  store_int8_rows(model.weights, "blocks.0.mlp.fc1.weight");
  const Parameters parameters = Parameters::view(model);
  const torch::Tensor weight = parameters.at("blocks.0.mlp.fc1.weight");
  EXPECT_EQ(weight.scalar_type(), torch::kFloat32);
  const std::vector<float> values = stored_floats(model.weights, "blocks.0.mlp.fc1.weight");
  EXPECT_TRUE(weight.flatten().equal(torch::tensor(values)));
  EXPECT_FALSE(parameters.has("blocks.0.mlp.fc1.weight.scale"));
}

TEST(ParametersTest, AViewIsCopiedBeforeItIsTrained) {
  const StoredModel model = lively_model(small_vit(), 1);
  Parameters parameters = Parameters::view(model);
  EXPECT_EQ(parameters.at("cls_token").data_ptr<float>(),
            reinterpret_cast<const float*>(model.weights.at("cls_token").bytes.data()));
  parameters.require_gradients([](const std::string& name) { return name == "cls_token"; });
  EXPECT_TRUE(parameters.at("cls_token").requires_grad());
  EXPECT_FALSE(parameters.at("pos_embed").requires_grad());
  const float before = to_floats(model.weights.at("cls_token"))[0];
  {
    const torch::NoGradGuard no_grad;
    parameters.at("cls_token").add_(1);
  }
  EXPECT_EQ(to_floats(model.weights.at("cls_token"))[0], before);
  EXPECT_FLOAT_EQ(to_floats(parameters.stored().weights.at("cls_token"))[0], before + 1);
}

TEST(ParametersTest, MoveWithTheirGradients) {
  Parameters parameters(lively_model(small_vit(), 1));
  parameters.require_gradients([](const std::string& name) { return name == "norm.weight"; });
  parameters.to(torch::kCPU, torch::kFloat64);
  EXPECT_EQ(parameters.at("pos_embed").scalar_type(), torch::kFloat64);
  EXPECT_TRUE(parameters.at("norm.weight").requires_grad());
  EXPECT_TRUE(parameters.at("norm.weight").is_leaf());
  EXPECT_FALSE(parameters.at("norm.bias").requires_grad());
}

TEST(ParametersTest, NameWhatIsWrong) {
  StoredModel model = lively_model(small_vit(), 1);
  Parameters parameters(model);
  EXPECT_THROW((void)parameters.at("blocks.9.norm1.bias"), Error);
  EXPECT_THROW(parameters.set_head("norm.bias", torch::zeros({64})), Error);
  model.weights.erase("norm.bias");
  EXPECT_THAT(
      [&] { Parameters missing(model); },
      testing::Throws<Error>(testing::Property(&Error::what, testing::HasSubstr("norm.bias"))));
}

TEST(RandomModel, IsTheSameForASeedAndSpreadAsPublished) {
  const ModelConfig config = small_clip();
  const StoredModel one = random_model(config, 1);
  EXPECT_EQ(to_floats(random_model(config, 1).weights.at("visual.proj")),
            to_floats(one.weights.at("visual.proj")));
  EXPECT_NE(to_floats(random_model(config, 2).weights.at("visual.proj")),
            to_floats(one.weights.at("visual.proj")));
  const Parameters parameters = Parameters::view(one);
  for (const ModelTensor& tensor : model_tensors(config)) {
    const torch::Tensor values = parameters.at(tensor.name);
    const double scale = tensor.value;
    if (tensor.start == Start::constant) {
      EXPECT_TRUE(values.equal(torch::full_like(values, scale))) << tensor.name;
    } else if (values.numel() > 500) {
      const double expected = tensor.start == Start::normal ? scale : scale / std::sqrt(3.0);
      EXPECT_NEAR(values.std().item<double>(), expected, 0.1 * expected) << tensor.name;
      EXPECT_NEAR(values.mean().item<double>(), 0, 0.2 * expected) << tensor.name;
      if (tensor.start == Start::uniform) {
        EXPECT_LE(values.abs().max().item<double>(), scale) << tensor.name;
      }
    }
  }
}

}  // namespace
}  // namespace skyglot
