// SPDX-License-Identifier: Apache-2.0
#include "osm/object_store.hpp"

#include "base/error.hpp"
#include "osm/gpkg_sink.hpp"
#include "osm/gpkg_store.hpp"
#include "osm/object_sink.hpp"
#include "osm/postgis_sink.hpp"
#include "osm/postgis_store.hpp"

#include <filesystem>

namespace skyglot {

std::unique_ptr<ObjectStore> ObjectStore::open(const std::string& name) {
  if (is_postgres_name(name)) return std::make_unique<PostgisStore>(parse_postgres_name(name));
  return std::make_unique<GpkgStore>(name);
}

void ObjectStore::for_each_in(const Box& box_lonlat, const Visit& visit) {
  for_each_in(
      box_lonlat, [](const MapObject&, const Box&) { return true; }, visit);
}

std::unique_ptr<ObjectSink> make_object_sink(const std::string& output, bool overwrite) {
  if (is_postgres_name(output))
    return std::make_unique<PostgisSink>(parse_postgres_name(output), overwrite);
  if (!overwrite && std::filesystem::exists(output))
    fail(ErrorKind::input, "{} exists already; choose another name or give --overwrite", output);
  return std::make_unique<GpkgSink>(output);
}

}  // namespace skyglot
