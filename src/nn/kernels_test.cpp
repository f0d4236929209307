// SPDX-License-Identifier: Apache-2.0
#include "nn/kernels.hpp"

#include "base/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <vector>

namespace skyglot::kernels {
namespace {

std::vector<float> normals(std::size_t count, const char* purpose) {
  RandomStream random(1, purpose);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

float widened(BFloat16 value) {
  const std::uint32_t bits = std::uint32_t{value.bits} << 16;
  float result;
  std::memcpy(&result, &bits, sizeof result);
  return result;
}

double gelu_of(Gelu kind, double x) {
  return kind == Gelu::quick ? x / (1 + std::exp(-1.702 * x))
                             : 0.5 * x * (1 + std::erf(x / std::sqrt(2.0)));
}

class GeluKinds : public testing::TestWithParam<Gelu> {};

TEST_P(GeluKinds, MatchesTheFormulaOverTheWholeRange) {
  constexpr std::int64_t kWidth = 40003;  // no multiple of a vector: the tail counts too
  std::vector<float> bias(kWidth, 0.25F);
  std::vector<float> values(kWidth);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = -20.0F + 0.001F * static_cast<float>(i);
  const std::vector<float> inputs = values;
  bias_gelu({GetParam(), values.data(), bias.data(), 1, kWidth, kWidth, kWidth}, values.data());
  for (std::size_t i = 0; i < values.size(); ++i)
    ASSERT_NEAR(values[i], gelu_of(GetParam(), double{inputs[i]} + 0.25), 4e-6) << inputs[i];
}

TEST_P(GeluKinds, HugeValuesStayFinite) {
  const std::vector<float> bias(16, 0.0F);
  std::vector<float> values(16, 1e4F);
  values[3] = -1e4F;
  bias_gelu({GetParam(), values.data(), bias.data(), 1, 16, 16, 16}, values.data());
  EXPECT_FLOAT_EQ(values[0], 1e4F);
  EXPECT_NEAR(values[3], 0, 1e-3);
}

INSTANTIATE_TEST_SUITE_P(Both, GeluKinds, testing::Values(Gelu::exact, Gelu::quick));

struct NormCase {
  std::vector<float> x, bias, gain, shift;
};

NormCase norm_case(std::size_t rows, std::size_t width) {
  return {normals(rows * width, "x"), normals(width, "bias"), normals(width, "gain"),
          normals(width, "shift")};
}

// Row `row` of x + bias, normalised in double.
std::vector<double> expected_row(const NormCase& c, std::size_t row, std::size_t width) {
  std::vector<double> sums(width);
  double mean = 0;
  for (std::size_t i = 0; i < width; ++i) {
    sums[i] = double{c.x[row * width + i]} + double{c.bias[i]};
    mean += sums[i] / static_cast<double>(width);
  }
  double variance = 0;
  for (const double sum : sums)
    variance += (sum - mean) * (sum - mean) / static_cast<double>(width);
  for (std::size_t i = 0; i < width; ++i)
    sums[i] =
        (sums[i] - mean) / std::sqrt(variance + 1e-5) * double{c.gain[i]} + double{c.shift[i]};
  return sums;
}

TEST(AddAndNormalise, MatchesTheFormula) {
  for (const std::size_t width : {7U, 16U, 96U, 1000U}) {
    const NormCase c = norm_case(3, width);
    std::vector<float> x = c.x;
    std::vector<float> out(x.size());
    const auto columns = static_cast<std::int64_t>(width);
    add_and_normalise(
        {x.data(), c.bias.data(), c.gain.data(), c.shift.data(), 3, columns, columns, 1e-5F},
        out.data());
    for (std::size_t row = 0; row < 3; ++row) {
      const std::vector<double> expected = expected_row(c, row, width);
      for (std::size_t i = 0; i < width; ++i)
        ASSERT_NEAR(out[row * width + i], expected[i], 2e-5) << width << " " << row << " " << i;
    }
    EXPECT_FLOAT_EQ(x[0], c.x[0] + c.bias[0]) << "the stream keeps the sum";
  }
}

TEST(AddAndNormalise, BFloat16DiffersByItsRounding) {
  constexpr std::size_t kWidth = 50;
  const NormCase c = norm_case(2, kWidth);
  std::vector<float> x = c.x;
  std::vector<BFloat16> out(x.size());
  add_and_normalise(
      {x.data(), c.bias.data(), c.gain.data(), c.shift.data(), 2, kWidth, kWidth, 1e-5F},
      out.data());
  const std::vector<double> expected = expected_row(c, 1, kWidth);
  for (std::size_t i = 0; i < kWidth; ++i)
    EXPECT_NEAR(widened(out[kWidth + i]), expected[i], std::abs(expected[i]) / 250 + 1e-5);
}

struct AttentionCase {
  std::int64_t length, head_width;
  bool causal;
};

class Attention : public testing::TestWithParam<AttentionCase> {};

// softmax(q k^T scale) v for one query, in double.
std::vector<double> attended(const std::vector<float>& qkv, const std::vector<float>& bias,
                             std::int64_t query, const AttentionCase& c) {
  const auto hw = static_cast<std::size_t>(c.head_width);
  const auto at = [&](std::int64_t token, std::size_t part, std::size_t i) {
    return double{qkv[static_cast<std::size_t>(token) * 3 * hw + part * hw + i]} +
           double{bias[part * hw + i]};
  };
  const std::int64_t seen = c.causal ? query + 1 : c.length;
  std::vector<double> out(hw, 0);
  double sum = 0;
  for (std::int64_t key = 0; key < seen; ++key) {
    double score = 0;
    for (std::size_t i = 0; i < hw; ++i) score += at(query, 0, i) * at(key, 1, i);
    const double weight = std::exp(score / std::sqrt(static_cast<double>(hw)));
    sum += weight;
    for (std::size_t i = 0; i < hw; ++i) out[i] += weight * at(key, 2, i);
  }
  for (double& value : out) value /= sum;
  return out;
}

AttentionHead<float> head_on(const std::vector<float>& qkv, const std::vector<float>& bias,
                             const AttentionCase& c, float* out) {
  const std::int64_t hw = c.head_width;
  return {qkv.data(),
          qkv.data() + hw,
          qkv.data() + 2 * hw,
          bias.data(),
          bias.data() + hw,
          bias.data() + 2 * hw,
          out,
          3 * hw,
          3 * hw,
          hw,
          c.length,
          0,
          c.length,
          hw,
          static_cast<float>(1 / std::sqrt(static_cast<double>(hw))),
          c.causal};
}

TEST_P(Attention, MatchesTheFormula) {
  const AttentionCase c = GetParam();
  const auto hw = static_cast<std::size_t>(c.head_width);
  const auto qkv = normals(static_cast<std::size_t>(c.length) * 3 * hw, "qkv");
  const auto bias = normals(3 * hw, "bias");
  std::vector<float> out(static_cast<std::size_t>(c.length) * hw);
  std::vector<float> scratch(static_cast<std::size_t>(attention_scratch(c.length, c.head_width)));
  attend(head_on(qkv, bias, c, out.data()), scratch.data());
  for (std::int64_t query = 0; query < c.length; ++query) {
    const auto expected = attended(qkv, bias, query, c);
    for (std::size_t i = 0; i < hw; ++i)
      ASSERT_NEAR(out[static_cast<std::size_t>(query) * hw + i], expected[i], 2e-5)
          << "query " << query << " column " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, Attention,
                         testing::Values(AttentionCase{1, 8, false}, AttentionCase{1, 64, true},
                                         AttentionCase{16, 64, false}, AttentionCase{50, 64, false},
                                         AttentionCase{77, 64, true}, AttentionCase{19, 88, true},
                                         AttentionCase{33, 24, false}));

TEST(AttentionOfOneQuery, EqualsThatOfAll) {
  const AttentionCase c{30, 32, true};
  const auto qkv = normals(30 * 96, "qkv");
  const auto bias = normals(96, "bias");
  std::vector<float> all(30 * 32);
  std::vector<float> one(32);
  std::vector<float> scratch(static_cast<std::size_t>(attention_scratch(30, 32)));
  attend(head_on(qkv, bias, c, all.data()), scratch.data());
  auto head = head_on(qkv, bias, c, one.data());
  head.first_query = 21;
  head.query += 21 * head.query_stride;
  head.queries = 1;
  attend(head, scratch.data());
  for (std::size_t i = 0; i < 32; ++i) EXPECT_NEAR(one[i], all[21 * 32 + i], 1e-6);
}

TEST(CutPatches, OrdersByChannelRowColumn) {
  // 2 x 1 patches of 2 x 2 pixels; the value of a pixel is 10 * y + x, plus 100 a channel.
  std::vector<std::uint8_t> pixels;
  for (int y = 0; y < 2; ++y)
    for (int x = 0; x < 4; ++x)
      for (int c = 0; c < 3; ++c) pixels.push_back(static_cast<std::uint8_t>(10 * y + x + 100 * c));
  const std::vector<float> scale{1, 1, 2};
  const std::vector<float> offset{0, -100, 0};
  std::vector<float> out(24);
  cut_patches({pixels.data(), 1, 2, 2, scale.data(), offset.data()}, out.data());
  EXPECT_THAT(out, testing::ElementsAre(0, 1, 10, 11, 0, 1, 10, 11, 400, 402, 420, 422,  //
                                        2, 3, 12, 13, 2, 3, 12, 13, 404, 406, 424, 426));
}

TEST(CutPatches, TakeAnyNumberOfBands) {
  for (const std::int64_t bands : {1, 2, 5}) {
    // Two by one patches of two by two pixels; a pixel is 50 * band + 10 * row + column.
    std::vector<std::uint8_t> pixels;
    for (int y = 0; y < 4; ++y)
      for (int x = 0; x < 2; ++x)
        for (std::int64_t c = 0; c < bands; ++c)
          pixels.push_back(static_cast<std::uint8_t>(50 * c + 10 * y + x));
    const std::vector<float> scale(static_cast<std::size_t>(bands), 2);
    std::vector<float> offset;
    for (std::int64_t c = 0; c < bands; ++c) offset.push_back(static_cast<float>(1000 * c));
    std::vector<float> out(static_cast<std::size_t>(8 * bands));
    cut_patches({pixels.data(), 2, 1, 2, scale.data(), offset.data(), bands}, out.data());
    std::size_t i = 0;
    for (int gy = 0; gy < 2; ++gy)
      for (std::int64_t c = 0; c < bands; ++c)
        for (int y = 0; y < 2; ++y)
          for (int x = 0; x < 2; ++x)
            EXPECT_EQ(out[i++], static_cast<float>(2 * (50 * c + 20 * gy + 10 * y + x) + 1000 * c));
  }
}

}  // namespace
}  // namespace skyglot::kernels
