// SPDX-License-Identifier: Apache-2.0
#include "nn/product_choice.hpp"

#include "base/atomic_file.hpp"
#include "nn/blas.hpp"
#include "nn/compute.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

namespace skyglot {
namespace {

class ProductChoices : public testing::Test {
 protected:
  const std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) /
      testing::UnitTest::GetInstance()->current_test_info()->name();
  const std::filesystem::path cache = folder / "skyglot" / "products.json";
  void SetUp() override { std::filesystem::remove_all(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }
};

TEST_F(ProductChoices, TakeAKernelThatIsRightAndNearlyTheFastest) {
  const ProductChoice choice = choose_product("");
  ASSERT_NE(choice.floats, nullptr);
  double chosen = 0;
  double best = 0;
  for (const MeasuredProduct& product : choice.measured) {
    EXPECT_GT(product.gflops, 0) << product.name;
    if (product.name == choice.floats->name) chosen = product.right ? product.gflops : 0;
    for (const ProductKernel* kernel : float_kernels())
      if (product.name == kernel->name) best = std::max(best, product.gflops);
  }
  EXPECT_GE(chosen, 0.95 * best);
  const auto narrow = std::ranges::find_if(choice.measured, [](const MeasuredProduct& product) {
    return bfloat16_kernel() != nullptr && product.name == bfloat16_kernel()->name;
  });
  const bool faster = narrow != choice.measured.end() && narrow->gflops > chosen;
  EXPECT_EQ(choice.bfloat16, faster ? bfloat16_kernel() : nullptr);
}

TEST_F(ProductChoices, AreKeptAndReadAgain) {
  const ProductChoice first = choose_product(cache);
  EXPECT_FALSE(first.from_cache);
  const ProductChoice second = choose_product(cache);
  EXPECT_TRUE(second.from_cache);
  EXPECT_EQ(second.floats, first.floats);
  ASSERT_EQ(second.measured.size(), first.measured.size());
  EXPECT_EQ(second.measured.front().gflops, first.measured.front().gflops);
}

TEST_F(ProductChoices, OfADamagedCacheAreMadeAnew) {
  (void)choose_product(cache);
  const std::string whole = read_file(cache);
  std::string faster = whole;
  faster.insert(faster.find("gflops") + 9, "9");
  std::string elsewhere = whole;
  elsewhere.replace(elsewhere.find("\"processor\": \"") + 14, 1, "X");
  for (const std::string& text : {std::string(), whole.substr(0, whole.size() / 2),
                                  std::string(10000, '['), faster, elsewhere}) {
    write_file_atomically(cache, text);
    EXPECT_FALSE(choose_product(cache).from_cache) << text.substr(0, 60);
    EXPECT_TRUE(choose_product(cache).from_cache) << "and kept";
  }
}

TEST_F(ProductChoices, DoNotNeedAFolderToKeepThem) {
  EXPECT_NE(choose_product("/proc/no/such/folder/products.json").floats, nullptr);
}

TEST(ProductCache, LiesInTheUsersCacheFolder) {
  const char* const set = std::getenv("XDG_CACHE_HOME");
  const std::string before = set == nullptr ? "" : set;
  setenv("XDG_CACHE_HOME", "/somewhere", 1);
  EXPECT_EQ(product_cache(), "/somewhere/skyglot/products.json");
  setenv("XDG_CACHE_HOME", "not/absolute", 1);
  EXPECT_THAT(product_cache().string(), testing::Not(testing::HasSubstr("not/absolute")));
  if (set == nullptr)
    unsetenv("XDG_CACHE_HOME");
  else
    setenv("XDG_CACHE_HOME", before.c_str(), 1);
}

TEST(OpenBlasCore, IsTheUsersWhereOneIsSet) {
  setenv("OPENBLAS_CORETYPE", "Haswell", 0);
  EXPECT_EQ(better_openblas_core(), "");
}

TEST(ComputedAs, SaysWhatBFloat16IsOnThisProcessor) {
  EXPECT_EQ(computed_as({Device::cpu, Precision::fp32, 1}), "fp32");
  EXPECT_EQ(computed_as({Device::cpu, Precision::bf16, 1}),
            product_choice().bfloat16 != nullptr ? "bf16" : "fp32 with weights rounded to bf16");
  EXPECT_EQ(computed_as({Device::cuda, Precision::bf16, 1}), "bf16");
}

}  // namespace
}  // namespace skyglot
