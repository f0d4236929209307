// SPDX-License-Identifier: Apache-2.0
#include "landcover/landcover_training.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/linear_algebra.hpp"
#include "base/progress.hpp"
#include "base/words.hpp"
#include "scores/assignment.hpp"
#include "scores/k_means.hpp"

#include <fmt/core.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>

namespace skyglot {
namespace {

constexpr std::int64_t kSampledPatches = 50'000;

constexpr std::array<std::string_view, 3> kMethods{"stego", "features", "colour"};

// Columns to mean 0 and deviation 1.
SegmentationHead standardiser(const Matrix& rows) {
  SegmentationHead head{
      {Matrix(rows.cols, rows.cols), std::vector<float>(static_cast<std::size_t>(rows.cols))},
      {},
      {}};
  for (std::int64_t d = 0; d < rows.cols; ++d) {
    double sum = 0, squares = 0;
    for (std::int64_t i = 0; i < rows.rows; ++i) {
      const double value = rows.row(i)[static_cast<std::size_t>(d)];
      sum += value;
      squares += value * value;
    }
    const double mean = sum / static_cast<double>(rows.rows);
    const double variance = squares / static_cast<double>(rows.rows) - mean * mean;
    const double scale = 1 / std::sqrt(std::max(variance, 1e-6));
    head.linear.weights.row(d)[static_cast<std::size_t>(d)] = static_cast<float>(scale);
    head.linear.bias[static_cast<std::size_t>(d)] = static_cast<float>(-mean * scale);
  }
  return head;
}

std::vector<std::int32_t> classes_of(const Matrix& codes, const LandClasses& classes) {
  std::vector<std::int32_t> result = nearest_centres(codes, classes.centres);
  for (std::int32_t& one : result) one = classes.class_of[static_cast<std::size_t>(one)];
  return result;
}

// Share of items on which two clusterings agree, classes paired at best.
double agreement_of(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b,
                    std::int64_t classes) {
  std::vector<double> counts(static_cast<std::size_t>(classes * classes));
  for (std::size_t i = 0; i < a.size(); ++i)
    ++counts[static_cast<std::size_t>(a[i] * classes + b[i])];
  const auto pairs = best_assignment(counts, classes, classes);
  double agreed = 0;
  for (std::int64_t k = 0; k < classes; ++k)
    agreed += counts[static_cast<std::size_t>(k * classes + pairs[static_cast<std::size_t>(k)])];
  return agreed / static_cast<double>(a.size());
}

struct Candidate {
  TrainedHead trained;
  LandClasses classes;
  std::vector<std::int32_t> assigned;  // of the sampled patches
};

class LandcoverTrainer {
 public:
  LandcoverTrainer(const Ground& ground, const ImageEncoder& backbone,
                   const LandcoverRecipe& recipe)
      : recipe_(recipe) {
    const auto start = std::chrono::steady_clock::now();
    const FeatureRequest request{recipe.layout, kind(), 0.25, recipe.cache};
    features_ = tile_features(ground, backbone, request);
    result_.feature_seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    patches_ = sampled_patches(features_, kSampledPatches);
    result_.tiles = std::ssize(features_.tiles);
    result_.patches = patches_.cells();
    result_.model.features = kind();
    result_.model.tile = recipe.layout.side;
    result_.model.look = recipe.look;
    result_.model.look.stretches = ground.stretches();
  }

  LandcoverTraining run() {
    std::vector<Candidate> candidates;
    if (recipe_.method == LandcoverMethod::stego && recipe_.head.empty()) {
      candidates = train_heads();
    } else {
      candidates.push_back(with_classes({ready_head(), {}, {}}, recipe_.clustering.seed));
    }
    choose(candidates);
    describe();
    return std::move(result_);
  }

 private:
  [[nodiscard]] PatchFeature kind() const {
    return recipe_.method == LandcoverMethod::colour ? PatchFeature::colour : recipe_.features;
  }

  [[nodiscard]] SegmentationHead ready_head() const {
    if (recipe_.method == LandcoverMethod::colour) return standardiser(patches_.vectors);
    if (recipe_.head.empty()) return {};
    const LandcoverModel other = load_landcover_model(recipe_.head);
    if (other.features != kind() || other.head.is_identity() ||
        other.head.linear.weights.cols != features_.depth)
      fail(ErrorKind::input, "the head of {} is of other features than these",
           recipe_.head.string());
    return other.head;
  }

  std::vector<Candidate> train_heads() {
    const auto neighbours = tile_neighbours(features_, recipe_.training.neighbours);
    HeadTraining training = recipe_.training;
    result_.agreement = feature_agreement(features_, neighbours, training);
    if (!recipe_.preset.empty())
      training.stego = stego_preset(recipe_.preset);
    else
      tune_shifts(training.stego, result_.agreement);
    if (recipe_.use_probe) training.clusters = recipe_.clustering.classes;
    result_.stego = training.stego;
    std::vector<Candidate> candidates;
    Progress progress("epochs", static_cast<std::uint64_t>(recipe_.seeds * training.epochs));
    for (int i = 0; i < recipe_.seeds; ++i) {
      training.seed = recipe_.training.seed + static_cast<std::uint64_t>(i);
      TrainedHead trained = train_head(features_, neighbours, training,
                                       [&](const EpochFigures&) { progress.advance(); });
      result_.seeds.push_back(
          {training.seed, trained.epochs, 1, collapse_of(trained.epochs.back())});
      candidates.push_back(with_classes(std::move(trained), training.seed));
    }
    return candidates;
  }

