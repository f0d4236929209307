// SPDX-License-Identifier: Apache-2.0
#include "nn/positions.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace skyglot {
namespace {

// The class row is -1; a patch's row is (y, x) of its place in [0, 1].
torch::Tensor gradient_positions(std::int64_t side) {
  const torch::Tensor line = (torch::arange(side) + 0.5) / static_cast<double>(side);
  const torch::Tensor y = line.view({side, 1}).expand({side, side}).flatten();
  const torch::Tensor x = line.view({1, side}).expand({side, side}).flatten();
  return torch::cat({torch::full({1, 2}, -1.0), torch::stack({y, x}, 1)}).to(torch::kFloat32);
}

TEST(PositionsForGrid, OwnGridIsUntouched) {
  const torch::Tensor positions = gradient_positions(4);
  EXPECT_TRUE(torch::equal(positions_for_grid(positions, 4, 4, PositionResize::dino), positions));
}

TEST(PositionsForGrid, KeepsTheClassRowAndThePlaces) {
  for (const auto method :
       {PositionResize::antialiased, PositionResize::dino, PositionResize::plain}) {
    const torch::Tensor wide = positions_for_grid(gradient_positions(14), 7, 21, method);
    ASSERT_EQ(wide.size(0), 1 + 7 * 21);
    EXPECT_EQ(wide[0][0].item<float>(), -1);
    const torch::Tensor middle = wide[1 + 3 * 21 + 10];
    EXPECT_NEAR(middle[0].item<float>(), 0.5, 0.01);
    EXPECT_NEAR(middle[1].item<float>(), 0.5, 0.01);
    EXPECT_LT(wide[1][0].item<float>(), 0.15);
    EXPECT_GT(wide[wide.size(0) - 1][1].item<float>(), 0.9);
  }
}

TEST(PositionsForGrid, RefusesWhatIsNoSquare) {
  EXPECT_THROW(static_cast<void>(positions_for_grid(torch::zeros({1 + 12, 2}), 3, 3,
                                                    PositionResize::antialiased)),
               Error);
}

}  // namespace
}  // namespace skyglot
