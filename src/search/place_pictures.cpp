// SPDX-License-Identifier: Apache-2.0
#include "search/place_pictures.hpp"

#include "base/error.hpp"
#include "pictures/decode.hpp"
#include "records/picture_inputs.hpp"

#include "search/window_painter.hpp"

#include <algorithm>
#include <map>
#include <memory>

namespace skyglot {
namespace {

// Opens what it needs of an index when it is needed.
class PlacePictures {
 public:
  PlacePictures(const WindowIndex& index, int most_side)
      : index_(index),
        most_side_(most_side),
        catalogue_(index.catalogue()),
        aligned_(catalogue_),
        painter_(catalogue_, aligned_) {}

  [[nodiscard]] Picture picture(const FoundPlace& place) {
    return place.window.scene_fid ? of_scene(place.window) : of_input(place);
  }

 private:
  [[nodiscard]] Picture of_scene(const IndexedWindow& window) const {
    const auto scene = std::ranges::find(catalogue_.scenes, *window.scene_fid, &Scene::fid);
    if (scene == catalogue_.scenes.end())
      fail(ErrorKind::format, "{}: the window {} is of no scene; index again",
           index_.folder().string(), window.id);
    auto painted =
        painter_.paint({.scene = static_cast<std::size_t>(scene - catalogue_.scenes.begin()),
                        .window = window.pixels,
                        .most_side = most_side_});
    if (const auto* skipped = std::get_if<Skipped>(&painted))
      fail(ErrorKind::format, "{}: window {}: {}", scene->gdal_name(), window.id, skipped->reason);
    return std::get<Picture>(std::move(painted));
  }

  [[nodiscard]] Picture of_input(const FoundPlace& place) {
    const auto where = index_.picture_of(place.row);
    if (!where)
      fail(ErrorKind::format, "{}: nothing says where the picture {} lies; index again",
           index_.folder().string(), place.window.id);
    auto& pictures = inputs_[where->input];
    if (!pictures) pictures = index_picture_inputs({where->input});
    for (std::uint64_t i = 0; i < pictures->size(); ++i) {
      if (stored_id(pictures->id(i)) != where->id) continue;
      const SourcePicture read = pictures->read(i);
      if (!read.problem.empty())
        fail(ErrorKind::input, "{}: {}: {}", where->input.string(), where->id, read.problem);
      return decode_picture(read.bytes, read.id);
    }
    fail(ErrorKind::input, "{} holds no picture {} any more", where->input.string(), where->id);
  }

  const WindowIndex& index_;
  int most_side_;
  ImageryCatalogue catalogue_;
  AlignedScenes aligned_;
  WindowPainter painter_;
  std::map<std::filesystem::path, std::shared_ptr<const PictureIndex>> inputs_;
};

}  // namespace

std::vector<Picture> place_pictures(const WindowIndex& index, const std::vector<FoundPlace>& places,
                                    int most_side) {
  PlacePictures pictures(index, most_side);
  std::vector<Picture> result;
  for (const FoundPlace& place : places) result.push_back(pictures.picture(place));
  return result;
}

}  // namespace skyglot
