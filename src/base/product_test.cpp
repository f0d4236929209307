// SPDX-License-Identifier: Apache-2.0
#include "base/product.hpp"

#include "base/random.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <tuple>
#include <vector>

namespace skyglot {
namespace {

std::vector<float> normals(std::int64_t count, const char* purpose) {
  RandomStream random(1, purpose);
  std::vector<float> values(static_cast<std::size_t>(count));
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

struct Sizes {
  std::int64_t rows, depth, columns;
};

// out[i][j] of a (rows x depth) times the transpose of b (columns x depth), in double.
double expected_at(const std::vector<float>& a, const std::vector<float>& b, const Sizes& s,
                   std::int64_t i, std::int64_t j) {
  double sum = 0;
  for (std::int64_t k = 0; k < s.depth; ++k)
    sum += double{a[static_cast<std::size_t>(i * s.depth + k)]} *
           double{b[static_cast<std::size_t>(j * s.depth + k)]};
  return sum;
}

std::vector<float> multiplied(Product product, const Sizes& s, std::vector<float> out,
                              std::int64_t workers = 1) {
  product.rows = s.rows;
  product.out = out.data();
  product.out_stride = s.columns;
  for (std::int64_t i = 0; i < workers; ++i) multiply(product, part_of(product, i, workers));
  return out;
}

class Kernels : public testing::TestWithParam<std::tuple<const ProductKernel*, Sizes>> {
 protected:
  const Sizes sizes = std::get<1>(GetParam());
  const std::vector<float> a = normals(sizes.rows * sizes.depth, "a");
  const std::vector<float> b = normals(sizes.columns * sizes.depth, "b");
  const PackedMatrix packed{{b.data(), sizes.depth, sizes.columns, 1, sizes.depth},
                            *std::get<0>(GetParam())};
  const std::vector<float> zeros =
      std::vector<float>(static_cast<std::size_t>(sizes.rows * sizes.columns));

  Product product() const {
    Product result;
    result.a = a.data();
    result.a_stride = sizes.depth;
    result.b = &packed;
    return result;
  }
};

TEST_P(Kernels, MatchTheFormula) {
  const auto out = multiplied(product(), sizes, zeros);
  for (std::int64_t i = 0; i < sizes.rows; ++i)
    for (std::int64_t j = 0; j < sizes.columns; ++j)
      ASSERT_NEAR(out[static_cast<std::size_t>(i * sizes.columns + j)],
                  expected_at(a, b, sizes, i, j), 1e-6 * static_cast<double>(sizes.depth) + 1e-5)
          << i << " " << j;
}

TEST_P(Kernels, ValuesDoNotDependOnTheCut) {
  const auto whole = multiplied(product(), sizes, zeros);
  for (const std::int64_t workers : {2, 3, 7, 16})
    EXPECT_EQ(multiplied(product(), sizes, zeros, workers), whole) << workers;
  // One row alone.
  Product last = product();
  last.a = a.data() + (sizes.rows - 1) * sizes.depth;
  const auto alone = multiplied(last, {1, sizes.depth, sizes.columns},
                                std::vector<float>(static_cast<std::size_t>(sizes.columns)));
  EXPECT_TRUE(std::equal(alone.begin(), alone.end(), whole.end() - sizes.columns));
}

TEST_P(Kernels, AddToWhatIsThere) {
  Product adding = product();
  adding.add = true;
  const auto sums = multiplied(product(), sizes, zeros);
  const auto added = multiplied(adding, sizes, std::vector<float>(zeros.size(), 100.0F), 2);
  for (std::size_t i = 0; i < sums.size(); ++i) ASSERT_NEAR(added[i], sums[i] + 100, 2e-3) << i;
}

TEST_P(Kernels, HandOverFinishedTilesOnce) {
  struct Taken {
    std::vector<float> values;
    std::int64_t width;
  } taken{std::vector<float>(zeros.size()), sizes.columns};
  Product product = this->product();
  product.context = &taken;
  product.finish = [](const void* context, const FinishedTile& tile) {
    auto& into = *static_cast<Taken*>(const_cast<void*>(context));
    for (std::int64_t i = 0; i < tile.rows; ++i)
      for (std::int64_t j = 0; j < tile.columns; ++j)
        into.values[static_cast<std::size_t>((tile.first_row + i) * into.width + tile.first_column +
                                             j)] += tile.sums[i * tile.stride + j];
  };
  (void)multiplied(product, sizes, zeros, 3);
  const auto sums = multiplied(this->product(), sizes, zeros);
  for (std::size_t i = 0; i < sums.size(); ++i)
    ASSERT_NEAR(taken.values[i], sums[i], 1e-6 * static_cast<double>(sizes.depth) + 1e-5) << i;
}

std::vector<const ProductKernel*> all_float_kernels() {
  return {float_kernels().begin(), float_kernels().end()};
}

INSTANTIATE_TEST_SUITE_P(All, Kernels,
                         testing::Combine(testing::ValuesIn(all_float_kernels()),
                                          testing::Values(Sizes{1, 1, 1}, Sizes{13, 64, 96},
                                                          Sizes{50, 2100, 32}, Sizes{301, 77, 50},
                                                          Sizes{29, 1025, 129}, Sizes{6, 3, 8})));

std::vector<BFloat16> narrowed(std::vector<float>& values) {
  std::vector<BFloat16> result(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint32_t bits;
    std::memcpy(&bits, &values[i], sizeof bits);
    result[i].bits = static_cast<std::uint16_t>(bits >> 16);
    bits &= 0xFFFF0000U;
    std::memcpy(&values[i], &bits, sizeof bits);
  }
  return result;
}

TEST(BFloat16Kernel, MultipliesRoundedFactors) {
  if (bfloat16_kernel() == nullptr) GTEST_SKIP() << "this processor does not multiply bfloat16";
  for (const Sizes s : {Sizes{17, 64, 70}, Sizes{5, 33, 32}}) {
    const std::int64_t stride = s.depth + 1 - s.depth % 2 + 1;
    std::vector<float> a = normals(s.rows * s.depth, "a");
    std::vector<float> b = normals(s.columns * s.depth, "b");
    const std::vector<BFloat16> short_a = narrowed(a);
    (void)narrowed(b);
    std::vector<BFloat16> rows(static_cast<std::size_t>(s.rows * stride), BFloat16{0x7FC0});
    for (std::int64_t i = 0; i < s.rows; ++i)
      std::copy_n(short_a.begin() + i * s.depth, s.depth, rows.begin() + i * stride);
    const PackedMatrix packed({b.data(), s.depth, s.columns, 1, s.depth}, *bfloat16_kernel());
    Product product;
    product.a = rows.data();
    product.a_stride = stride;
    product.b = &packed;
    const auto out =
        multiplied(product, s, std::vector<float>(static_cast<std::size_t>(s.rows * s.columns)), 2);
    for (std::int64_t i = 0; i < s.rows; ++i)
      for (std::int64_t j = 0; j < s.columns; ++j)
        ASSERT_NEAR(out[static_cast<std::size_t>(i * s.columns + j)], expected_at(a, b, s, i, j),
                    1e-4)
            << i << " " << j;
  }
}

TEST(PackedMatrix, RoundsToTheNearestBFloat16) {
  if (bfloat16_kernel() == nullptr) GTEST_SKIP() << "this processor does not multiply bfloat16";
  const float value = 1.0F + 0x1.8p-8F;  // nearer to 1 + 2^-7 than to 1
  const PackedMatrix packed({&value, 1, 1, 1, 1}, *bfloat16_kernel());
  const auto* bits = static_cast<const std::uint16_t*>(packed.panel(0, 0));
  EXPECT_EQ(bits[0], 0x3F81);
}

TEST(PartOf, SharesAllWorkOnce) {
  const std::vector<float> b(300 * 8);
  const PackedMatrix packed({b.data(), 8, 300, 1, 8}, *float_kernels().front());
  Product product;
  product.rows = 131;
  product.b = &packed;
  for (const std::int64_t workers : {1, 2, 3, 8, 50}) {
    std::int64_t cells = 0;
    for (std::int64_t i = 0; i < workers; ++i) {
      const Part part = part_of(product, i, workers);
      cells += part.rows * part.panels;
    }
    EXPECT_EQ(cells, 131 * packed.panels()) << workers;
  }
}

}  // namespace
}  // namespace skyglot
