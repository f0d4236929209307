// SPDX-License-Identifier: Apache-2.0
// Agreement with STEGO's own code on the committed figures: its correspondence loss with gradients,
// cluster probe, assignment and scores, to 1e-5.
#include "base/atomic_file.hpp"
#include "base/json.hpp"
#include "base/linear_algebra.hpp"
#include "nn/tensors.hpp"
#include "tests/parity/figures.hpp"
#include "weights/safetensors.hpp"

#include "landcover/correspondence.hpp"
#include "landcover/land_classes.hpp"
#include "landcover/map_score.hpp"
#include <gtest/gtest.h>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;

constexpr double kTolerance = 1e-5;

fs::path stego() {
  return unpacked(fs::path(SKYGLOT_SOURCE_DIR) / "tests/parity/fixtures/stego.tar.xz", "stego");
}

class Stego : public testing::Test {
 protected:
  [[nodiscard]] torch::Tensor at(const std::string& name) const {
    return to_torch(tensors_.at(name));
  }
  [[nodiscard]] double number(const std::string& name) const { return at(name).item<double>(); }

  TensorMap tensors_ = read_safetensors(stego() / "expected.safetensors").tensors;
};

StegoSettings settings_of(const ReadJson& json) {
  StegoSettings settings;
  settings.self = {json.at("shift_self"), json.at("w_self")};
  settings.neighbours = {json.at("shift_knn"), json.at("w_knn")};
  settings.random = {json.at("shift_random"), json.at("w_random")};
  settings.samples = json.at("feature_samples");
  settings.pointwise = json.at("pointwise");
  settings.zero_clamp = json.at("zero_clamp");
  settings.stabilise = json.at("stabilize");
  return settings;
}

// N x C x H x W as a row for each position.
PatchMaps maps_of(const torch::Tensor& tensor) {
  const torch::Tensor rows = tensor.permute({0, 2, 3, 1}).contiguous();
  PatchMaps maps{tensor.size(2), Matrix(rows.numel() / tensor.size(1), tensor.size(1))};
  std::copy_n(rows.data_ptr<float>(), rows.numel(), maps.rows.values.data());
  return maps;
}

std::vector<MapPoint> points_of(const torch::Tensor& tensor) {
  const torch::Tensor flat = tensor.contiguous();
  std::vector<MapPoint> points(static_cast<std::size_t>(flat.numel() / 2));
  for (std::size_t i = 0; i < points.size(); ++i)
    points[i] = {flat.data_ptr<float>()[2 * i], flat.data_ptr<float>()[2 * i + 1]};
  return points;
}

void expect_near(const Matrix& ours, const Matrix& theirs) {
  ASSERT_EQ(ours.values.size(), theirs.values.size());
  for (std::size_t i = 0; i < ours.values.size(); ++i)
    ASSERT_NEAR(ours.values[i], theirs.values[i], kTolerance) << i;
}

TEST_F(Stego, CorrespondenceLossAndItsGradients) {
  const auto cases = parse_json<ReadJson>(read_file(stego() / "case.json")).at("cases");
  ASSERT_EQ(cases.size(), 4U);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    SCOPED_TRACE(i);
    const std::string prefix = "case" + std::to_string(i) + "_";
    CorrespondenceDraws draws{
        points_of(at(prefix + "coords1")), points_of(at(prefix + "coords2")), {}};
    const torch::Tensor orders = at(prefix + "permutations");
    for (std::int64_t k = 0; k < orders.size(0); ++k) {
      auto& order = draws.orders.emplace_back();
      for (std::int64_t n = 0; n < orders.size(1); ++n)
        order.push_back(std::llround(orders[k][n].item<double>()));
    }
    const CorrespondenceLoss loss = correspondence_loss(
        {maps_of(at(prefix + "features")), maps_of(at(prefix + "code"))},
        {maps_of(at(prefix + "features_pos")), maps_of(at(prefix + "code_pos"))}, draws,
        settings_of(cases[i]));
    EXPECT_NEAR(loss.self.loss, number(prefix + "loss_self"), kTolerance);
    EXPECT_NEAR(loss.neighbours.loss, number(prefix + "loss_knn"), kTolerance);
    EXPECT_NEAR(loss.random.loss, number(prefix + "loss_random"), kTolerance);
    EXPECT_NEAR(loss.total, number(prefix + "total"), kTolerance);
    expect_near(loss.by_anchors, maps_of(at(prefix + "grad_code")).rows);
    expect_near(loss.by_positives, maps_of(at(prefix + "grad_code_pos")).rows);
  }
}

// Its gradient is held to differences of its value; the original's is not in the figures.
TEST_F(Stego, ClusterProbe) {
  const Matrix codes = maps_of(at("cluster_input")).rows;
  Matrix centres(at("cluster_centres").size(0), codes.cols);
  centres.values = to_floats(tensors_.at("cluster_centres"));
  const ClusterLoss loss = cluster_loss(codes, centres);
  EXPECT_NEAR(loss.loss, number("cluster_loss"), kTolerance);
  constexpr float kStep = 1e-2F;
  for (std::size_t i = 0; i < centres.values.size(); ++i) {
    Matrix more = centres, less = centres;
    more.values[i] += kStep;
    less.values[i] -= kStep;
    const double slope =
        (cluster_loss(codes, more).loss - cluster_loss(codes, less).loss) / (2 * double{kStep});
    EXPECT_NEAR(loss.by_centres.values[i], slope, 2e-3) << i;
  }
}

TEST_F(Stego, LogProbabilitiesOfCentres) {
  Matrix codes = maps_of(at("cluster_input")).rows;
  normalise_rows(codes);
  LandClasses classes;
  classes.centres = Matrix(at("cluster_centres").size(0), codes.cols);
  classes.centres.values = to_floats(tensors_.at("cluster_centres"));
  normalise_rows(classes.centres);
  classes.classes = unnamed_classes(classes.centres.rows);
  for (std::int32_t k = 0; k < classes.centres.rows; ++k) classes.class_of.push_back(k);
  expect_near(class_log_probabilities(codes, classes, 2),
              maps_of(at("cluster_log_probs_alpha2")).rows);
}

TEST_F(Stego, AssignmentAccuracyAndIou) {
  const torch::Tensor confusion = at("confusion_predicted_by_actual");
  ClusterCounts counts;
  counts.clusters = confusion.size(0);
  for (std::int64_t c = 0; c < confusion.size(1); ++c) counts.classes.push_back(std::to_string(c));
  for (std::int64_t k = 0; k < counts.clusters; ++k)
    for (std::int64_t c = 0; c < confusion.size(1); ++c)
      counts.counts.push_back(std::llround(confusion[k][c].item<double>()));
  const MapScore score = score_map(counts, Matching::hungarian);
  const torch::Tensor classes = at("assignment_class_of_cluster");
  for (std::size_t k = 0; k < score.class_of.size(); ++k)
    EXPECT_EQ(score.class_of[k],
              std::llround(classes[static_cast<std::int64_t>(k)].item<double>()));
  EXPECT_NEAR(score.accuracy, number("accuracy"), kTolerance);
  const torch::Tensor iou = at("iou");
  for (std::size_t c = 0; c < score.classes.size(); ++c)
    EXPECT_NEAR(score.classes[c].iou.value_or(-1), iou[static_cast<std::int64_t>(c)].item<double>(),
                kTolerance);
}

}  // namespace
}  // namespace skyglot::testing_support
