// SPDX-License-Identifier: Apache-2.0
#include "search/window_painter.hpp"

#include "imagery/scene_reader.hpp"
#include "imagery/show.hpp"

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>

namespace skyglot {

struct WindowPainter::State {
  const ImageryCatalogue& catalogue;
  tbb::enumerable_thread_specific<SceneReader> readers{};
};

WindowPainter::WindowPainter(const ImageryCatalogue& catalogue)
    : state_(new State{.catalogue = catalogue}) {}
WindowPainter::~WindowPainter() = default;
WindowPainter::WindowPainter(WindowPainter&&) noexcept = default;
WindowPainter& WindowPainter::operator=(WindowPainter&&) noexcept = default;

std::variant<Picture, Skipped> WindowPainter::paint(const Request& request) const {
  const Scene& scene = state_->catalogue.scenes.at(request.scene);
  const Collection& collection = state_->catalogue.collection(scene.collection_code);
  const int side = std::min(request.window.width, request.most_side);
  const bool reduced = side < request.window.width;
  auto read = state_->readers.local().read(
      scene, {.window = request.window,
              .bands = collection.rgb_bands,
              .judged = collection.rgb_bands,
              .out_width = side,
              .out_height = side,
              .resampling = reduced ? Resampling::average : Resampling::nearest});
  if (auto* skipped = std::get_if<Skipped>(&read)) return std::move(*skipped);
  const auto& patch = std::get<Patch>(read);
  const auto valid = static_cast<double>(patch.pixels() - patch.missing());
  if (valid < request.least_valid * static_cast<double>(patch.pixels())) return Skipped{"nodata"};
  return show(patch, look_of(collection, collection.rgb_bands));
}

}  // namespace skyglot
