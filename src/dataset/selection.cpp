// SPDX-License-Identifier: Apache-2.0
#include "dataset/selection.hpp"

#include "base/hash.hpp"
#include "base/interrupt.hpp"
#include "base/pipeline.hpp"
#include "base/progress.hpp"
#include "geo/box_index.hpp"
#include "geo/covered_cells.hpp"
#include "geo/overlay.hpp"

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace skyglot {
namespace {

// Objects of a rare tag whose boxes are asked for at once.
constexpr std::size_t kLooks = 256;

struct CellFinding {
  std::vector<std::int64_t> fids;
  std::set<Tag> tags;
};

// The box around an object settles most: only a shape that crosses the cell's edge is decoded.
CellFinding look_into(ObjectStore& store, const Box& cell, const VisibilityTable& visibility) {
  CellFinding finding;
  const auto take = [&](const MapObject& object) {
    finding.fids.push_back(object.fid);
    for (const Tag& tag : object.tags)
      if (visibility.max_gsd_m(tag)) finding.tags.insert(tag);
  };
  store.for_each_in(
      cell,
      [&](const MapObject& object, const Box& box) {
        const bool inside = contains(cell, box);
        if (inside) take(object);
        return !inside;
      },
      [&](const MapObject& object) {
        if (overlaps(object.geometry_lonlat, cell)) take(object);
      });
  return finding;
}

std::vector<Geometry> footprints_of(const ImageryCatalogue& catalogue) {
  std::vector<Geometry> footprints;
  for (const Scene& scene : catalogue.scenes) footprints.push_back(scene.footprint_lonlat);
  return footprints;
}

// The cells to look into, one after the other: those where the map has anything at all.
class DrawnCells {
 public:
  DrawnCells(const ImageryCatalogue& catalogue, const SelectionOptions& options, const Box& map)
      : covered_(footprints_of(catalogue), options.cell_deg),
        cell_deg_(options.cell_deg),
        map_(map.empty() ? map : grown(map, options.cell_deg)) {
    const auto wanted = static_cast<std::uint64_t>(options.cells);
    if (wanted > 0 && wanted < covered_.size())
      ranks_ = draw_ranks(covered_.size(), wanted, options.seed);
    count_ = ranks_.empty() ? covered_.size() : ranks_.size();
  }

  [[nodiscard]] std::uint64_t with_imagery() const { return covered_.size(); }
  [[nodiscard]] std::uint64_t count() const { return count_; }

  std::optional<Cell> next() {
    while (next_ < count_) {
      const std::uint64_t index = next_++;
      const Cell cell = covered_.at(ranks_.empty() ? index : ranks_[index]);
      if (next_ % kCellsACheck == 0) check_interrupt();
      if (meet_on_globe(cell_box_lonlat(cell, cell_deg_), map_)) return cell;
    }
    return std::nullopt;
  }

 private:
  static constexpr std::uint64_t kCellsACheck = 1 << 20;

  CoveredCells covered_;
  double cell_deg_;
  Box map_;
  std::vector<std::uint64_t> ranks_;  // empty: all
  std::uint64_t count_ = 0;
  std::uint64_t next_ = 0;
};

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
    return std::move(selection_);
  }

 private:
  void select_by_cells() {
    DrawnCells cells(catalogue_, options_, open_store_()->extent_lonlat());
    selection_.cells_with_imagery = cells.with_imagery();
    selection_.cells_drawn = cells.count();
    Progress progress("cells", cells.count());
    tbb::enumerable_thread_specific<std::unique_ptr<ObjectStore>> stores(open_store_);
    run_pipeline(
        PipelineLimits{.threads = options_.threads, .in_flight = 64}, [&] { return cells.next(); },
        [&](Cell cell) {
          return look_into(*stores.local(), cell_box_lonlat(cell, options_.cell_deg), visibility_);
        },
        [&](CellFinding finding) {
          for (const std::int64_t fid : finding.fids) selection_.by_cell.insert(fid);
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
      if (drawn_tags_.contains(stored.tag) || !visibility_.max_gsd_m(stored.tag)) continue;
      ++selection_.targeted_tags;
      select_with_tag(*store, stored.id, covered);
    }
  }

  void select_with_tag(ObjectStore& store, std::int64_t tag_id, const BoxIndex& covered) {
    auto fids = store.ids_with_tag(tag_id);
    std::ranges::sort(fids, {}, [&](std::int64_t fid) { return draw_key(fid); });
    const std::span<const std::int64_t> all(fids);
    auto wanted = options_.targeted_per_tag;
    for (std::size_t begin = 0; begin < fids.size() && wanted > 0; begin += kLooks) {
      check_interrupt();
      const auto batch = all.subspan(begin, std::min(kLooks, all.size() - begin));
      const auto boxes = store.boxes_lonlat(batch);
      for (std::size_t i = 0; i < batch.size() && wanted > 0; ++i) {
        if (!covered.meets(boxes[i])) continue;
        if (!selection_.by_cell.contains(batch[i])) selection_.by_tag.insert(batch[i]);
        --wanted;
      }
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
  std::set<Tag> drawn_tags_;
};

}  // namespace

Selection select_objects(const StoreOpener& open_store, const ImageryCatalogue& catalogue,
                         const VisibilityTable& visibility, const SelectionOptions& options) {
  return Selector(open_store, catalogue, visibility, options).run();
}

}  // namespace skyglot
