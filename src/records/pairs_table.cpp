// SPDX-License-Identifier: Apache-2.0
#include "records/pairs_table.hpp"

#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "geo/geopackage.hpp"
#include "records/dataset_info.hpp"

#include <optional>

namespace skyglot {
namespace {

const GpkgTable kPairs{
    "pairs",
    "One row per selected object: a pair, or the reason why it was skipped",
    "GEOMETRY",
    {{"key", "TEXT"},        {"status", "TEXT"},    {"reason", "TEXT"},
     {"split", "TEXT"},      {"title", "TEXT"},     {"title_multi_objects", "TEXT"},
     {"similarity", "REAL"}, {"tags", "TEXT"},      {"surrounding", "TEXT"},
     {"kind", "TEXT"},       {"osm_id", "INTEGER"}, {"targeted", "BOOLEAN"},
     {"collection", "TEXT"}, {"scene", "TEXT"},     {"date", "TEXT"},
     {"gsd_m", "REAL"},      {"width", "INTEGER"},  {"height", "INTEGER"},
     {"shard", "INTEGER"},   {"offset", "INTEGER"}, {"bytes", "INTEGER"},
     {"centre_lon", "REAL"}, {"centre_lat", "REAL"}}};

std::string surrounding_json(const std::vector<Tags>& surrounding) {
  std::string text = "[";
  for (const Tags& tags : surrounding) text += (text.size() > 1 ? "," : "") + tags_to_json(tags);
  return text + "]";
}

void insert_record(Statement& insert, std::int64_t fid, const PairRecord& r,
                   const std::string& blob) {
  const std::string tags = tags_to_json(r.tags);
  const std::string surrounding = surrounding_json(r.surrounding);
  const std::string kind(1, static_cast<char>(r.kind));
  insert
      .bind_row(fid, Blob{blob}, r.key, r.is_pair() ? "pair" : "skipped", r.skip_reason,
                r.is_pair() ? to_string(r.split) : "", r.title, r.title_multi_objects, nullptr,
                tags, surrounding, kind, r.osm_id, r.targeted, r.collection, r.scene, r.date,
                r.gsd_m, r.width, r.height, r.shard, r.offset, r.bytes, r.centre_lonlat.x,
                r.centre_lonlat.y)
      .run();
}

Split split_from(std::string_view name, const PairRecord& record) {
  const auto split = split_of_name(name);
  if (!split && record.is_pair())
    fail(ErrorKind::format, "pair {} belongs to \"{}\", which is no split", record.key, name);
  return split.value_or(Split::train);
}

PairRecord record_of(const Statement& row) {
  PairRecord r;
  const Geometry shape = geometry_of_gpkg(row.blob(0));
  if (shape.kind == GeometryKind::polygon) r.outline_lonlat = shape;
  r.key = row.text(1);
  r.skip_reason = row.text(3);
  r.split = split_from(row.text(4), r);
  r.title = row.text(5);
  r.title_multi_objects = row.text(6);
  if (!row.is_null(7)) r.similarity = row.real(7);
  r.tags = tags_from_json(row.text(8));
  for (const ReadJson& tags : ReadJson::parse(row.text(9)))
    r.surrounding.push_back(tags_from_json(tags.dump()));
  r.kind = kind_of_letter(row.text(10));
  r.osm_id = row.integer(11);
  r.targeted = row.integer(12) != 0;
  r.collection = row.text(13);
  r.scene = row.text(14);
  r.date = row.text(15);
  r.gsd_m = row.real(16);
  r.width = static_cast<int>(row.integer(17));
  r.height = static_cast<int>(row.integer(18));
  r.shard = row.integer(19);
  r.offset = static_cast<std::uint64_t>(row.integer(20));
  r.bytes = static_cast<std::uint64_t>(row.integer(21));
  r.centre_lonlat = {row.real(22), row.real(23)};
  if (!row.is_null(24)) r.similarity_multi_objects = row.real(24);
  return r;
}

}  // namespace

struct PairsWriter::State {
  State(const std::filesystem::path& folder, PatchMember patch)
      : pending(folder / "pairs.gpkg"),
        gpkg(pending.path()),
        csv(folder / "pairs.csv"),
        ending(main_ending(patch)) {
    gpkg.add_table(kPairs);
    insert.emplace(gpkg.insert_into("pairs"));
    csv.write("filepath,title,title_multi_objects,similarity\n");
  }
  PendingPath pending;
  GeoPackageWriter gpkg;
  std::optional<Statement> insert;
  AtomicFile csv;
  std::string ending;
  std::int64_t fid = 0;
};

PairsWriter::PairsWriter(const std::filesystem::path& folder, PatchMember patch)
    : state_(std::make_unique<State>(folder, patch)) {}
PairsWriter::~PairsWriter() = default;

void PairsWriter::add(const PairRecord& r) {
  const bool outlined = r.is_pair() && !r.outline_lonlat.parts.empty();
  const Geometry shape = outlined ? r.outline_lonlat : Geometry::point(r.centre_lonlat);
  insert_record(*state_->insert, ++state_->fid, r, gpkg_blob(shape));
  state_->gpkg.add_extent("pairs", state_->fid, bounding_box(shape));
  if (r.is_pair())
    state_->csv.write(csv_line({shard_name(r.shard) + "/" + r.key + state_->ending, r.title,
                                r.title_multi_objects, ""}) +
                      "\n");
}

void PairsWriter::commit() {
  state_->insert.reset();
  state_->gpkg.close();
  state_->pending.commit();
  state_->csv.commit();
}

void write_pairs(const std::filesystem::path& folder, const std::vector<PairRecord>& records) {
  PairsWriter writer(folder);
  for (const PairRecord& record : records) writer.add(record);
  writer.commit();
}

void read_pairs_gpkg(const std::filesystem::path& path,
                     const std::function<void(PairRecord&&)>& visit) {
  Database database(path, Database::Mode::read);
  if (!database.has_table("pairs"))
    fail(ErrorKind::format, "{}: not the pairs.gpkg of a data set", path.string());
  std::string columns = "geom";
  for (const GpkgColumn& column : kPairs.columns) columns += ", \"" + column.name + "\"";
  columns += std::string(", ") +
             (database.has_column("pairs", kMultiSimilarity) ? kMultiSimilarity : "NULL");
  Statement rows = database.prepare("SELECT " + columns + " FROM pairs ORDER BY fid");
  while (rows.step())
    visit(reading_json(path.string(), "build the data set again", [&] { return record_of(rows); }));
}

}  // namespace skyglot
