// SPDX-License-Identifier: Apache-2.0
// What the tests of this room share: small maps written to files, and imports of them.
#pragma once

#include "osm/import.hpp"
#include "osm/object_store.hpp"

#include <filesystem>
#include <string>

namespace skyglot {

/// An empty folder for one test.
[[nodiscard]] std::filesystem::path test_folder();
/// Writes `elements` as an .osm file of that folder.
std::filesystem::path write_osm(const std::string& name, const std::string& elements);
/// "<node id=... />", with tags if `tags` is not empty: "natural=tree;height=3".
[[nodiscard]] std::string osm_node(int id, double lon, double lat, const std::string& tags = "");
/// "<way ...>" through the nodes.
[[nodiscard]] std::string osm_way(int id, const std::vector<int>& nodes, const std::string& tags);
/// "<relation ...>" of ways, all with the role "outer".
[[nodiscard]] std::string osm_relation(int id, const std::vector<int>& ways,
                                       const std::string& tags);
/// Options that import the files into objects.gpkg beside the first.
[[nodiscard]] ImportOptions import_of(const std::vector<std::filesystem::path>& inputs);

}  // namespace skyglot
