// SPDX-License-Identifier: Apache-2.0
#include "dataset/sample_maker.hpp"

#include "base/error.hpp"
#include "dataset/planned_record.hpp"
#include "imagery/show.hpp"
#include "pictures/jpeg.hpp"

namespace skyglot {
namespace {

CutLimits cut_limits(const Recipe& recipe) {
  return {.max_nodata_fraction = recipe.max_nodata,
          .every_band = recipe.patches() != PatchMember::none,
          .reader = {}};
}

// A scene without a licence of its own has its collection's.
const std::string& licence_of(const ImageryCatalogue& catalogue, const Scene& scene) {
  return scene.licence.empty() ? catalogue.collection(scene.collection_code).licence
                               : scene.licence;
}

}  // namespace

SampleMaker::SampleMaker(const BuildInputs& inputs, const CaptionWriter& captions)
    : inputs_(inputs),
      captions_(captions),
      store_(inputs.open_store()),
      planes_(inputs.catalogue, inputs.aligned),
      cutter_(inputs.catalogue, inputs.aligned, cut_limits(inputs.recipe)) {}

Sample SampleMaker::make(const PlannedItem& item) {
  const Scene& scene = inputs_.catalogue.scenes.at(item.scene);
  const ScenePlane& plane = planes_.at(item.scene);
  Sample sample{.record = skipped_record(item),
                .jpeg = {},
                .patch = {},
                .licence = licence_of(inputs_.catalogue, scene)};
  PairRecord& record = sample.record;
  record.collection = scene.collection_code;
  record.scene = scene.name;
  record.date = scene.date;
  record.gsd_m = plane.gsd_m();
  record.outline_lonlat = plane.lonlat_outline(item.tile).value_or(record.outline_lonlat);
  const auto cut = cut_out({.scene = item.scene,
                            .window = plane.scene_window(item.tile),
                            .width = item.tile.width,
                            .height = item.tile.height});
  if (const auto* skipped = std::get_if<Skipped>(&cut)) {
    record.skip_reason = skipped->reason;
    return sample;
  }
  const auto& patch = std::get<Patch>(cut);
  const Collection& collection = inputs_.catalogue.collection(scene.collection_code);
  const Picture picture = show(patch, look_of(collection, cutter_.bands_of(collection)));
  if (grey_deviation(picture, patch.valid) < inputs_.recipe.min_deviation) {
    record.skip_reason = "uniform";
    return sample;
  }
  record.key = chip_key(item.kind, item.osm_id, scene);
  record.width = picture.width;
  record.height = picture.height;
  describe(item, sample);
  const PatchMember patches = inputs_.recipe.patches();
  if (has_picture(patches))
    sample.jpeg = encode_jpeg(picture, static_cast<int>(inputs_.recipe.jpeg_quality));
  if (patches != PatchMember::none) sample.patch = patch_geotiff(patch);
  return sample;
}

// What the file does not hold is a reason to skip; a file that cannot be had is none.
std::variant<Patch, Skipped> SampleMaker::cut_out(const ChipCutter::Request& request) {
  try {
    return cutter_.cut(request);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::internal) throw;
    fail(error.kind(), "{}; what is finished stays: give the same command again to go on",
         error.what());
  }
}

void SampleMaker::describe(const PlannedItem& item, Sample& sample) {
  const ScenePlane& plane = planes_.at(item.scene);
  const MapObject focus = store_->object(item.fid);
  PairRecord& record = sample.record;
  record.tags = inputs_.visibility.visible_at(focus.tags, plane.gsd_m());
  record.surrounding =
      find_neighbours(*store_, inputs_.visibility,
                      {.focus = focus,
                       .plane = plane,
                       .large = large_,
                       .tile = item.tile,
                       .tile_lonlat = plane.lonlat_bounds(item.tile).value_or(Box{}),
                       .min_px = inputs_.recipe.min_neighbour_px});
  record.title = captions_.single(record.tags);
  record.title_multi_objects = captions_.multi(record.tags, record.surrounding);
}

}  // namespace skyglot
