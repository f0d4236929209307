// SPDX-License-Identifier: Apache-2.0
#include "search/window_painter.hpp"

#include "imagery/chip_cutter.hpp"
#include "imagery/show.hpp"

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>

namespace skyglot {

struct WindowPainter::State {
  const ImageryCatalogue& catalogue;
  const AlignedScenes& aligned;
  // Which windows hold enough data is asked for each by itself.
  tbb::enumerable_thread_specific<ChipCutter> cutters{
      [this] { return ChipCutter(catalogue, aligned, {.max_nodata_fraction = 1}); }};
};

WindowPainter::WindowPainter(const ImageryCatalogue& catalogue, const AlignedScenes& aligned)
    : state_(new State{.catalogue = catalogue, .aligned = aligned}) {}
WindowPainter::~WindowPainter() = default;
WindowPainter::WindowPainter(WindowPainter&&) noexcept = default;
WindowPainter& WindowPainter::operator=(WindowPainter&&) noexcept = default;

std::variant<Picture, Skipped> WindowPainter::paint(const Request& request) const {
  const Scene& scene = state_->catalogue.scenes.at(request.scene);
  const Collection& collection = state_->catalogue.collection(scene.collection_code);
  const int side = std::min(request.window.width, request.most_side);
  auto cut = state_->cutters.local().cut(
      {.scene = request.scene, .window = request.window, .width = side, .height = side});
  if (auto* skipped = std::get_if<Skipped>(&cut)) return std::move(*skipped);
  const auto& patch = std::get<Patch>(cut);
  const auto valid = static_cast<double>(patch.pixels() - patch.missing());
  if (valid < request.least_valid * static_cast<double>(patch.pixels())) return Skipped{"nodata"};
  return show(patch, look_of(collection, collection.rgb_bands));
}

}  // namespace skyglot
