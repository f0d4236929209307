// SPDX-License-Identifier: Apache-2.0
#include "dataset/plan.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/pipeline.hpp"
#include "base/progress.hpp"
#include "dataset/split_blocks.hpp"
#include "geo/box_index.hpp"

#include <tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>

namespace skyglot {
namespace {

// Objects matched as one piece of work.
constexpr std::size_t kBatch = 128;

// Items are sorted by split, then scene by scene in bands from the top: neighbours share decoded
// blocks. 1,024 rows of pixels are about two rows of blocks of a usual COG.
constexpr const char* kTables = R"sql(
CREATE TABLE items (position INTEGER PRIMARY KEY, fid INTEGER, kind INTEGER, osm_id INTEGER,
  targeted INTEGER, split INTEGER, lon REAL, lat REAL, scene INTEGER, x INTEGER, y INTEGER,
  width INTEGER, height INTEGER);
CREATE TABLE skipped (fid INTEGER PRIMARY KEY, kind INTEGER, osm_id INTEGER, targeted INTEGER,
  lon REAL, lat REAL, reason TEXT);
CREATE TABLE shards (shard INTEGER PRIMARY KEY, split INTEGER, first INTEGER, last INTEGER);
CREATE TABLE counts (name TEXT PRIMARY KEY, value INTEGER);
)sql";
constexpr const char* kMatchedTable =
    "CREATE TABLE matched (fid INTEGER PRIMARY KEY, kind INTEGER, osm_id INTEGER, "
    "targeted INTEGER, split INTEGER, lon REAL, lat REAL, scene INTEGER, x INTEGER, y INTEGER, "
    "width INTEGER, height INTEGER)";
constexpr const char* kMatchedSorted =
    "SELECT fid, kind, osm_id, targeted, split, lon, lat, scene, x, y, width, height FROM matched "
    "ORDER BY split, scene, y / 1024, x, y, fid";

struct ThreadTools {
  std::unique_ptr<ObjectStore> store;
  Matcher matcher;
};

struct Chosen {
  std::int64_t fid;
  bool targeted;
};

PlannedItem plan_object(ThreadTools& tools, const Chosen& chosen) {
  const MapObject object = tools.store->object(chosen.fid);
  PlannedItem item{.fid = object.fid,
                   .kind = object.kind,
                   .osm_id = object.osm_id,
                   .targeted = chosen.targeted,
                   .split = Split::train,
                   .centre_lonlat = bounding_box(object.geometry_lonlat).centre(),
                   .scene = 0,
                   .tile = {},
                   .skip_reason = {}};
  const auto result = tools.matcher.match(object);
  if (const auto* skipped = std::get_if<Skipped>(&result)) {
    item.skip_reason = skipped->reason;
  } else {
    const Match& match = std::get<Match>(result);
    item.scene = match.scene;
    item.tile = match.tile;
    item.split = match.split;
  }
  return item;
}

// Selected objects in the order of their rows, taken in batches.
class ChosenInOrder {
 public:
  explicit ChosenInOrder(const Selection& selection)
      : cells_(selection.by_cell), tags_(selection.by_tag) {}

  std::optional<std::vector<Chosen>> next_batch() {
    std::vector<Chosen> batch;
    while (batch.size() < kBatch) {
      const auto cell = cells_.peek();
      const auto tag = tags_.peek();
      if (!cell && !tag) break;
      const bool targeted = !cell || (tag && *tag < *cell);
      batch.push_back({targeted ? *tag : *cell, targeted});
      (targeted ? tags_ : cells_).advance();
    }
    if (batch.empty()) return std::nullopt;
    return batch;
  }

