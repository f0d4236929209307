// SPDX-License-Identifier: Apache-2.0
#include "dataset/plan.hpp"

#include "base/pipeline.hpp"
#include "base/progress.hpp"

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <span>
#include <tuple>

namespace skyglot {
namespace {

// Objects matched as one piece of work.
constexpr std::size_t kBatch = 128;
// Pixel rows that are cut together, about two rows of blocks of a usual COG.
constexpr int kBand = 1024;

struct Planned {
  PlannedItem item;
  Box tile_lonlat;
};

struct ThreadTools {
  std::unique_ptr<ObjectStore> store;
  Matcher matcher;
};

Planned plan_object(ThreadTools& tools, const SelectedObject& selected) {
  const MapObject object = tools.store->object(selected.fid);
  Planned planned{.item = {.fid = object.fid,
                           .kind = object.kind,
                           .osm_id = object.osm_id,
                           .targeted = selected.targeted,
                           .split = Split::train,
                           .centre_lonlat = bounding_box(object.geometry_lonlat).centre(),
                           .scene = 0,
                           .tile = {},
                           .skip_reason = {}},
                  .tile_lonlat = {}};
  const auto result = tools.matcher.match(object);
  if (const auto* skipped = std::get_if<Skipped>(&result)) {
    planned.item.skip_reason = skipped->reason;
  } else {
    const Match& match = std::get<Match>(result);
    planned.item.scene = match.scene;
    planned.item.tile = match.tile;
    planned.tile_lonlat = match.tile_lonlat;
  }
  return planned;
}

std::vector<Planned> match_all(const BuildInputs& inputs, const Selection& selection, int threads) {
  std::vector<Box> footprints;
  for (const Scene& scene : inputs.catalogue.scenes)
    footprints.push_back(bounding_box(scene.footprint_lonlat));
  const BoxIndex index(footprints);
  const Matcher::Shared shared{inputs.catalogue, inputs.aligned, inputs.visibility, index,
                               inputs.recipe};
  tbb::enumerable_thread_specific<ThreadTools> tools([&] {
    return ThreadTools{inputs.open_store(), Matcher(shared)};
  });
  const std::span<const SelectedObject> objects(selection.objects);
  std::vector<Planned> result;
  Progress progress("objects", objects.size());
  std::size_t next = 0;
  run_pipeline(
      PipelineLimits{.threads = threads, .in_flight = 64},
      [&]() -> std::optional<std::span<const SelectedObject>> {
        if (next >= objects.size()) return std::nullopt;
        const auto batch = objects.subspan(next, std::min(kBatch, objects.size() - next));
        next += batch.size();
        return batch;
      },
      [&](std::span<const SelectedObject> batch) {
        std::vector<Planned> planned;
        for (const SelectedObject& object : batch)
          planned.push_back(plan_object(tools.local(), object));
        return planned;
      },
      [&](std::vector<Planned> planned) {
        progress.advance(planned.size());
        std::ranges::move(planned, std::back_inserter(result));
      });
  return result;
}

SplitRules split_rules(const Recipe& recipe) {
  return {.seed = static_cast<std::uint64_t>(recipe.seed),
          .val_fraction = recipe.val_fraction,
          .test_fraction = recipe.test_fraction,
          .block_deg = recipe.split_block_deg};
}

void assign_splits(std::vector<Planned>& planned, const Recipe& recipe) {
  std::vector<Box> tiles;
  std::vector<Split> splits;
  for (Planned& p : planned) {
    if (p.item.skip_reason.empty()) p.item.split = split_of(p.tile_lonlat, split_rules(recipe));
    tiles.push_back(p.tile_lonlat);
    splits.push_back(p.item.split);
  }
  const auto goes = overlapping_other_split(tiles, splits);
  for (std::size_t i = 0; i < planned.size(); ++i)
    if (goes[i]) planned[i].item.skip_reason = "split_overlap";
}

// Splits apart, then scene by scene in bands from the top: neighbours share decoded blocks.
auto locality(const PlannedItem& item) {
  return std::tuple(item.split, item.scene, item.tile.y / kBand, item.tile.x, item.tile.y,
                    item.fid);
}

std::vector<PlannedShard> make_shards(const std::vector<PlannedItem>& items,
                                      std::size_t shard_size) {
  std::vector<PlannedShard> shards;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const bool full = !shards.empty() && i - shards.back().first >= shard_size;
    if (shards.empty() || full || shards.back().split != items[i].split)
      shards.push_back({.split = items[i].split, .first = i, .last = i});
    shards.back().last = i + 1;
  }
  return shards;
}

}  // namespace

Plan make_plan(const BuildInputs& inputs, int threads) {
  const Recipe& recipe = inputs.recipe;
  Plan plan;
  plan.selection = select_objects(inputs.open_store, inputs.catalogue, inputs.visibility,
                                  {.seed = static_cast<std::uint64_t>(recipe.seed),
                                   .cells = recipe.cells,
                                   .cell_deg = recipe.cell_deg,
                                   .targeted_per_tag = recipe.targeted_per_tag,
                                   .threads = threads});
  auto planned = match_all(inputs, plan.selection, threads);
  plan.selection.objects.clear();
  assign_splits(planned, recipe);
  for (Planned& p : planned) {
    if (!p.item.skip_reason.empty()) ++plan.skip_counts[p.item.skip_reason];
    (p.item.skip_reason.empty() ? plan.items : plan.skipped).push_back(std::move(p.item));
  }
  std::ranges::sort(plan.items, {}, locality);
  plan.shards = make_shards(plan.items, static_cast<std::size_t>(recipe.shard_size));
  return plan;
}

}  // namespace skyglot