  [[nodiscard]] Candidate with_classes(TrainedHead trained, std::uint64_t seed) const {
    const Matrix codes = blended_codes(patches_, trained.head.codes(patches_.vectors));
    Candidate candidate;
    if (trained.probe.rows > 0) {
      candidate.classes.centres = trained.probe;
      normalise_rows(candidate.classes.centres);
      for (std::int32_t k = 0; k < trained.probe.rows; ++k) candidate.classes.class_of.push_back(k);
      candidate.classes.classes = unnamed_classes(trained.probe.rows);
    } else {
      ClusteringOptions clustering = recipe_.clustering;
      clustering.seed = seed;
      candidate.classes = cluster_codes(codes, clustering);
    }
    candidate.assigned = classes_of(codes, candidate.classes);
    candidate.trained = std::move(trained);
    return candidate;
  }

  // Nobody knows which head is right; the one that most agree with is the safest.
  void choose(std::vector<Candidate>& candidates) {
    for (std::size_t i = 0; candidates.size() > 1 && i < candidates.size(); ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < candidates.size(); ++j)
        if (j != i)
          sum += agreement_of(candidates[i].assigned, candidates[j].assigned,
                              recipe_.clustering.classes);
      result_.seeds[i].agreement = sum / static_cast<double>(candidates.size() - 1);
      const SeedOutcome& best = result_.seeds[result_.chosen];
      const SeedOutcome& one = result_.seeds[i];
      if (std::pair(!one.collapse, one.agreement) > std::pair(!best.collapse, best.agreement))
        result_.chosen = i;
    }
    Candidate& chosen = candidates[result_.chosen];
    result_.model.head = std::move(chosen.trained.head);
    result_.model.classes = std::move(chosen.classes);
    count_shares(chosen.assigned);
    if (!result_.seeds.empty() && result_.seeds[result_.chosen].collapse)
      result_.collapse = result_.seeds[result_.chosen].collapse;
  }

  void count_shares(const std::vector<std::int32_t>& assigned) {
    constexpr double kNearlyAll = 0.98;
    result_.shares.assign(static_cast<std::size_t>(recipe_.clustering.classes), 0);
    for (const std::int32_t one : assigned)
      result_.shares[static_cast<std::size_t>(one)] += 1 / static_cast<double>(assigned.size());
    const double largest = *std::ranges::max_element(result_.shares);
    if (largest > kNearlyAll)
      result_.collapse = fmt::format(
          "one class took {:.1f} % of all patches; ask for more classes "
          "or more centres",
          100 * largest);
  }

  void describe() {
    Json seeds = Json::array();
    for (const SeedOutcome& one : result_.seeds)
      seeds.push_back({{"seed", one.seed}, {"agreement", one.agreement}});
    const StegoSettings& s = result_.stego;
    result_.model.about = {{"method", to_string(recipe_.method)},
                           {"tiles", result_.tiles},
                           {"overlap", recipe_.layout.overlap},
                           {"five_crop", recipe_.layout.five_crop},
                           {"centres", result_.model.classes.centres.rows}};
    if (recipe_.method != LandcoverMethod::stego || !recipe_.head.empty()) return;
    result_.model.about["preset"] = recipe_.preset.empty() ? "tuned" : recipe_.preset;
    result_.model.about["shifts"] = {s.self.shift, s.neighbours.shift, s.random.shift};
    result_.model.about["weights"] = {s.self.weight, s.neighbours.weight, s.random.weight};
    result_.model.about["epochs"] = recipe_.training.epochs;
    result_.model.about["seeds"] = seeds;
    result_.model.about["seed"] = result_.seeds[result_.chosen].seed;
  }

  const LandcoverRecipe& recipe_;
  TileFeatures features_;
  PatchSample patches_;
  LandcoverTraining result_;
};

}  // namespace

std::string to_string(LandcoverMethod method) {
  return word_of(method, kMethods);
}

LandcoverMethod parse_landcover_method(const std::string& word) {
  return value_of<LandcoverMethod>(word, kMethods, "method");
}

void LandcoverRecipe::validate() const {
  training.validate();
  clustering.validate();
  if (!preset.empty()) (void)stego_preset(preset);
  std::string problems;
  if (seeds < 1) problems += fmt::format("; seeds is {}, at least 1 is needed", seeds);
  if (!head.empty() && method != LandcoverMethod::stego)
    problems += fmt::format("; a head is of no use to the method {}", to_string(method));
  if (use_probe && (method != LandcoverMethod::stego || !head.empty()))
    problems += "; only a head that is trained here has a cluster probe";
  if (!problems.empty()) fail(ErrorKind::usage, "land cover: {}", problems.substr(2));
}

LandcoverTraining train_landcover(const Ground& ground, const ImageEncoder& backbone,
                                  const LandcoverRecipe& recipe) {
  recipe.validate();
  LandcoverTrainer trainer(ground, backbone, recipe);
  tbb::task_arena arena(backbone.context().threads());
  return arena.execute([&] { return trainer.run(); });
}

}  // namespace skyglot