 private:
  FidSet::Cursor cells_;
  FidSet::Cursor tags_;
};

using Planned = std::vector<PlannedItem>;

void match_all(const BuildInputs& inputs, const Selection& selection, int threads,
               const std::function<void(const PlannedItem&)>& take) {
  std::vector<Box> footprints;
  for (const Scene& scene : inputs.catalogue.scenes)
    footprints.push_back(bounding_box(scene.footprint_lonlat));
  const BoxIndex index(footprints);
  const SplitBlocks blocks(split_rules(inputs.recipe, inputs.catalogue));
  const Matcher::Shared shared{inputs.catalogue, inputs.aligned, inputs.visibility, index,
                               inputs.recipe,    blocks};
  tbb::enumerable_thread_specific<ThreadTools> tools([&] {
    return ThreadTools{inputs.open_store(), Matcher(shared)};
  });
  ChosenInOrder chosen(selection);
  Progress progress("objects", selection.by_cell.size() + selection.by_tag.size());
  run_pipeline(
      PipelineLimits{.threads = threads, .in_flight = 64}, [&] { return chosen.next_batch(); },
      [&](const std::vector<Chosen>& batch) {
        Planned planned;
        for (const Chosen& object : batch) planned.push_back(plan_object(tools.local(), object));
        return planned;
      },
      [&](const Planned& planned) {
        progress.advance(planned.size());
        for (const PlannedItem& item : planned) take(item);
      });
}

// Fills the tables of a new plan.
class PlanWriter {
 public:
  PlanWriter(const std::filesystem::path& file, const std::filesystem::path& scratch,
             std::uint64_t memory)
      : database_(file, Database::Mode::create), scratch_(scratch, Database::Mode::create) {
    for (Database* database : {&database_, &scratch_})
      database->execute(fmt::format("PRAGMA temp_store=FILE; PRAGMA cache_size=-{}; BEGIN",
                                    std::clamp<std::uint64_t>(memory / 8192, 2048, 262144)));
    database_.execute(kTables);
    scratch_.execute(kMatchedTable);
    skip_.emplace(database_.prepare("INSERT INTO skipped VALUES (?1,?2,?3,?4,?5,?6,?7)"));
    match_.emplace(
        scratch_.prepare("INSERT INTO matched VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12)"));
  }

  void add(const PlannedItem& item) {
    const int kind = static_cast<int>(item.kind);
    const Point at = item.centre_lonlat;
    if (item.skip_reason.empty()) {
      match_
          ->bind_row(item.fid, kind, item.osm_id, item.targeted, static_cast<int>(item.split), at.x,
                     at.y, item.scene, item.tile.x, item.tile.y, item.tile.width, item.tile.height)
          .run();
    } else {
      ++skipped_[item.skip_reason];
      skip_->bind_row(item.fid, kind, item.osm_id, item.targeted, at.x, at.y, item.skip_reason)
          .run();
    }
  }

  void finish(const Selection& selection, std::size_t shard_size) {
    match_.reset();
    skip_.reset();
    scratch_.execute("COMMIT");
    const std::vector<std::uint64_t> by_split = write_items();
    write_shards(by_split, shard_size);
    write_counts(selection, std::accumulate(by_split.begin(), by_split.end(), std::uint64_t{0}));
    database_.execute("COMMIT");
  }

 private:
  // How many items each split has.
  std::vector<std::uint64_t> write_items() {
    std::vector<std::uint64_t> by_split(3);
    Statement insert =
        database_.prepare("INSERT INTO items VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)");
    Statement sorted = scratch_.prepare(kMatchedSorted);
    for (std::int64_t position = 0; sorted.step(); ++position) {
      check_interrupt();
      insert.bind(1, position);
      for (int column = 0; column < 12; ++column) {
        const bool real = column == 5 || column == 6;
        if (real) insert.bind(column + 2, sorted.real(column));
        if (!real) insert.bind(column + 2, sorted.integer(column));
      }
      insert.run();
      ++by_split.at(static_cast<std::size_t>(sorted.integer(4)));
    }
    return by_split;
  }

  void write_shards(const std::vector<std::uint64_t>& by_split, std::size_t shard_size) {
    Statement insert = database_.prepare("INSERT INTO shards VALUES (?1,?2,?3,?4)");
    std::int64_t shard = 0;
    std::uint64_t first = 0;
    for (std::size_t split = 0; split < by_split.size(); ++split)
      for (const std::uint64_t end = first + by_split[split]; first < end;) {
        const std::uint64_t last = std::min<std::uint64_t>(end, first + shard_size);
        insert.bind_row(shard++, split, first, last).run();
        first = last;
      }
  }

  void write_counts(const Selection& selection, std::uint64_t items) {
    Statement insert = database_.prepare("INSERT INTO counts VALUES (?1,?2)");
    const auto put = [&](const std::string& name, std::uint64_t value) {
      insert.bind_row(name, value).run();
    };
    put("cells_with_imagery", selection.cells_with_imagery);
    put("cells_drawn", selection.cells_drawn);
    put("targeted_tags", selection.targeted_tags);
    put("items", items);
    for (const auto& [reason, count] : skipped_) put("skipped:" + reason, count);
  }

