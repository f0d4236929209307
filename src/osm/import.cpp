// SPDX-License-Identifier: Apache-2.0
#include "osm/import.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/pipeline.hpp"
#include "base/progress.hpp"
#include "base/resource.hpp"
#include "base/strings.hpp"
#include "osm/area_collector.hpp"
#include "osm/map_input.hpp"
#include "osm/object_sink.hpp"
#include "osm/postgres.hpp"
#include "osm/row_sorter.hpp"

#include <algorithm>
#include <map>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using osmium::memory::Buffer;

constexpr std::uint64_t kLeastMemory = std::uint64_t{16} << 20;
// Nodes of a PBF take about eight bytes each there and twelve in the memory index.
constexpr std::uint64_t kIndexBytesPerInputByte = 2;

// What one buffer of the input became.
struct Batch {
  Buffer buffer;  // its ways have their locations now
  std::vector<ObjectRow> rows;
  ImportCounts counts;
};

// Where temporary files go: they may be as large as the store.
fs::path beside_output(const ImportOptions& options) {
  if (is_postgres_name(options.output)) return fs::temp_directory_path() / "objects";
  return options.output;
}

NodeIndexOptions resolved(const ImportOptions& options, std::uint64_t input_bytes,
                          const PendingPath& scratch) {
  NodeIndexOptions index = options.node_index;
  if (index.kind == NodeIndexOptions::Kind::automatic)
    index.kind = input_bytes * kIndexBytesPerInputByte > options.memory
                     ? NodeIndexOptions::Kind::file
                     : NodeIndexOptions::Kind::memory;
  if (index.path.empty()) index.path = scratch.path();
  return index;
}

class Import {
 public:
  explicit Import(const ImportOptions& options)
      : options_(options),
        ignored_(load_resource_or("import_ignore.txt", options.ignore_list)),
        areas_(load_resource_or("areas.toml", options.area_rules),
               options.area_rules.empty() ? "areas.toml" : options.area_rules.string()),
        rows_(ignored_, areas_),
        collector_(rows_, [this](ObjectRow&& row) { keep(row); }),
        sorter_(options.memory, beside_output(options)) {}

  ImportReport run() {
    // Opened first: an output that cannot be written must not be found out after an hour.
    sink_ = make_object_sink(options_.output, options_.overwrite);
    read_relations();
    read_all();
    if (sorter_.size() == 0) fail_empty();
    write();
    return report_;
  }

 private:
  void read_relations();
  void read_all();
  void take_nodes(const Buffer& buffer);
  [[nodiscard]] Batch made(Buffer&& buffer) const;
  void place_nodes(osmium::Way& way) const;
  void make_row(osmium::OSMObject& object, Batch& batch) const;
  void take(Batch&& batch);
  void keep(const ObjectRow& row);
  void write();
  void write_objects(ObjectSink& sink);
  void write_tags(ObjectSink& sink);
  void write_metadata(ObjectSink& sink) const;
  [[noreturn]] void fail_empty() const;

  const ImportOptions& options_;
  IgnoreList ignored_;
  AreaRules areas_;
  RowMaker rows_;
  AreaCollector collector_;
  RowSorter sorter_;
  TagDictionary dictionary_;
  std::vector<TagDictionary::Number> numbers_;
  std::unique_ptr<NodeLocations> locations_;
  std::unique_ptr<ObjectSink> sink_;
  ImportReport report_;
};

void Import::read_relations() {
  MapInput input({options_.inputs, osmium::osm_entity_bits::relation, options_.threads});
  Progress progress("relations: bytes", input.bytes_total());
  while (const auto buffer = input.next()) {
    check_interrupt();
    for (const osmium::Relation& relation : buffer->select<osmium::Relation>())
      collector_.relation(relation);
    progress.advance(input.bytes_read() - progress.done());
  }
  collector_.prepare_for_lookup();
  report_.osm_timestamp = input.timestamp();
}

// Node buffers pass here in order, before any way buffer: from then on the index is only read.
void Import::take_nodes(const Buffer& buffer) {
  for (const osmium::Node& node : buffer.select<osmium::Node>())
    if (!node.removed() && node.visible()) locations_->set(node.id(), node.location());
}

// Places that stand in the way itself need no node.
void Import::place_nodes(osmium::Way& way) const {
  for (osmium::NodeRef& node : way.nodes())
    if (!node.location().is_defined()) node.set_location(locations_->get(node.ref()));
}

void Import::make_row(osmium::OSMObject& object, Batch& batch) const {
  const bool is_node = object.type() == osmium::item_type::node;
  ++(is_node ? batch.counts.nodes : batch.counts.ways);
  if (!object.tags().empty()) ++(is_node ? batch.counts.tagged_nodes : batch.counts.tagged_ways);
  if (!is_node) place_nodes(static_cast<osmium::Way&>(object));
  if (object.tags().empty()) return;
  if (object.removed() || object.deleted()) {
    batch.counts.skip(object.removed() ? ImportSkip::duplicate : ImportSkip::deleted);
    return;
  }
  auto row = is_node ? rows_.node(static_cast<osmium::Node&>(object), batch.counts)
                     : rows_.way(static_cast<osmium::Way&>(object), batch.counts);
  if (row) batch.rows.push_back(std::move(*row));
}

Batch Import::made(Buffer&& buffer) const {
  Batch batch{std::move(buffer), {}, {}};
  for (osmium::OSMObject& object : batch.buffer.select<osmium::OSMObject>())
    if (object.type() != osmium::item_type::relation) make_row(object, batch);
  return batch;
}

