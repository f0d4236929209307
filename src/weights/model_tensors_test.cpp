// SPDX-License-Identifier: Apache-2.0
#include "weights/model_tensors.hpp"

#include "base/error.hpp"
#include "weights/model_folder.hpp"
#include "weights/weights_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace skyglot {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using weights_testing::random_model;
using weights_testing::refusal;
using weights_testing::small_clip;
using weights_testing::test_path;

TensorView numbers(std::vector<std::int64_t> shape) {
  const TensorView empty{ElementType::f32, shape, {}, nullptr};
  std::vector<float> values(static_cast<std::size_t>(empty.element_count()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t row = i / 4;
    values[i] = std::sin(static_cast<float>(i) * 1.7F) * static_cast<float>(1 + row);
  }
  return make_tensor(values, std::move(shape));
}

std::string fault(const TensorMap& weights) {
  return refusal([&] {
    check_tensors(small_clip(), weights, "file");
    return 0;
  });
}

std::size_t place_of(const std::vector<ModelTensor>& tensors, const std::string& name) {
  return static_cast<std::size_t>(std::ranges::find(tensors, name, &ModelTensor::name) -
                                  tensors.begin());
}

TEST(ModelTensors, StandInTheOrderOfTheComputation) {
  const std::vector<ModelTensor> tensors = model_tensors(small_clip());
  std::set<std::string> names;
  for (const ModelTensor& tensor : tensors) EXPECT_TRUE(names.insert(tensor.name).second);
  std::size_t before = 0;
  for (const char* name :
       {"visual.class_embedding", "visual.transformer.resblocks.0.attn.in_proj_weight",
        "visual.transformer.resblocks.1.mlp.c_proj.bias", "visual.proj", "token_embedding.weight",
        "transformer.resblocks.0.ln_2.bias", "text_projection", "logit_scale"}) {
    const std::size_t at = place_of(tensors, name);
    EXPECT_LT(before, at) << name;
    EXPECT_LT(at, tensors.size()) << name;
    before = at;
  }
}

// Figures of open_clip's init_parameters for a text tower of width 64 with one layer.
TEST(ModelTensors, BeginAsPublished) {
  const std::vector<ModelTensor> tensors = model_tensors(small_clip());
  const auto start = [&](const std::string& name) { return tensors.at(place_of(tensors, name)); };
  EXPECT_EQ(start("token_embedding.weight").value, 0.02);
  EXPECT_EQ(start("positional_embedding").value, 0.01);
  EXPECT_EQ(start("transformer.resblocks.0.attn.in_proj_weight").value, 0.125);
  EXPECT_NEAR(start("transformer.resblocks.0.attn.out_proj.weight").value, 0.125 / std::sqrt(2),
              1e-12);
  EXPECT_NEAR(start("transformer.resblocks.0.mlp.c_fc.weight").value, 1 / std::sqrt(128), 1e-12);
  EXPECT_NEAR(start("logit_scale").value, 2.6593, 1e-4);
  EXPECT_EQ(start("visual.ln_pre.weight").value, 1);
  const ModelTensor conv = start("visual.conv1.weight");
  EXPECT_EQ(conv.start, Start::uniform);
  EXPECT_NEAR(conv.value, 1 / std::sqrt(3 * 4 * 4), 1e-12);
}

TEST(Int8Rows, AreHalfAStepOffAtMost) {
  for (const ElementType type : {ElementType::f32, ElementType::f16}) {
    TensorMap weights{{"w", numbers({5, 4})}};
    const std::vector<float> before = to_floats(weights.at("w"));
    store_int8_rows(weights, "w", type);
    EXPECT_EQ(weights.at("w").type, ElementType::i8);
    EXPECT_EQ(weights.at("w.scale").type, type);
    const std::vector<float> scales = to_floats(weights.at("w.scale"));
    const std::vector<float> after = stored_floats(weights, "w");
    ASSERT_EQ(scales.size(), 5U);
    for (std::size_t i = 0; i < before.size(); ++i)
      EXPECT_LE(std::abs(before[i] - after[i]), scales[i / 4] * 0.57F) << i;
    EXPECT_NE(before, after);
  }
}

TEST(Int8Rows, OfZerosStayZero) {
  TensorMap weights{{"w", make_tensor(std::vector<float>(6), {2, 3})}};
  store_int8_rows(weights, "w");
  EXPECT_EQ(stored_floats(weights, "w"), std::vector<float>(6));
  TensorMap vector{{"v", numbers({5})}};
  EXPECT_THROW(store_int8_rows(vector, "v"), Error);
}

TEST(Int8Rows, AndHeadsComeBackFromAFolder) {
  StoredModel model = random_model(small_clip());
  store_int8_rows(model.weights, "token_embedding.weight", ElementType::f16);
  model.weights["head.weight"] = numbers({7, 12});
  model.weights["head.bias"] = numbers({7});
  model.weights["head.adapter.0.weight"] = numbers({5, 12});
  store_int8_rows(model.weights, "head.adapter.0.weight");
  save_model_folder(test_path(), model);
  const StoredModel back = load_model_folder(test_path());
  ASSERT_EQ(back.weights.size(), model.weights.size());
  EXPECT_EQ(back.weights.at("token_embedding.weight").type, ElementType::i8);
  for (const char* name : {"token_embedding.weight", "head.weight", "head.adapter.0.weight"})
    EXPECT_EQ(stored_floats(back.weights, name), stored_floats(model.weights, name)) << name;
}

TEST(CheckTensors, NamesTheOneAtFault) {
  const TensorMap good = random_model(small_clip()).weights;
  EXPECT_EQ(fault(good), "accepted");
  const auto with = [&](const std::string& name, const TensorView& tensor) {
    TensorMap weights = good;
    weights[name] = tensor;
    return weights;
  };
  TensorMap scaled = good;
  store_int8_rows(scaled, "visual.proj");
  EXPECT_EQ(fault(scaled), "accepted");
  TensorMap unscaled = scaled;
  unscaled.erase("visual.proj.scale");
  EXPECT_THAT(fault(unscaled), AllOf(HasSubstr("visual.proj is I8"), HasSubstr(".scale")));
  scaled["visual.proj.scale"] = numbers({12});
  EXPECT_THAT(fault(scaled), HasSubstr("visual.proj.scale is 12 where visual.proj has 64 rows"));
  EXPECT_THAT(fault(with("visual.proj.scale", numbers({64}))),
              HasSubstr("visual.proj.scale scales visual.proj, which is F32"));
  TensorView whole = good.at("ln_final.bias");
  whole.type = ElementType::i32;
  EXPECT_THAT(fault(with("ln_final.bias", whole)), HasSubstr("ln_final.bias is of type I32"));
  EXPECT_THAT(fault(with("head.weight", numbers({3}))), HasSubstr("head.weight is 3"));
  EXPECT_THAT(fault(with("head.bias", numbers({3}))), HasSubstr("head.bias has no head.weight"));
  TensorMap headed = with("head.weight", numbers({3, 12}));
  headed["head.bias"] = numbers({4});
  EXPECT_THAT(fault(headed), HasSubstr("head.bias is 4 where head.weight is 3 x 12"));
  EXPECT_THAT(fault(with("tail.weight", numbers({3}))), HasSubstr("tail.weight"));
}

TEST(Compact, AQuarterOfTheBytesAndNearlyTheValues) {
  const StoredModel model = random_model(small_clip());
  TensorMap small = model.weights;
  store_compact(small);
  EXPECT_EQ(fault(small), "accepted");
  std::size_t before = 0;
  std::size_t after = 0;
  for (const auto& [name, tensor] : model.weights) {
    before += tensor.bytes.size();
    const std::vector<float> whole = to_floats(tensor);
    const std::vector<float> rounded = stored_floats(small, name);
    float top = 0;
    for (const float value : whole) top = std::max(top, std::abs(value));
    for (std::size_t i = 0; i < whole.size(); ++i)
      ASSERT_NEAR(rounded[i], whole[i], top / 200) << name;
  }
  for (const auto& [name, tensor] : small) after += tensor.bytes.size();
  EXPECT_LT(static_cast<double>(after), 0.32 * static_cast<double>(before));
  EXPECT_EQ(small.at(kLogScale).type, ElementType::f32);
  TensorMap again = small;
  store_compact(again);
  for (const auto& [name, tensor] : small)
    EXPECT_EQ(stored_floats(again, name), stored_floats(small, name)) << name;
}

}  // namespace
}  // namespace skyglot
