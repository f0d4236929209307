// SPDX-License-Identifier: Apache-2.0
#include "weights/interpolate.hpp"

#include "base/error.hpp"
#include "weights/weights_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using testing::HasSubstr;
using weights_testing::random_model;
using weights_testing::small_clip;

StoredModel of_constant(float value) {
  StoredModel model = random_model(small_clip());
  for (auto& [name, tensor] : model.weights)
    tensor = make_tensor(std::vector<float>(to_floats(tensor).size(), value), tensor.shape);
  model.config.source = "of " + std::to_string(static_cast<int>(value));
  return model;
}

std::string refused_share(const StoredModel& from, const StoredModel& to, double share) {
  return weights_testing::refusal([&] { return interpolate(from, to, share); });
}

TEST(Interpolate, LiesBetweenTheTwo) {
  const StoredModel model = interpolate(of_constant(1), of_constant(5), 0.25);
  for (const auto& [name, tensor] : model.weights)
    for (const float value : to_floats(tensor)) ASSERT_EQ(value, 2) << name;
  EXPECT_EQ(model.config.source, "0.75 of of 1, 0.25 of of 5");
}

TEST(Interpolate, ItsEndsAreTheTwo) {
  const StoredModel from = random_model(small_clip());
  const StoredModel to = of_constant(3);
  for (const auto& [name, tensor] : from.weights)
    EXPECT_EQ(to_floats(interpolate(from, to, 0).weights.at(name)), to_floats(tensor)) << name;
  for (const auto& [name, tensor] : to.weights)
    EXPECT_EQ(to_floats(interpolate(from, to, 1).weights.at(name)), to_floats(tensor)) << name;
}

TEST(Interpolate, Int8RowsAreTheirValues) {
  const StoredModel from = of_constant(1);
  StoredModel to = of_constant(5);
  store_int8_rows(to.weights, "visual.proj", ElementType::f32);
  const StoredModel model = interpolate(from, to, 0.5);
  for (const float value : to_floats(model.weights.at("visual.proj"))) ASSERT_NEAR(value, 3, 1e-5);
  EXPECT_EQ(model.weights.size(), from.weights.size());
}

TEST(Interpolate, RefusesWhatHasNothingBetween) {
  const StoredModel one = of_constant(1);
  StoredModel other = of_constant(2);
  EXPECT_THAT(refused_share(one, other, 1.5), HasSubstr("from 0 to 1"));
  EXPECT_THAT(refused_share(one, other, std::numeric_limits<double>::quiet_NaN()),
              HasSubstr("from 0 to 1"));
  other.vocabulary = "road\n";
  EXPECT_THAT(refused_share(one, other, 0.5), HasSubstr("different vocabularies"));
  other.vocabulary.clear();
  other.config.set_activation(Activation::gelu);
  EXPECT_THAT(refused_share(one, other, 0.5), HasSubstr("activation"));
  other = of_constant(2);
  other.weights["head.scene.weight"] = make_tensor(std::vector<float>{1, 2}, {1, 2});
  EXPECT_THAT(refused_share(one, other, 0.5),
              HasSubstr("only the second model has the tensor head."));
}

}  // namespace
}  // namespace skyglot
