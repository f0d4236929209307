// SPDX-License-Identifier: Apache-2.0
// Imagery and models that the tests of this room make for themselves.
#pragma once

#include "nn/lively_model.hpp"
#include "raster/raster_writer.hpp"
#include "scores/matrix_testing.hpp"

#include "landcover/landcover_model.hpp"
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <optional>
#include <unistd.h>

namespace skyglot::landcover_testing {

inline std::filesystem::path fresh_folder() {
  const auto* info = testing::UnitTest::GetInstance()->current_test_info();
  std::filesystem::path folder =
      std::filesystem::path(testing::TempDir()) /
      (std::string(info->test_suite_name()) + "." + info->name() + "-" + std::to_string(getpid()));
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

/// Patches of 8 pixels, two blocks: all that a test needs of a backbone.
inline StoredModel small_backbone() {
  ModelConfig config;
  config.kind = ModelKind::vit;
  config.vision.patch_size = 8;
  config.vision.image_size = 32;
  config.vision.transformer.width = 24;
  config.vision.transformer.layers = 2;
  config.vision.transformer.heads = 2;
  config.vision.transformer.mlp_width = 48;
  config.preprocess.side = 32;
  config.embedding_width = 24;
  return testing_support::lively_model(config, 3);
}

/// Stripes and blobs that differ from place to place of the ground, not of the raster.
inline double ground_value(int band, double x, double y) {
  return 128 + 60 * std::sin(x / (9 + 4 * band)) * std::cos(y / 13) +
         50 * std::sin((x + y) / 41 + band);
}

/// Three bands of value(band from 0, column, row), half a metre a pixel.
struct GroundFile {
  int x = 0, y = 0;  ///< of its first pixel, in pixels of the ground
  int width = 64, height = 64;
  std::optional<double> nodata{};
};
inline std::filesystem::path write_file_of(const std::filesystem::path& path,
                                           const GroundFile& file,
                                           const std::function<double(int, int, int)>& value) {
  RasterSpec spec;
  spec.width = file.width;
  spec.height = file.height;
  spec.map_from_pixel = {570000 + .5 * file.x, .5, 0, 5540000 - .5 * file.y, 0, -.5};
  spec.crs = "EPSG:32632";
  spec.band_names = {"red", "green", "blue"};
  spec.nodata = file.nodata;
  std::vector<std::uint8_t> samples;
  for (int band = 0; band < 3; ++band)
    for (int row = 0; row < file.height; ++row)
      for (int column = 0; column < file.width; ++column)
        samples.push_back(static_cast<std::uint8_t>(value(band, column, row)));
  RasterWriter writer(path, spec);
  writer.write<std::uint8_t>({0, 0, file.width, file.height}, samples);
  writer.finish();
  return path;
}

/// `width` x `height` pixels of the ground from column `x`, row `y` on.
inline std::filesystem::path write_ground(const std::filesystem::path& path, int x, int y,
                                          int width, int height) {
  return write_file_of(path, {x, y, width, height, {}}, [&](int band, int column, int row) {
    return ground_value(band, column + x, row + y);
  });
}

/// Four classes of eight centres in the features of small_backbone(), without a head.
inline LandcoverModel small_model() {
  LandcoverModel model;
  model.tile = 32;
  model.classes.centres = random_rows(8, 24, 9);
  normalise_rows(model.classes.centres);
  model.classes.class_of = {0, 1, 2, 3, 0, 1, 2, 3};
  model.classes.classes = unnamed_classes(4);
  return model;
}

}  // namespace skyglot::landcover_testing
