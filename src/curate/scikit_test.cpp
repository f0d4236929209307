// SPDX-License-Identifier: Apache-2.0
// The stages are scikit-learn's, coefficient by coefficient. Skips where python3-sklearn is not
// installed.
#include "base/atomic_file.hpp"

#include "curate/curate_testing.hpp"
#include "curate/stage_search.hpp"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string said_by(const std::string& command) {
  std::string said;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
  std::array<char, 4096> part{};
  while (pipe && std::fgets(part.data(), static_cast<int>(part.size()), pipe.get()) != nullptr)
    said += part.data();
  return said;
}

class Scikit : public testing::Test {
 protected:
  void SetUp() override {
    if (said_by("/usr/bin/python3 -c 'import sklearn; print(1)' 2>/dev/null") != "1\n")
      GTEST_SKIP() << "scikit-learn is not installed (python3-sklearn)";
  }

  static Json theirs(const StageData& data, std::int64_t components, double c) {
    const Matrix vectors = data.vectors.all();
    std::string table;
    for (std::int64_t i = 0; i < vectors.rows; ++i) {
      for (const float value : vectors.row(i)) table += fmt::format("{:.9g},", value);
      table += fmt::format("{}\n", data.labels[static_cast<std::size_t>(i)]);
    }
    const fs::path file = fs::path(testing::TempDir()) / "vectors.csv";
    write_file_atomically(file, table);
    return Json::parse(
        said_by(fmt::format("/usr/bin/python3 '{}/tests/peers/scikit_stage.py' '{}' {} {}",
                            SKYGLOT_SOURCE_DIR, file.string(), components, c)));
  }

  static void expect_alike(const StageData& data, std::int64_t components, double c) {
    VisibilityTraining options;
    options.components = {components};
    options.c = {c};
    const LinearStage ours = search_stage(data, options).stage;
    const Json expected = theirs(data, components, c);
    for (std::int64_t k = 0; k < ours.weights.rows; ++k) {
      const auto row = static_cast<std::size_t>(k);
      for (std::size_t d = 0; d < ours.weights.row(k).size(); ++d)
        EXPECT_NEAR(ours.weights.row(k)[d], expected["weights"][row][d].get<double>(), 1e-3);
      EXPECT_NEAR(ours.bias[row], expected["bias"][row].get<double>(), 1e-3);
    }
    const Matrix p = stage_probabilities(data.kind, ours, data.vectors,
                                         static_cast<std::int64_t>(data.classes.size()));
    int alike = 0;
    for (std::int64_t i = 0; i < p.rows; ++i) {
      const auto likeliest = std::ranges::max_element(p.row(i)) - p.row(i).begin();
      alike += expected["said"][static_cast<std::size_t>(i)] == likeliest ? 1 : 0;
    }
    EXPECT_GE(alike, static_cast<int>(std::ceil(0.999 * static_cast<double>(p.rows))));
  }
};

TEST_F(Scikit, BinaryStage) {
  const TagWorld world = tag_world(2000, 1.0);
  StageData data{StageKind::binary, world.vectors, {}, {}, {"no", "yes"}};
  for (const LabelledTag& tag : world.tags) {
    data.labels.push_back(tag.max_gsd_m ? 1 : 0);
    data.ids.push_back(tag.tag.key);
  }
  expect_alike(data, 16, 1);
  expect_alike(data, 24, 100);
}

TEST_F(Scikit, MultinomialStage) {
  const TagWorld world = tag_world(2000, 0.6);
  StageData data{StageKind::multinomial, world.vectors, {}, {}, {"1", "2", "3", "4", "5"}};
  for (std::size_t i = 0; i < world.tags.size(); ++i) {
    data.labels.push_back(static_cast<std::int32_t>(i / 5 % 5));
    data.ids.push_back(world.tags[i].tag.key);
  }
  expect_alike(data, 16, 1);
  expect_alike(data, 20, 10);
}

}  // namespace
}  // namespace skyglot