  Database database_;
  Database scratch_;
  std::optional<Statement> skip_;
  std::optional<Statement> match_;
  std::map<std::string, std::uint64_t> skipped_;
};

PlanCounts read_counts(Database& database) {
  constexpr std::string_view kSkipped = "skipped:";
  PlanCounts counts;
  Statement rows = database.prepare("SELECT name, value FROM counts");
  while (rows.step()) {
    const std::string_view name = rows.text(0);
    const auto value = static_cast<std::uint64_t>(rows.integer(1));
    if (name == "cells_with_imagery") counts.cells_with_imagery = value;
    if (name == "cells_drawn") counts.cells_drawn = value;
    if (name == "targeted_tags") counts.targeted_tags = value;
    if (name == "items") counts.items = value;
    if (name.starts_with(kSkipped))
      counts.skipped[std::string(name.substr(kSkipped.size()))] = value;
  }
  return counts;
}

std::vector<PlannedShard> read_shards(Database& database) {
  std::vector<PlannedShard> shards;
  Statement rows = database.prepare("SELECT split, first, last FROM shards ORDER BY shard");
  while (rows.step())
    shards.push_back({.split = static_cast<Split>(rows.integer(0)),
                      .first = static_cast<std::size_t>(rows.integer(1)),
                      .last = static_cast<std::size_t>(rows.integer(2))});
  return shards;
}

// fid, kind, osm_id, targeted are the first columns of both tables of objects.
PlannedItem item_of(const Statement& row) {
  PlannedItem item;
  item.fid = row.integer(0);
  item.kind = static_cast<ObjectKind>(row.integer(1));
  item.osm_id = row.integer(2);
  item.targeted = row.integer(3) != 0;
  return item;
}

Database opened(const std::filesystem::path& file) {
  Database database(file, Database::Mode::read);
  for (const char* table : {"items", "skipped", "shards", "counts"})
    if (!database.has_table(table))
      fail(ErrorKind::format, "{}: not a plan; remove it and build again", file.string());
  return database;
}

}  // namespace

std::uint64_t PlanCounts::skipped_total() const {
  return std::accumulate(skipped.begin(), skipped.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& entry) { return sum + entry.second; });
}

Plan::Plan(const std::filesystem::path& file)
    : database_(opened(file)), counts_(read_counts(database_)), shards_(read_shards(database_)) {}

std::vector<PlannedItem> Plan::items(std::size_t first, std::size_t last) {
  std::vector<PlannedItem> found;
  Statement rows = database_.prepare(
      "SELECT fid, kind, osm_id, targeted, lon, lat, split, scene, x, y, width, height FROM items "
      "WHERE position >= ?1 AND position < ?2 ORDER BY position");
  rows.bind_row(first, last);
  const auto small = [&](int column) { return static_cast<int>(rows.integer(column)); };
  while (rows.step()) {
    PlannedItem item = item_of(rows);
    item.centre_lonlat = {rows.real(4), rows.real(5)};
    item.split = static_cast<Split>(rows.integer(6));
    item.scene = static_cast<std::size_t>(rows.integer(7));
    item.tile = {small(8), small(9), small(10), small(11)};
    found.push_back(std::move(item));
  }
  return found;
}

void Plan::for_each_skipped(const std::function<void(const PlannedItem&)>& visit) {
  Statement rows = database_.prepare(
      "SELECT fid, kind, osm_id, targeted, lon, lat, reason FROM skipped ORDER BY fid");
  while (rows.step()) {
    PlannedItem item = item_of(rows);
    item.centre_lonlat = {rows.real(4), rows.real(5)};
    item.skip_reason = rows.text(6);
    visit(item);
  }
}

void make_plan(const BuildInputs& inputs, const PlanOptions& options,
               const std::filesystem::path& file) {
  const Recipe& recipe = inputs.recipe;
  const Selection selection = select_objects(inputs.open_store, inputs.catalogue, inputs.visibility,
                                             {.seed = static_cast<std::uint64_t>(recipe.seed),
                                              .cells = recipe.cells,
                                              .cell_deg = recipe.cell_deg,
                                              .targeted_per_tag = recipe.targeted_per_tag,
                                              .threads = options.threads});
  PendingPath pending(file);
  const PendingPath scratch(file.string() + "-unsorted");  // never committed
  {
    PlanWriter writer(pending.path(), scratch.path(), options.memory);
    match_all(inputs, selection, options.threads,
              [&](const PlannedItem& item) { writer.add(item); });
    writer.finish(selection, static_cast<std::size_t>(recipe.shard_size));
  }
  pending.commit();
}

}  // namespace skyglot
