// SPDX-License-Identifier: Apache-2.0
#include "dataset/planned_record.hpp"

namespace skyglot {

PairRecord skipped_record(const PlannedItem& item) {
  PairRecord record;
  record.key = object_key(item.kind, item.osm_id);
  record.kind = item.kind;
  record.osm_id = item.osm_id;
  record.targeted = item.targeted;
  record.skip_reason = item.skip_reason;
  record.centre_lonlat = item.centre_lonlat;
  record.split = item.split;
  record.outline_lonlat = {GeometryKind::polygon, {}};
  return record;
}

std::string chip_key(ObjectKind kind, std::int64_t osm_id, const Scene& scene) {
  const std::string year = scene.date.size() >= 4 ? scene.date.substr(2, 2) : "00";
  return object_key(kind, osm_id) + "_" + scene.collection_code + "_" + year;
}

}  // namespace skyglot
