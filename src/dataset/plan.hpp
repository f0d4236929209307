// SPDX-License-Identifier: Apache-2.0
// The plan: for every selected object its tile, split and shard, or why it is skipped; a file, so
// that it takes little memory and all tasks of a build read the same one.
#pragma once

#include "captions/captions.hpp"
#include "dataset/matching.hpp"
#include "dataset/selection.hpp"
#include "geo/sqlite.hpp"
#include "records/recipe.hpp"
#include "records/split.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
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
  friend bool operator==(const PlannedItem&, const PlannedItem&) = default;
};

/// Items first .. last - 1 of the plan make up one shard.
struct PlannedShard {
  Split split = Split::train;
  std::size_t first = 0;
  std::size_t last = 0;
  [[nodiscard]] std::size_t size() const { return last - first; }
  friend bool operator==(const PlannedShard&, const PlannedShard&) = default;
};

struct PlanCounts {
  std::uint64_t cells_with_imagery = 0;
  std::uint64_t cells_drawn = 0;
  std::uint64_t targeted_tags = 0;  ///< visible tags that no drawn cell held
  std::uint64_t items = 0;
  std::map<std::string, std::uint64_t> skipped;  ///< by reason
  [[nodiscard]] std::uint64_t skipped_total() const;
  [[nodiscard]] std::uint64_t selected() const { return items + skipped_total(); }
};

/// A plan that make_plan() wrote. Memory: 24 bytes a shard. Not for use by two threads at once.
class Plan {
 public:
  /// Throws Error if the file is missing or no plan.
  explicit Plan(const std::filesystem::path& file);

  [[nodiscard]] const PlanCounts& counts() const { return counts_; }
  [[nodiscard]] const std::vector<PlannedShard>& shards() const { return shards_; }
  /// Items first .. last - 1, which are sorted by split, then along the scenes: neighbours share
  /// pixels.
  [[nodiscard]] std::vector<PlannedItem> items(std::size_t first, std::size_t last);
  /// By fid.
  void for_each_skipped(const std::function<void(const PlannedItem&)>& visit);

 private:
  Database database_;
  PlanCounts counts_;
  std::vector<PlannedShard> shards_;
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

struct PlanOptions {
  int threads = 1;
  std::uint64_t memory = std::uint64_t{2} << 30;  ///< a quarter of it may be used for sorting
};

/// Plans into `file`, which appears when it is whole. What it holds depends on the inputs only,
/// never on the number of threads. Memory: the selection's (a bit an object) and what the options
/// say; items are sorted on disk, beside the file and in TMPDIR.
void make_plan(const BuildInputs& inputs, const PlanOptions& options,
               const std::filesystem::path& file);

}  // namespace skyglot
