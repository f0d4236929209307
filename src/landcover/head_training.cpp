// SPDX-License-Identifier: Apache-2.0
#include "landcover/head_training.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/random.hpp"
#include "scores/nearest.hpp"

#include "landcover/correspondence.hpp"
#include "landcover/live_head.hpp"
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

namespace skyglot {
namespace {

using Neighbours = std::vector<std::vector<std::int64_t>>;

constexpr int kMostRedraws = 20;  // of a point without data

// Some tiles, and which of their patches hold data (one after the other).
struct GatheredTiles {
  PatchMaps features;
  std::vector<std::uint8_t> valid;

  [[nodiscard]] std::span<const std::uint8_t> valid_of(std::int64_t picture) const {
    const auto patches = static_cast<std::size_t>(features.grid * features.grid);
    return std::span(valid).subspan(static_cast<std::size_t>(picture) * patches, patches);
  }
};

GatheredTiles gather(const TileFeatures& features, std::span<const std::int64_t> tiles) {
  const std::int64_t patches = features.grid * features.grid;
  GatheredTiles gathered{{features.grid, Matrix(std::ssize(tiles) * patches, features.depth)}, {}};
  float* next = gathered.features.rows.values.data();
  for (const std::int64_t tile : tiles) {
    const Matrix row = features.rows.block(tile, 1);
    next = std::copy_n(row.values.data(), patches * features.depth, next);
    for (std::int64_t p = patches * features.depth; p < row.cols; ++p)
      gathered.valid.push_back(row.values[static_cast<std::size_t>(p)] > 0 ? 1 : 0);
  }
  return gathered;
}

std::int64_t patch_at(double coordinate, std::int64_t grid) {
  return std::lround((coordinate + 1) / 2 * static_cast<double>(grid - 1));
}

// Uniform points, side * side for each picture; one that hits no data is drawn anew.
std::vector<MapPoint> drawn_points(RandomStream& random, const GatheredTiles& tiles,
                                   std::int64_t side) {
  const std::int64_t grid = tiles.features.grid;
  std::vector<MapPoint> points;
  for (std::int64_t n = 0; n < tiles.features.pictures(); ++n) {
    const std::span<const std::uint8_t> valid = tiles.valid_of(n);
    for (std::int64_t p = 0; p < side * side; ++p) {
      double x = 0, y = 0;
      for (int tries = 0; tries <= kMostRedraws; ++tries) {
        x = random.uniform(-1, 1);
        y = random.uniform(-1, 1);
        if (valid[static_cast<std::size_t>(patch_at(y, grid) * grid + patch_at(x, grid))] > 0)
          break;
      }
      points.push_back({static_cast<float>(x), static_cast<float>(y)});
    }
  }
  return points;
}

template <typename Value>
void shuffle(RandomStream& random, std::vector<Value>& values) {
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.index(i)]);
}

// Who is whose negative: an order in which nobody keeps his place. As in the original, those that
// would are moved on by one, so that some may stand twice.
std::vector<std::int64_t> moved_order(RandomStream& random, std::int64_t count) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  shuffle(random, order);
  for (std::int64_t i = 0; i < count; ++i) {
    std::int64_t& one = order[static_cast<std::size_t>(i)];
    if (one == i) one = (i + 1) % count;
  }
  return order;
}

// Tiles that have neighbours.
std::vector<std::int64_t> anchors_of(const Neighbours& neighbours) {
  std::vector<std::int64_t> anchors;
  for (std::size_t i = 0; i < neighbours.size(); ++i)
    if (!neighbours[i].empty()) anchors.push_back(static_cast<std::int64_t>(i));
  return anchors;
}

struct DrawnBatch {
  GatheredTiles anchors, positives;
  CorrespondenceDraws draws;
};

DrawnBatch draw_batch(const TileFeatures& features, const Neighbours& neighbours,
                      std::span<const std::int64_t> anchors, const StegoSettings& stego,
                      RandomStream& random) {
  std::vector<std::int64_t> positives;
  for (const std::int64_t anchor : anchors) {
    const auto& near = neighbours[static_cast<std::size_t>(anchor)];
    positives.push_back(near[random.index(near.size())]);
  }
  DrawnBatch batch{gather(features, anchors), gather(features, positives), {}};
  batch.draws.anchor_points = drawn_points(random, batch.anchors, stego.samples);
  batch.draws.other_points = drawn_points(random, batch.positives, stego.samples);
  for (std::int64_t i = 0; i < stego.negatives; ++i)
    batch.draws.orders.push_back(moved_order(random, std::ssize(anchors)));
  return batch;
}