void Import::keep(const ObjectRow& row) {
  numbers_.clear();
  dictionary_.number(row.tags, numbers_);
  sorter_.add({row.kind, row.osm_id, row.box_lonlat, numbers_, row.blob});
}

void Import::take(Batch&& batch) {
  report_.counts += batch.counts;
  for (const ObjectRow& row : batch.rows) keep(row);
  for (const osmium::Way& way : batch.buffer.select<osmium::Way>())
    if (!way.removed() && way.visible()) collector_.handle_way(way);
}

void Import::read_all() {
  using osmium::osm_entity_bits::node;
  using osmium::osm_entity_bits::way;
  MapInput input({options_.inputs, node | way, options_.threads});
  // Never committed: the name of a temporary file, which is removed whatever happens.
  const PendingPath scratch(beside_output(options_).string() + "-nodes");
  locations_ = NodeLocations::create(resolved(options_, input.bytes_total(), scratch));
  Progress progress("objects: bytes", input.bytes_total());
  const auto source = [&]() -> std::optional<Buffer> {
    auto buffer = input.next();
    if (buffer) take_nodes(*buffer);
    progress.advance(input.bytes_read() - progress.done());
    return buffer;
  };
  const auto work = [this](Buffer&& buffer) { return made(std::move(buffer)); };
  const auto sink = [this](Batch&& batch) { take(std::move(batch)); };
  run_pipeline({.threads = options_.threads, .in_flight = 16}, source, work, sink);
  collector_.finish();
  report_.counts += collector_.counts();
  report_.warnings = input.warnings();
  for (const std::string& warning : report_.warnings) log_warning("{}", warning);
  locations_.reset();
}

void Import::fail_empty() const {
  const ImportCounts& counts = report_.counts;
  const std::int64_t incomplete =
      counts.of(ImportSkip::node_missing) + counts.of(ImportSkip::member_missing);
  fail(ErrorKind::input, "{}: no tagged object can be kept ({} tagged of {} objects read{}); {}",
       options_.inputs.front().string(), counts.tagged(),
       counts.nodes + counts.ways + counts.relations, counts.skipped_text(),
       incomplete > 0
           ? "the file lacks nodes of its ways or ways of its relations: ask Overpass "
             "for them with '(._;>;); out meta;', cut extracts with 'osmium extract "
             "--strategy complete_ways'"
           : "check that the extract covers a place that is mapped, and the ignore list");
}

void Import::write_objects(ObjectSink& sink) {
  Progress progress("write: objects", static_cast<std::uint64_t>(sorter_.size()));
  std::int64_t fid = 0;
  sorter_.drain([&](const SortedRow& row) {
    if (++fid % 1024 == 0) {
      check_interrupt();
      progress.advance(1024);
    }
    dictionary_.add_object(fid, row.tags);
    report_.object_tags += static_cast<std::int64_t>(row.tags.size());
    sink.add_object(
        {fid, row.kind, row.osm_id, row.box_lonlat, dictionary_.json(row.tags), row.blob});
  });
}

void Import::write_tags(ObjectSink& sink) {
  dictionary_.for_each([&](const Tag& tag, std::int64_t objects, const auto& walk) {
    check_interrupt();
    const std::int64_t id = ++report_.tags;
    sink.add_tag({id, tag, objects});
    walk([&](std::int64_t fid) { sink.add_tag_object(id, fid); });
  });
}

void Import::write_metadata(ObjectSink& sink) const {
  std::vector<std::string> names;
  std::vector<std::string> hashes;
  for (const fs::path& input : options_.inputs) {
    names.push_back(input.filename().string());
    hashes.push_back(sha256_file(input));
  }
  const ImportCounts& counts = report_.counts;
  std::map<std::string, std::string> facts{
      {"format", "skyglot objects 1"},
      {"input", join(names, "\n")},
      {"input_sha256", join(hashes, "\n")},
      {"osm_timestamp", report_.osm_timestamp},
      {"skyglot", options_.version},
      {"attribution", "(c) OpenStreetMap contributors, ODbL 1.0"},
      {"tagged_nodes", std::to_string(counts.tagged_nodes)},
      {"tagged_ways", std::to_string(counts.tagged_ways)},
      {"tagged_relations", std::to_string(counts.tagged_relations)},
      {"points", std::to_string(counts.points)},
      {"lines", std::to_string(counts.lines)},
      {"areas", std::to_string(counts.areas)},
      {"tags_not_utf8", std::to_string(counts.tags_not_utf8)}};
  for (std::size_t i = 0; i < counts.skipped.size(); ++i)
    facts["skipped_" + std::string(kImportSkipNames.at(i))] = std::to_string(counts.skipped.at(i));
  for (const auto& [key, value] : facts) sink.add_metadata(key, value);
}

void Import::write() {
  write_objects(*sink_);
  write_tags(*sink_);
  write_metadata(*sink_);
  sink_->commit();
}

}  // namespace

void ImportOptions::validate() const {
  std::vector<std::string> problems;
  if (inputs.empty()) problems.emplace_back("give at least one OpenStreetMap file");
  if (output.empty()) problems.emplace_back("--output must name a file or PG:...");
  if (threads < 1) problems.emplace_back("--threads must be at least 1");
  if (memory < kLeastMemory) problems.emplace_back("--memory must be at least 16M");
  if (!problems.empty()) fail(ErrorKind::usage, "objects import: {}", join(problems, "; "));
}

ImportReport import_objects(const ImportOptions& options) {
  options.validate();
  return Import(options).run();
}

}  // namespace skyglot
