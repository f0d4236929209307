// SPDX-License-Identifier: Apache-2.0
// Labelled tags with vectors that tell their answers, for tests.
#pragma once

#include "scores/matrix_testing.hpp"

#include "curate/train_visibility.hpp"
#include <fmt/core.h>

#include <cstdint>
#include <vector>

namespace skyglot {

struct TagWorld {
  Matrix vectors;
  std::vector<LabelledTag> tags;
};

/// `count` tags in 24 dimensions: the first says whether a tag can be seen, the second how coarse,
/// both under noise of `noise` standard deviations.
inline TagWorld tag_world(std::int64_t count, double noise) {
  TagWorld world{random_rows(count, 24, 5), {}};
  for (std::int64_t i = 0; i < count; ++i) {
    const bool visible = i % 5 < 3;
    const auto level = static_cast<std::size_t>(i / 5 % 5);
    const std::span<float> row = world.vectors.row(i);
    for (float& value : row) value = static_cast<float>(noise * double{value});
    row[0] += visible ? 1.0F : -1.0F;
    row[1] += static_cast<float>(level) - 2.0F;
    LabelledTag tag{{fmt::format("key{}", i), "value"}, {}};
    if (visible) tag.max_gsd_m = kVisibilityLevelsM[level];
    world.tags.push_back(tag);
  }
  return world;
}

}  // namespace skyglot
