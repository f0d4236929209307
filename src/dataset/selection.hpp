// SPDX-License-Identifier: Apache-2.0
// Which objects of the map are looked at: all of some random cells, then a few of each rare tag.
#pragma once

#include "dataset/fid_set.hpp"
#include "imagery/catalogue.hpp"
#include "osm/object_store.hpp"
#include "tags/visibility.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace skyglot {

struct SelectionOptions {
  std::uint64_t seed = 0;
  std::int64_t cells = 0;  ///< drawn at random; 0: every cell that has imagery
  double cell_deg = 0.01;
  std::int64_t targeted_per_tag = 0;
  int threads = 1;
};

/// Memory: what FidSet takes, 8 bytes a drawn cell, and the visible tags that are met.
struct Selection {
  FidSet by_cell;
  FidSet by_tag;  ///< chosen for a rare tag, and not by a cell
  std::uint64_t cells_with_imagery = 0;
  std::uint64_t cells_drawn = 0;
  std::size_t targeted_tags = 0;  ///< visible tags that no drawn cell held
};

using StoreOpener = std::function<std::unique_ptr<ObjectStore>()>;

/// SkyScript's two steps: every object that meets one of the drawn cells; then, for each visible
/// tag that none of those carries, up to targeted_per_tag objects over imagery, in an order that
/// depends on seed and object only. Every object with the tag is looked at until there are enough.
[[nodiscard]] Selection select_objects(const StoreOpener& open_store,
                                       const ImageryCatalogue& catalogue,
                                       const VisibilityTable& visibility,
                                       const SelectionOptions& options);

}  // namespace skyglot