class HeadTrainer {
 public:
  HeadTrainer(const TileFeatures& features, const Neighbours& neighbours,
              const HeadTraining& training)
      : features_(features),
        neighbours_(neighbours),
        training_(training),
        random_(training.seed, "land-cover head"),
        anchors_(anchors_of(neighbours)),
        head_(random_, features.depth, training.stego.dimensions, training.rate),
        probe_(training.clusters, training.stego.dimensions),
        probe_steps_(training.probe_rate) {
    for (float& value : probe_.values) value = static_cast<float>(random_.normal());
  }

  EpochFigures epoch(std::int64_t number) {
    const auto start = std::chrono::steady_clock::now();
    EpochFigures figures{number};
    const std::int64_t batch = std::min<std::int64_t>(training_.batch, std::ssize(anchors_));
    shuffle(random_, anchors_);
    const std::int64_t steps = std::ssize(anchors_) / batch;
    for (std::int64_t i = 0; i < steps; ++i) {
      check_interrupt();
      add(figures, step({anchors_.data() + i * batch, static_cast<std::size_t>(batch)}));
    }
    for (double* mean :
         {&figures.loss, &figures.self_cosine, &figures.neighbour_cosine, &figures.random_cosine})
      *mean /= static_cast<double>(steps);
    figures.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    figures.steps_per_s = static_cast<double>(steps) / figures.seconds;
    return figures;
  }

  [[nodiscard]] const SegmentationHead& head() const { return head_.head(); }
  [[nodiscard]] const Matrix& probe() const { return probe_; }

 private:
  // Anchors and positives go through the head together.
  CorrespondenceLoss step(std::span<const std::int64_t> anchors) {
    const DrawnBatch batch = draw_batch(features_, neighbours_, anchors, training_.stego, random_);
    const Matrix& first = batch.anchors.features.rows;
    const std::int64_t grid = features_.grid;
    const HeadPass pass = head_.forward(joined(first, batch.positives.features.rows), grid * grid,
                                        training_.dropout, random_);
    const CodedMaps here{batch.anchors.features, {grid, half(pass.codes, 0)}};
    const CodedMaps near{batch.positives.features, {grid, half(pass.codes, 1)}};
    const CorrespondenceLoss loss = correspondence_loss(here, near, batch.draws, training_.stego);
    if (probe_.rows > 0)
      probe_steps_.step(probe_.values, cluster_loss(here.codes.rows, probe_).by_centres.values);
    head_.step(pass, joined(loss.by_anchors, loss.by_positives));
    return loss;
  }

  static Matrix joined(const Matrix& a, const Matrix& b) {
    Matrix both = a;
    both.rows += b.rows;
    both.values.insert(both.values.end(), b.values.begin(), b.values.end());
    return both;
  }

  static Matrix half(const Matrix& both, std::int64_t which) {
    Matrix part(both.rows / 2, both.cols);
    std::copy_n(both.row(which * part.rows).data(), std::ssize(part.values), part.values.data());
    return part;
  }

  static void add(EpochFigures& figures, const CorrespondenceLoss& loss) {
    figures.loss += loss.total;
    figures.self_cosine += loss.self.cosine;
    figures.neighbour_cosine += loss.neighbours.cosine;
    figures.random_cosine += loss.random.cosine;
  }

  const TileFeatures& features_;
  const Neighbours& neighbours_;
  const HeadTraining& training_;
  RandomStream random_;
  std::vector<std::int64_t> anchors_;
  LiveHead head_;
  Matrix probe_;
  Adam probe_steps_;
};

}  // namespace

void HeadTraining::validate() const {
  stego.validate();
  std::string problems;
  const auto demand = [&](bool fine, const char* name, double value, const char* what) {
    if (!fine) problems += fmt::format("; {} is {}, {}", name, value, what);
  };
  demand(epochs >= 1, "epochs", static_cast<double>(epochs), "at least 1 is needed");
  demand(batch >= 2, "batch", static_cast<double>(batch), "at least 2 are needed for negatives");
  demand(neighbours >= 1, "neighbours", static_cast<double>(neighbours), "at least 1 is needed");
  demand(rate > 0, "rate", rate, "not above 0");
  demand(probe_rate > 0, "probe rate", probe_rate, "not above 0");
  demand(dropout >= 0 && dropout < 1, "dropout", dropout, "not in [0, 1)");
  demand(clusters >= 0, "clusters", static_cast<double>(clusters), "below 0");
  if (!problems.empty()) fail(ErrorKind::usage, "training: {}", problems.substr(2));
}

