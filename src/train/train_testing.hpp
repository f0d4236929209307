// SPDX-License-Identifier: Apache-2.0
// Coloured pictures with captions in a tar, and a small model to train, for tests.
#pragma once

#include "nn/small_clip.hpp"
#include "pictures/png.hpp"
#include "pictures/shard.hpp"
#include "weights/model_folder.hpp"
#include "weights/random_model.hpp"

#include "train/recipe.hpp"
#include <fmt/core.h>
#include <gtest/gtest.h>

#include <array>
#include <filesystem>
#include <string>

namespace skyglot::testing_support {

inline std::filesystem::path fresh_folder(const std::string& name) {
  const auto folder = std::filesystem::path(testing::TempDir()) / ("train-" + name);
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

inline constexpr std::array<const char*, 4> kColours{"red", "green", "blue", "white"};

/// A field of one colour, no two alike.
inline Picture field(int number) {
  Picture picture{40, 36, 3, {}};
  const int colour = number % 4;
  for (int i = 0; i < picture.width * picture.height; ++i)
    for (int c = 0; c < 3; ++c) {
      const bool bright = colour == 3 || colour == c;
      picture.pixels.push_back(static_cast<std::uint8_t>((bright ? 190 : 30) + (number + i) % 40));
    }
  return picture;
}

/// `count` fields in a tar, each with two captions that name its colour.
inline std::filesystem::path write_fields(const std::filesystem::path& folder, int count,
                                          const std::string& name = "fields.tar") {
  ShardWriter writer(folder / name);
  for (int i = 0; i < count; ++i) {
    const std::string key = fmt::format("field{:03}", i);
    const char* colour = kColours[static_cast<std::size_t>(i % 4)];
    writer.add(key + ".png", encode_png(field(i)));
    writer.add(key + ".json",
               fmt::format(R"({{"captions": ["a {0} field", "ground that is {0}"]}})", colour));
  }
  (void)writer.commit();
  return folder / name;
}

/// A random small CLIP as a model folder.
inline std::filesystem::path write_model(const std::filesystem::path& folder) {
  save_model_folder(folder / "begin", random_model(small_clip(), 3));
  return folder / "begin";
}

inline TrainingRecipe small_recipe(const std::filesystem::path& folder) {
  TrainingRecipe recipe;
  recipe.model = write_model(folder);
  recipe.data = {TrainingSource{{write_fields(folder, 24)}, {}, "", {}, {}, 1}};
  recipe.batch = 8;
  recipe.steps = 12;
  recipe.warm_up = 2;
  recipe.rate = 1e-3;
  recipe.repeats = Repeats::positives;
  recipe.checkpoint_every = 4;
  return recipe;
}

}  // namespace skyglot::testing_support
