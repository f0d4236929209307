// SPDX-License-Identifier: Apache-2.0
// One row of the data set: a pair, or an object that was skipped.
#pragma once

#include "base/object_kind.hpp"
#include "base/tag.hpp"
#include "geo/geometry.hpp"
#include "records/split.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

struct PairRecord {
  std::string key;  ///< "a198234555_CH_19"; object key alone if skipped before matching
  ObjectKind kind = ObjectKind::node;
  std::int64_t osm_id = 0;
  bool targeted = false;
  std::string skip_reason;  ///< "" for a pair
  Point centre_lonlat;
  // The rest is for pairs, and for what was skipped while it was cut.
  Split split = Split::train;  ///< what was skipped belongs to none
  std::string collection;
  std::string scene;
  std::string date;
  double gsd_m = 0;
  int width = 0;
  int height = 0;
  Geometry outline_lonlat;  ///< of the tile
  Tags tags;                ///< visible tags of the focus object
  std::vector<Tags> surrounding;
  std::string title;
  std::string title_multi_objects;
  std::int64_t shard = -1;
  std::uint64_t offset = 0;  ///< of the JPEG in the shard, or of the patch that stands for it
  std::uint64_t bytes = 0;   ///< of the same
  /// What 'filter' said of picture and title, and of picture and title_multi_objects; only read
  /// from pairs.gpkg.
  std::optional<double> similarity;
  std::optional<double> similarity_multi_objects;

  [[nodiscard]] bool is_pair() const { return skip_reason.empty(); }
};

/// The kind that a letter (n, w, a) stands for; Error(format) for all other text.
[[nodiscard]] ObjectKind kind_of_letter(std::string_view letter);

/// Lossless, for the journal of finished shards.
[[nodiscard]] nlohmann::json record_to_json(const PairRecord& record);
[[nodiscard]] PairRecord record_from_json(const nlohmann::json& json);

/// The "key.json" member of a sample: SkyScript's metadata (box, time, center_tags,
/// surrounding_tags) and what a user needs to find the place again.
[[nodiscard]] std::string sample_json(const PairRecord& record, const std::string& licence);

}  // namespace skyglot