Neighbours tile_neighbours(const TileFeatures& features, std::int64_t count) {
  const Matrix descriptors = tile_descriptors(features);
  NearestOptions options;
  options.k = static_cast<std::size_t>(count);
  options.without = [&](std::int64_t a, std::int64_t b) {
    return share_ground(features.tiles[static_cast<std::size_t>(a)],
                        features.tiles[static_cast<std::size_t>(b)]);
  };
  Neighbours neighbours;
  for_each_nearest(descriptors, descriptors, options,
                   [&](std::int64_t, const std::vector<Neighbour>& near) {
                     std::vector<std::int64_t>& mine = neighbours.emplace_back();
                     for (const Neighbour& one : near) mine.push_back(one.index);
                   });
  const auto anchors = std::ssize(anchors_of(neighbours));
  if (anchors < 2)
    fail(ErrorKind::input,
         "{} tiles, and {} of them have another that shares no ground: too few to learn from. Give "
         "more imagery, or smaller tiles with --tile",
         neighbours.size(), anchors);
  return neighbours;
}

FeatureAgreement feature_agreement(const TileFeatures& features, const Neighbours& neighbours,
                                   const HeadTraining& training) {
  constexpr int kBatches = 16;
  RandomStream random(training.seed, "feature agreement");
  const std::vector<std::int64_t> anchors = anchors_of(neighbours);
  const auto count =
      std::min<std::size_t>(static_cast<std::size_t>(training.batch), anchors.size());
  FeatureAgreement mean;
  for (int i = 0; i < kBatches; ++i) {
    std::vector<std::int64_t> drawn;
    while (drawn.size() < count) drawn.push_back(anchors[random.index(anchors.size())]);
    const DrawnBatch batch = draw_batch(features, neighbours, drawn, training.stego, random);
    // Features in the place of codes: their cosines are what is wanted.
    const CodedMaps here{batch.anchors.features, batch.anchors.features};
    const CodedMaps near{batch.positives.features, batch.positives.features};
    const CorrespondenceLoss loss = correspondence_loss(here, near, batch.draws, training.stego);
    mean.self += loss.self.cosine / kBatches;
    mean.neighbours += loss.neighbours.cosine / kBatches;
    mean.random += loss.random.cosine / kBatches;
  }
  return mean;
}

void tune_shifts(StegoSettings& settings, const FeatureAgreement& agreement) {
  constexpr double kBelow = 0.05, kAbove = 0.1;
  settings.self.shift = agreement.self - kBelow;
  settings.neighbours.shift = agreement.neighbours - kBelow;
  settings.random.shift = agreement.random + kAbove;
}

TrainedHead train_head(const TileFeatures& features, const Neighbours& neighbours,
                       const HeadTraining& training,
                       const std::function<void(const EpochFigures&)>& done) {
  training.validate();
  HeadTrainer trainer(features, neighbours, training);
  TrainedHead trained;
  for (std::int64_t epoch = 1; epoch <= training.epochs; ++epoch) {
    trained.epochs.push_back(trainer.epoch(epoch));
    const EpochFigures& figures = trained.epochs.back();
    if (!std::isfinite(figures.loss))
      fail(ErrorKind::input,
           "the loss of epoch {} is no number at a rate of {}; try a smaller --rate", epoch,
           training.rate);
    if (done) done(figures);
  }
  trained.head = trainer.head();
  trained.probe = trainer.probe();
  return trained;
}

std::optional<std::string> collapse_of(const EpochFigures& last) {
  constexpr double kAlike = 0.9, kApart = 0.02;
  if (last.random_cosine > kAlike)
    return fmt::format(
        "codes of different pictures have a mean cosine of {:.2f}: all became "
        "alike. Raise the shift of random pairs, or let shifts be tuned",
        last.random_cosine);
  if (last.self_cosine - last.random_cosine < kApart)
    return fmt::format(
        "codes agree no better within a picture ({:.2f}) than between pictures "
        "({:.2f})",
        last.self_cosine, last.random_cosine);
  if (last.self_cosine < kApart)
    return fmt::format(
        "codes have a mean cosine of {:.2f} within a picture: all became orthogonal. "
        "Lower the shifts",
        last.self_cosine);
  return std::nullopt;
}

}  // namespace skyglot
