// SPDX-License-Identifier: Apache-2.0
#include "dataset/selection.hpp"

#include "base/hash.hpp"
#include "base/pipeline.hpp"
#include "base/progress.hpp"
#include "geo/overlay.hpp"

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <map>
#include <set>
#include <unordered_set>

namespace skyglot {
namespace {

// Objects of a rare tag that are looked at, for each one wanted, before the tag is given up as
// lying outside the imagery.
constexpr std::size_t kLooksPerWanted = 50;

struct CellFinding {
  std::vector<std::int64_t> fids;
  std::set<Tag> tags;
};

CellFinding look_into(ObjectStore& store, const Box& cell, const VisibilityTable& visibility) {
  CellFinding finding;
  store.for_each_in(cell, [&](MapObject&& object) {
    if (!overlaps(object.geometry_lonlat, cell)) return;
    finding.fids.push_back(object.fid);
    for (const Tag& tag : object.tags)
      if (visibility.max_gsd_m(tag)) finding.tags.insert(tag);
  });
  return finding;
}

class Selector {
 public:
  Selector(const StoreOpener& open_store, const ImageryCatalogue& catalogue,
           const VisibilityTable& visibility, const SelectionOptions& options)
      : open_store_(open_store),
        catalogue_(catalogue),
        visibility_(visibility),
        options_(options) {}

  Selection run() {
    select_by_cells();
    if (options_.targeted_per_tag > 0) select_rare_tags();
    for (const std::int64_t fid : by_cell_) selection_.objects.push_back({fid, false});
    for (const std::int64_t fid : by_tag_) selection_.objects.push_back({fid, true});
    std::ranges::sort(selection_.objects, {}, &SelectedObject::fid);
    return std::move(selection_);
  }

 private:
  void select_by_cells() {
    std::vector<Geometry> footprints;
    for (const Scene& scene : catalogue_.scenes) footprints.push_back(scene.footprint_lonlat);
    auto cells = cells_meeting(footprints, options_.cell_deg);
    selection_.cells_with_imagery = cells.size();
    cells = draw_cells(std::move(cells), options_.cells, options_.seed);
    selection_.cells_drawn = cells.size();
    Progress progress("cells", cells.size());
    tbb::enumerable_thread_specific<std::unique_ptr<ObjectStore>> stores(open_store_);
    std::size_t next = 0;
    run_pipeline(
        PipelineLimits{.threads = options_.threads, .in_flight = 64},
        [&]() { return next < cells.size() ? std::optional(cells[next++]) : std::nullopt; },
        [&](Cell cell) {
          return look_into(*stores.local(), cell_box_lonlat(cell, options_.cell_deg), visibility_);
        },
        [&](CellFinding finding) {
          by_cell_.insert(finding.fids.begin(), finding.fids.end());
          drawn_tags_.merge(finding.tags);
          progress.advance();
        });
  }

  void select_rare_tags() {
    std::vector<Box> footprints;
    for (const Scene& scene : catalogue_.scenes)
      footprints.push_back(bounding_box(scene.footprint_lonlat));
    const BoxIndex covered(footprints);
    const auto store = open_store_();
    for (const StoredTag& stored : store->tags()) {
      check_interrupt();
      if (drawn_tags_.contains(stored.tag) || !visibility_.max_gsd_m(stored.tag)) continue;
      ++selection_.targeted_tags;
      select_with_tag(*store, stored.id, covered);
    }
  }

  void select_with_tag(ObjectStore& store, std::int64_t tag_id, const BoxIndex& covered) {
    auto fids = store.ids_with_tag(tag_id);
    const auto wanted = static_cast<std::size_t>(options_.targeted_per_tag);
    const std::size_t looks = std::min(fids.size(), wanted * kLooksPerWanted);
    std::ranges::partial_sort(fids, fids.begin() + static_cast<std::ptrdiff_t>(looks), {},
                              [&](std::int64_t fid) { return draw_key(fid); });
    std::size_t taken = 0;
    for (std::size_t i = 0; i < looks && taken < wanted; ++i) {
      if (!covered.meets(bounding_box(store.object(fids[i]).geometry_lonlat))) continue;
      if (!by_cell_.contains(fids[i])) by_tag_.insert(fids[i]);
      ++taken;
    }
  }

  [[nodiscard]] std::uint64_t draw_key(std::int64_t fid) const {
    return mix(mix(options_.seed, stable_hash("targeted")), static_cast<std::uint64_t>(fid));
  }

  const StoreOpener& open_store_;
  const ImageryCatalogue& catalogue_;
  const VisibilityTable& visibility_;
  const SelectionOptions& options_;
  Selection selection_;
  std::unordered_set<std::int64_t> by_cell_;
  std::unordered_set<std::int64_t> by_tag_;
  std::set<Tag> drawn_tags_;
};

}  // namespace

Selection select_objects(const StoreOpener& open_store, const ImageryCatalogue& catalogue,
                         const VisibilityTable& visibility, const SelectionOptions& options) {
  return Selector(open_store, catalogue, visibility, options).run();
}

}  // namespace skyglot
