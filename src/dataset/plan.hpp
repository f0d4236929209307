// SPDX-License-Identifier: Apache-2.0
// The plan: for every selected object its tile, split and shard, or why it is skipped.
#pragma once

#include "captions/captions.hpp"
#include "dataset/matching.hpp"
#include "dataset/recipe.hpp"
#include "dataset/selection.hpp"
#include "dataset/splits.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace skyglot {

struct PlannedItem {
  std::int64_t fid = 0;
  ObjectKind kind = ObjectKind::node;
  std::int64_t osm_id = 0;
  bool targeted = false;
  Split split = Split::train;
  Point centre_lonlat;    ///< of the object's bounding box
  std::size_t scene = 0;  ///< index in the catalogue
  PixelWindow tile;
  std::string skip_reason;  ///< "" for an item that becomes a picture
};

/// Items of one shard: plan.items[first, last).
struct PlannedShard {
  Split split = Split::train;
  std::size_t first = 0;
  std::size_t last = 0;
};

struct Plan {
  Selection selection;               ///< its object list is emptied into items
  std::vector<PlannedItem> items;    ///< by split and locality
  std::vector<PlannedItem> skipped;  ///< by fid
  std::vector<PlannedShard> shards;  ///< shard number = index
  std::map<std::string, std::uint64_t> skip_counts;
};

/// What planning and building read; shared by all threads.
struct BuildInputs {
  Recipe recipe;
  ImageryCatalogue catalogue;
  AlignedScenes aligned;  ///< of the catalogue
  VisibilityTable visibility;
  CaptionRules caption_rules;
  StoreOpener open_store;
};

/// Depends on the inputs only, never on the number of threads. Memory: about 400 bytes a selected
/// object.
[[nodiscard]] Plan make_plan(const BuildInputs& inputs, int threads);

}  // namespace skyglot
