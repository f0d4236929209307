// SPDX-License-Identifier: Apache-2.0
// The recipe of a data set: every number and file that decides what is in it.
#pragma once

#include "records/members.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

/// Defaults are the published SkyScript numbers where there are any. Each member is reached by a
/// TOML key and by a flag of `skyglot build`; visit_recipe() below names them.
struct Recipe {
  std::string objects;  ///< object store: GeoPackage or "PG:..."
  std::string imagery;  ///< imagery catalogue
  std::int64_t seed = 0;

  std::int64_t cells = 2000;
  double cell_deg = 0.01;
  std::int64_t targeted_per_tag = 20;

  std::string labels;  ///< visibility table; "" means the one built in
  std::int64_t polygon_fit_min_px = 75;
  std::int64_t polygon_fit_max_px = 1000;

  std::int64_t point_min_px = 168;
  std::int64_t point_max_px = 300;
  std::int64_t polygon_min_px = 150;
  std::int64_t polygon_max_px = 1500;
  double max_aspect = 2.0;
  double polygon_growth = 3.0;
  std::int64_t tile_attempts = 12;

  double max_nodata = 0.0;
  double min_deviation = 2.0;
  std::int64_t jpeg_quality = 90;

  std::string caption_rules;  ///< caption grammar; "" means the one built in
  double min_neighbour_px = 8.0;

  std::int64_t shard_size = 1000;
  std::string patch = "none";  ///< one of kPatchWords

  double val_fraction = 0.05;
  double test_fraction = 0.05;
  double split_block_deg = 0;

  /// Reports every problem at once; throws Error(usage).
  void validate() const;
  /// Of a recipe that is valid.
  [[nodiscard]] PatchMember patches() const;
};

/// Calls visit(toml_key, flag, help, member) for every member, in the order of documents.
template <typename RecipeType, typename Visit>
void visit_recipe(RecipeType& r, Visit&& visit) {
  visit("objects", "--objects", "Object store made by 'objects import', or PG:...", r.objects);
  visit("imagery", "--imagery", "Imagery catalogue made by 'imagery scan'", r.imagery);
  visit("seed", "--seed", "Seed of every random choice", r.seed);
  visit("select.cells", "--cells", "Cells drawn at random; 0 takes every cell that has imagery",
        r.cells);
  visit("select.cell_deg", "--cell-deg", "Side of a cell in degrees", r.cell_deg);
  visit("select.targeted_per_tag", "--targeted-per-tag",
        "Objects to add for each visible tag that the cells did not hold", r.targeted_per_tag);
  visit("match.labels", "--visibility,--labels",
        "Visibility table (CSV); default: the one built in", r.labels);
  visit("match.polygon_fit_min_px", "--polygon-fit-min-px",
        "Smallest side of a polygon's bounding box, in pixels of the collection",
        r.polygon_fit_min_px);
  visit("match.polygon_fit_max_px", "--polygon-fit-max-px",
        "Largest side of a polygon's bounding box, in pixels of the collection",
        r.polygon_fit_max_px);
  visit("tile.point_min_px", "--point-min-px",
        "Smallest side of a tile around a point or line node", r.point_min_px);
  visit("tile.point_max_px", "--point-max-px", "Largest side of a tile around a point or line node",
        r.point_max_px);
  visit("tile.polygon_min_px", "--polygon-min-px", "Smallest side of a tile around a polygon",
        r.polygon_min_px);
  visit("tile.polygon_max_px", "--polygon-max-px", "Largest side of a tile around a polygon",
        r.polygon_max_px);
  visit("tile.max_aspect", "--max-aspect", "Longer side over shorter side, at most", r.max_aspect);
  visit("tile.polygon_growth", "--polygon-growth",
        "A polygon's tile is at most this many times its bounding box a side", r.polygon_growth);
  visit("tile.attempts", "--tile-attempts", "Draws of a tile in one scene before the next is tried",
        r.tile_attempts);
  visit("cut.max_nodata", "--max-nodata", "Largest share of pixels without data in a picture",
        r.max_nodata);
  visit("cut.min_deviation", "--min-deviation",
        "Smallest standard deviation of grey values; below it a picture is uniform",
        r.min_deviation);
  visit("cut.jpeg_quality", "--jpeg-quality", "JPEG quality of the pictures", r.jpeg_quality);
  visit("caption.rules", "--caption-rules", "Caption grammar (TOML); default: the one built in",
        r.caption_rules);
  visit("caption.min_neighbour_px", "--min-neighbour-px",
        "Length, or side of the area, that a neighbour must show in the tile to be named",
        r.min_neighbour_px);
  visit("write.shard_size", "--shard-size", "Pairs planned for one shard", r.shard_size);
  visit("write.patch", "--patch",
        "KEY.tif in the shards, every band as the scene has it: none, beside the pictures, or "
        "instead "
        "of them",
        r.patch);
  visit("split.val", "--val", "Share of the places that go to the validation split",
        r.val_fraction);
  visit("split.test", "--test", "Share of the places that go to the test split", r.test_fraction);
  visit(
      "split.block_deg", "--split-block-deg",
      "Side in degrees of the blocks that are dealt to the splits; 0: as long as the largest tile, "
      "and 0.02 at least",
      r.split_block_deg);
}

/// Sets the members that `toml` names. Throws Error(usage) that lists every unknown key (with the
/// nearest known one) and every wrong type; `name` is for messages. File names inside stay relative
/// to the working directory.
void apply_toml(Recipe& recipe, std::string_view toml, const std::string& name);

/// The recipe as nested JSON, as dataset.json keeps it.
[[nodiscard]] nlohmann::ordered_json recipe_json(const Recipe& recipe);
/// The recipe as a TOML file with the help texts as comments.
[[nodiscard]] std::string recipe_toml(const Recipe& recipe);

}  // namespace skyglot
