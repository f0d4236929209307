// SPDX-License-Identifier: Apache-2.0
// A row of an object store as an object: whatever the row holds, what comes back can be relied on.
#pragma once

#include "base/error.hpp"
#include "osm/map_object.hpp"

#include <string>
#include <string_view>

namespace skyglot {

/// Columns of the table "objects" as they are stored.
struct StoredRow {
  std::int64_t fid = 0;
  std::string_view kind;
  std::int64_t osm_id = 0;
  std::string_view tags_json;
  std::string_view shape;
};

/// Runs `step` and puts the store and the row before what an Error says.
template <typename Step>
auto reading_row(const std::string& store, std::int64_t fid, Step step) {
  try {
    return step();
  } catch (const Error& error) {
    fail(error.kind(), "{}: object {}: {}; import the map again", store, fid, error.what());
  }
}

/// Throws Error(format).
[[nodiscard]] ObjectKind object_kind_from(std::string_view text);

/// Who an object is and its tags; row.shape is not looked at. Throws Error(format).
[[nodiscard]] MapObject object_without_shape(const std::string& store, const StoredRow& row);

/// The shape of an object, decoded from `bytes` and checked as stored_object() does.
[[nodiscard]] Geometry stored_shape(const std::string& store, const MapObject& object,
                                    std::string_view bytes, Geometry (*decode)(std::string_view));

/// `decode` makes a geometry of the bytes in row.shape. Points, lines of two points or more and
/// areas of rings of four points or more come back, finite and of the kind that the row says.
/// Throws Error(format) that names the store and the row.
[[nodiscard]] MapObject stored_object(const std::string& store, const StoredRow& row,
                                      Geometry (*decode)(std::string_view));

}  // namespace skyglot
