// SPDX-License-Identifier: Apache-2.0
#include "nn/transformer.hpp"

#include "nn/frozen.hpp"
#include "nn/tensor_testing.hpp"
#include "nn/threads.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

struct Shape {
  std::int64_t width, heads, mlp, layers;
  Activation activation;
  bool causal;
  NormOrder order = NormOrder::pre;
};

torch::Tensor draw(std::vector<std::int64_t> shape, double deviation) {
  return torch::randn(shape) * deviation;
}

BlockWeights random_block(const Shape& s) {
  const double spread = 1 / std::sqrt(static_cast<double>(s.width));
  return {1 + draw({s.width}, 0.1),
          draw({s.width}, 0.1),
          draw({3 * s.width, s.width}, spread),
          draw({3 * s.width}, 0.1),
          draw({s.width, s.width}, spread),
          draw({s.width}, 0.1),
          1 + draw({s.width}, 0.1),
          draw({s.width}, 0.1),
          draw({s.mlp, s.width}, spread),
          draw({s.mlp}, 0.1),
          draw({s.width, s.mlp}, spread),
          draw({s.width}, 0.1)};
}

Transformer random_transformer(const Shape& s) {
  torch::manual_seed(7);
  Transformer t{{}, s.heads, s.activation, 1e-5, s.causal, s.order};
  for (std::int64_t i = 0; i < s.layers; ++i) t.blocks.push_back(random_block(s));
  return t;
}

double lowest_cosine(const torch::Tensor& a, const torch::Tensor& b) {
  return torch::cosine_similarity(a, b, -1).min().item<double>();
}

class Shapes : public testing::TestWithParam<Shape> {};

TEST_P(Shapes, FrozenEqualsOperators) {
  const Transformer t = random_transformer(GetParam());
  const torch::Tensor x = torch::randn({3, 21, GetParam().width});
  const TransformerRequest request{std::nullopt, true};
  const auto expected = run_operators(t, x, request);
  const auto frozen = FrozenTransformer(t).run(x.clone(), request);
  EXPECT_LT(largest_difference(frozen.tokens, expected.tokens), 2e-4);
  EXPECT_LT(largest_difference(frozen.keys, expected.keys), 1e-4);
}

TEST_P(Shapes, PooledRowsEqualThoseOfAll) {
  const Transformer t = random_transformer(GetParam());
  const torch::Tensor x = torch::randn({4, 13, GetParam().width});
  const torch::Tensor index = torch::tensor({0, 12, 5, 3}, torch::kInt64);
  const auto all = FrozenTransformer(t).run(x.clone(), {});
  const auto pooled = FrozenTransformer(t).run(x.clone(), {index, false});
  ASSERT_EQ(pooled.tokens.sizes(), (std::vector<std::int64_t>{4, GetParam().width}));
  for (std::int64_t i = 0; i < 4; ++i)
    EXPECT_LT(largest_difference(pooled.tokens[i], all.tokens[i][index[i].item<std::int64_t>()]),
              1e-4);
  const auto expected = run_operators(t, x, {index, false});
  EXPECT_LT(largest_difference(pooled.tokens, expected.tokens), 2e-4);
}

TEST_P(Shapes, BFloat16ProductsStayClose) {
  Transformer t = random_transformer(GetParam());
  const torch::Tensor x = torch::randn({2, 18, GetParam().width});
  const auto expected = run_operators(t, x, {});
  for (BlockWeights& block : t.blocks)
    for (torch::Tensor* weight :
         {&block.qkv_weight, &block.out_weight, &block.fc1_weight, &block.fc2_weight})
      *weight = weight->to(torch::kBFloat16);
  const auto narrow = FrozenTransformer(t).run(x.clone(), {});
  EXPECT_GT(lowest_cosine(narrow.tokens, expected.tokens), 0.999);
  EXPECT_GT(largest_difference(narrow.tokens, expected.tokens), 1e-5) << "rounded nowhere";
}

INSTANTIATE_TEST_SUITE_P(
    Some, Shapes,
    testing::Values(Shape{64, 1, 256, 2, Activation::gelu, false},
                    Shape{72, 3, 100, 3, Activation::quick_gelu, true},
                    Shape{176, 2, 700, 1, Activation::gelu, true},
                    Shape{96, 3, 384, 2, Activation::quick_gelu, false},
                    Shape{64, 2, 160, 3, Activation::gelu, false, NormOrder::post},
                    Shape{72, 3, 100, 2, Activation::quick_gelu, true, NormOrder::post}));

TEST(Transformer, HasGradientsWhereTheyAreWanted) {
  Transformer t = random_transformer({32, 2, 64, 2, Activation::quick_gelu, false});
  t.blocks.back().fc1_weight.requires_grad_();
  run(t, torch::randn({2, 5, 32})).tokens.sum().backward();
  EXPECT_GT(t.blocks.back().fc1_weight.grad().abs().sum().item<double>(), 0);
}

TEST(Transformer, NoSequencesGiveNoRows) {
  const torch::NoGradGuard no_grad;
  const Transformer t = random_transformer({32, 2, 64, 1, Activation::gelu, false});
  EXPECT_EQ(run(t, torch::empty({0, 5, 32})).tokens.size(0), 0);
  EXPECT_EQ(FrozenTransformer(t).run(torch::empty({0, 5, 32}), {}).tokens.size(0), 0);
}

TEST_P(Shapes, FrozenTokensDependOnTheirSequenceAlone) {
  const Transformer t = random_transformer(GetParam());
  const torch::Tensor x = torch::randn({7, 19, GetParam().width});
  const FrozenTransformer frozen(t);
  const torch::Tensor all = [&] {
    const ComputeThreads one(1);
    return frozen.run(x.clone(), {}).tokens;
  }();
  const ComputeThreads three(3);
  EXPECT_TRUE(frozen.run(x.clone(), {}).tokens.equal(all)) << "of the threads";
  const torch::Tensor two = frozen.run(x.narrow(0, 4, 2).clone(), {}).tokens;
  EXPECT_TRUE(two.equal(all.narrow(0, 4, 2))) << "of the sequences beside it";
}

// What lies behind a sequence's length may be anything.
TEST_P(Shapes, NothingBehindALengthIsSeen) {
  const Transformer t = random_transformer(GetParam());
  const torch::Tensor x = torch::randn({3, 11, GetParam().width});
  const torch::Tensor lengths = torch::tensor({11, 4, 1}, torch::kInt64);
  TransformerRequest request;
  request.lengths = lengths;
  const torch::Tensor frozen = FrozenTransformer(t).run(x.clone(), request).tokens;
  const torch::Tensor operators = run_operators(t, x, request).tokens;
  for (std::int64_t i = 0; i < 3; ++i) {
    const std::int64_t length = lengths[i].item<std::int64_t>();
    const torch::Tensor alone = x.narrow(0, i, 1).narrow(1, 0, length).clone();
    EXPECT_TRUE(frozen[i].narrow(0, 0, length).equal(FrozenTransformer(t).run(alone, {}).tokens[0]))
        << i;
    EXPECT_LT(
        largest_difference(operators[i].narrow(0, 0, length),
                           run_operators(t, x.narrow(0, i, 1).narrow(1, 0, length), {}).tokens[0]),
        1e-4)
        << i;
  }
}

}  // namespace
}  // namespace skyglot
