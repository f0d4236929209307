// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "nn/encoder.hpp"
#include "nn/image_tower.hpp"
#include "nn/passes.hpp"

#include <cstring>
#include <map>
#include <utility>

namespace skyglot {
namespace {

// Pictures of one shape and where they stand among all.
struct ShapeGroup {
  std::vector<std::size_t> places;
  std::vector<const Picture*> pictures;
};
using ShapeGroups = std::map<PatchGrid, ShapeGroup>;

void demand_fitting(const Picture& picture, const VisionConfig& v) {
  if (picture.channels != v.bands)
    fail(ErrorKind::usage, "a picture of {} bands for a model of {}", picture.channels, v.bands);
  if (picture.width < 1 || picture.height < 1 || picture.width % v.patch_size != 0 ||
      picture.height % v.patch_size != 0)
    fail(ErrorKind::usage,
         "a picture of {} x {} pixels is no whole number of patches of {} x {}; resize or crop it "
         "to multiples of {}",
         picture.width, picture.height, v.patch_size, v.patch_size, v.patch_size);
  expect(
      std::ssize(picture.pixels) == std::int64_t{picture.width} * picture.height * picture.channels,
      "a picture with another number of pixels");
}

ShapeGroups groups_of(std::span<const Picture> pictures, const VisionConfig& v) {
  ShapeGroups groups;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const Picture& picture = pictures[i];
    demand_fitting(picture, v);
    ShapeGroup& group = groups[{picture.height / v.patch_size, picture.width / v.patch_size}];
    group.places.push_back(i);
    group.pictures.push_back(&picture);
  }
  return groups;
}

// `values` is patches x D on the host.
FeatureGrid grid_of(const torch::Tensor& values, PatchGrid grid) {
  const float* from = values.data_ptr<float>();
  return {grid.height, grid.width, values.size(1), {from, from + values.numel()}};
}

}  // namespace

struct ImageEncoder::State {
  ImageTower tower;
  std::shared_ptr<const ComputeContext> context;

  // Calls pass(first, patches) for runs of the group's pictures.
  template <typename Pass>
  void in_passes(const ShapeGroup& group, PatchGrid grid, const Pass& pass) const {
    run_passes(std::ssize(group.pictures), tower.pictures_at_once(grid), context->on_cpu(),
               [&](std::int64_t first, std::int64_t count) {
                 const torch::NoGradGuard on_this_thread;
                 pass(first, tower.patches(std::span(group.pictures)
                                               .subspan(static_cast<std::size_t>(first),
                                                        static_cast<std::size_t>(count))));
               });
  }

  // Rows of the group, on the host. A GPU's are fetched when all passes are under way.
  torch::Tensor rows_of(const ShapeGroup& group, PatchGrid grid) const {
    const torch::Tensor rows =
        torch::empty({std::ssize(group.pictures), tower.config().embedding_width},
                     torch::TensorOptions(tower.device()));
    in_passes(group, grid, [&](std::int64_t first, const torch::Tensor& patches) {
      rows.narrow(0, first, patches.size(0)).copy_(tower.embed(patches, grid));
    });
    return rows.cpu();
  }

  // Of each picture what `choose` takes of a pass, N x tokens x D, without special tokens.
  template <typename Choose>
  std::vector<FeatureGrid> grids(std::span<const Picture> pictures, const Choose& choose) const {
    const auto threads = context->use();
    std::vector<FeatureGrid> result(pictures.size());
    for (const auto& group : groups_of(pictures, tower.config().vision))
      in_passes(group.second, group.first, [&](std::int64_t first, const torch::Tensor& patches) {
        const torch::Tensor chosen = choose(patches, group.first);
        const std::int64_t special = tower.special_tokens();
        const torch::Tensor values = chosen.narrow(1, special, chosen.size(1) - special)
                                         .to(torch::kCPU, torch::kFloat32)
                                         .contiguous();
        for (std::int64_t i = 0; i < values.size(0); ++i)
          result[group.second.places[static_cast<std::size_t>(first + i)]] =
              grid_of(values[i], group.first);
      });
    return result;
  }
};

ImageEncoder::ImageEncoder(const Parameters& parameters,
                           std::shared_ptr<const ComputeContext> context)
    : state_(new State{ImageTower(parameters, *context), std::move(context)}) {}

ImageEncoder::ImageEncoder(const StoredModel& model, std::shared_ptr<const ComputeContext> context)
    : ImageEncoder(Parameters::view(model), std::move(context)) {}

ImageEncoder::~ImageEncoder() = default;
ImageEncoder::ImageEncoder(ImageEncoder&&) noexcept = default;
ImageEncoder& ImageEncoder::operator=(ImageEncoder&&) noexcept = default;

const ModelConfig& ImageEncoder::config() const {
  return state_->tower.config();
}

const ComputeContext& ImageEncoder::context() const {
  return *state_->context;
}

std::size_t ImageEncoder::pictures_at_once() const {
  const std::int64_t side = config().vision.image_size / config().vision.patch_size;
  return static_cast<std::size_t>(state_->tower.pictures_at_once({side, side}));
}

std::size_t ImageEncoder::passes_at_once() const {
  return context().on_cpu() ? static_cast<std::size_t>(context().threads()) : 1;
}

Matrix ImageEncoder::encode(std::span<const Picture> pictures) const {
  const auto threads = context().use();
  const torch::NoGradGuard no_grad;
  Matrix result(std::ssize(pictures), config().embedding_width);
  for (const auto& [grid, group] : groups_of(pictures, config().vision)) {
    const torch::Tensor rows = state_->rows_of(group, grid);
    for (std::size_t i = 0; i < group.places.size(); ++i)
      std::memcpy(result.row(static_cast<std::int64_t>(group.places[i])).data(),
                  rows.data_ptr<float>() + static_cast<std::int64_t>(i) * rows.stride(0),
                  static_cast<std::size_t>(rows.size(1)) * sizeof(float));
  }
  return result;
}

std::vector<FeatureGrid> ImageEncoder::patch_features(std::span<const Picture> pictures) const {
  return state_->grids(pictures, [&](const torch::Tensor& patches, PatchGrid grid) {
    return state_->tower.features(patches, grid).tokens;
  });
}

std::vector<FeatureGrid> ImageEncoder::patch_keys(std::span<const Picture> pictures) const {
  return state_->grids(pictures, [&](const torch::Tensor& patches, PatchGrid grid) {
    return state_->tower.features(patches, grid).keys;
  });
}

std::vector<FeatureGrid> ImageEncoder::patch_values(std::span<const Picture> pictures) const {
  return state_->grids(pictures, [&](const torch::Tensor& patches, PatchGrid grid) {
    return state_->tower.features(patches, grid, true).tokens;
  });
}

}  // namespace skyglot
