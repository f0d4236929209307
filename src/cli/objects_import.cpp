// SPDX-License-Identifier: Apache-2.0
// skyglot objects import: OpenStreetMap files into an object store.
#include "base/numbers.hpp"
#include "base/version.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "osm/import.hpp"

#include <nlohmann/json.hpp>

namespace skyglot {
namespace {

class ObjectsImport : public Command {
 public:
  std::string name() const override { return "objects import"; }
  std::string summary() const override {
    return "Read OpenStreetMap files into an object store (GeoPackage or PostGIS)";
  }
  void setup(CLI::App& app) override;
  int run() override;

 private:
  void print(const ImportReport& report) const;
  void print_as_json(const ImportReport& report) const;

  CommonOptions common_;
  ImportOptions options_;
};

void ObjectsImport::setup(CLI::App& app) {
  app.add_option("FILE", options_.inputs, "OpenStreetMap files: .osm.pbf, .osm, .osm.gz, .osm.bz2")
      ->required();
  app.add_option("--output", options_.output, "The store: a .gpkg file, or PG:... for PostGIS")
      ->required();
  add_overwrite(app, options_.overwrite);
  app.add_option("--ignore", options_.ignore_list,
                 "List of tags to drop in place of the built-in one");
  app.add_option("--areas", options_.area_rules,
                 "Rules when a closed way is an area in place of the built-in ones");
  app.add_option_function<std::string>(
         "--node-index",
         [this](const std::string& text) { options_.node_index = parse_node_index(text); },
         "Where node locations are kept: auto, memory, file[:PATH] or dense[:PATH]")
      ->default_str("auto");
  add_memory(app, options_.memory);
  common_.add_to(app);
}

void ObjectsImport::print(const ImportReport& report) const {
  const ImportCounts& counts = report.counts;
  std::vector<std::vector<std::string>> rows{{"objects", "count"},
                                             {"tagged in the input", format_count(counts.tagged())},
                                             {"kept: points", format_count(counts.points)},
                                             {"kept: lines", format_count(counts.lines)},
                                             {"kept: areas", format_count(counts.areas)}};
  for (std::size_t i = 0; i < counts.skipped.size(); ++i)
    if (counts.skipped.at(i) > 0)
      rows.push_back(
          {std::string("skipped: ") + kImportSkipNames.at(i), format_count(counts.skipped.at(i))});
  rows.push_back({"different tags", format_count(report.tags)});
  print_table(rows);
}

void ObjectsImport::print_as_json(const ImportReport& report) const {
  const ImportCounts& counts = report.counts;
  nlohmann::ordered_json skipped = nlohmann::ordered_json::object();
  for (std::size_t i = 0; i < counts.skipped.size(); ++i)
    skipped[kImportSkipNames.at(i)] = counts.skipped.at(i);
  print_json(
      {{"output", options_.output},
       {"osm_timestamp", report.osm_timestamp},
       {"read", {{"nodes", counts.nodes}, {"ways", counts.ways}, {"relations", counts.relations}}},
       {"tagged",
        {{"nodes", counts.tagged_nodes},
         {"ways", counts.tagged_ways},
         {"relations", counts.tagged_relations}}},
       {"kept", {{"points", counts.points}, {"lines", counts.lines}, {"areas", counts.areas}}},
       {"skipped", skipped},
       {"tags", report.tags},
       {"object_tags", report.object_tags},
       {"tags_not_utf8", counts.tags_not_utf8}});
}

int ObjectsImport::run() {
  options_.threads = common_.thread_count();
  options_.version = version();
  const ImportReport report = import_objects(options_);
  if (common_.json)
    print_as_json(report);
  else
    print(report);
  return kDone;
}

}  // namespace

std::unique_ptr<Command> make_objects_import() {
  return std::make_unique<ObjectsImport>();
}

}  // namespace skyglot
