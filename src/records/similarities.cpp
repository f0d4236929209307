// SPDX-License-Identifier: Apache-2.0
#include "records/similarities.hpp"

#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "geo/sqlite.hpp"
#include "records/pairs_table.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <system_error>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCsv = "pairs.csv";
constexpr const char* kGpkg = "pairs.gpkg";
constexpr std::array kColumns{"filepath", "title", "title_multi_objects", "similarity",
                              kMultiSimilarity};
constexpr int kDecimals = 6;
constexpr const char* kSummary = "similarity.json";
constexpr int kSummarySchema = 1;

std::string number_text(float value) {
  return std::isfinite(value) ? format_fixed(double{value}, kDecimals) : "";
}

std::string read_table(const fs::path& folder) {
  const fs::path path = folder / kCsv;
  if (!fs::exists(path))
    fail(ErrorKind::input, "{} is missing: give the folder of a data set that 'build' finished",
         path.string());
  return read_file(path, std::uint64_t{1} << 36);
}

// Calls `visit` with the cells of every pair.
template <typename Visit>
void for_each_row(const std::string& text, const std::string& name, const Visit& visit) {
  CsvReader reader(text, name, ',', CsvReader::Comments::none);
  std::vector<std::string> row;
  const auto is_ours = [&] {
    return row.size() >= 4 && row.size() <= kColumns.size() &&
           std::equal(row.begin(), row.end(), kColumns.begin());
  };
  if (!reader.next_row(row) || !is_ours())
    fail(ErrorKind::format, "{}: not the pairs.csv of a data set (its columns are others)", name);
  const std::size_t columns = row.size();
  while (reader.next_row(row)) {
    if (row.size() != columns)
      fail(ErrorKind::format, "{}: line {} has {} cells, not {}", name, reader.row_line(),
           row.size(), columns);
    visit(row);
  }
}

[[noreturn]] void fail_count(const fs::path& path, std::size_t pairs, std::size_t similarities) {
  fail(ErrorKind::format,
       "{}: {} pairs where {} are known from the shards; one of them was changed: build the data "
       "set again",
       path.string(), pairs, similarities);
}

void write_tables(const fs::path& folder, const std::vector<PairSimilarity>& similarities,
                  const std::vector<KeptList>& lists) {
  const std::string text = read_table(folder);
  const std::string header = csv_line({kColumns.begin(), kColumns.end()}) + "\n";
  std::vector<std::unique_ptr<AtomicFile>> files;
  for (const KeptList& list : lists)
    files.push_back(std::make_unique<AtomicFile>(folder / list.name));
  files.push_back(std::make_unique<AtomicFile>(folder / kCsv));
  for (const auto& file : files) file->write(header);
  std::size_t pair = 0;
  for_each_row(text, (folder / kCsv).string(), [&](const std::vector<std::string>& row) {
    if (pair >= similarities.size()) fail_count(folder / kCsv, pair + 1, similarities.size());
    const PairSimilarity& s = similarities[pair];
    const std::string line = csv_line({row[0], row[1], row[2], number_text(s.title),
                                       number_text(s.title_multi_objects)}) +
                             "\n";
    for (std::size_t i = 0; i < lists.size(); ++i)
      if (lists[i].kept[pair]) files[i]->write(line);
    files.back()->write(line);
    ++pair;
  });
  if (pair != similarities.size()) fail_count(folder / kCsv, pair, similarities.size());
  for (const auto& file : files) file->commit();
}

void bind_similarity(Statement& update, int parameter, float value) {
  if (std::isfinite(value))
    update.bind(parameter, double{value});
  else
    update.bind_null(parameter);
}

std::vector<std::int64_t> pair_fids(Database& database) {
  Statement rows = database.prepare("SELECT fid FROM pairs WHERE status = 'pair' ORDER BY fid");
  std::vector<std::int64_t> fids;
  while (rows.step()) fids.push_back(rows.integer(0));
  return fids;
}

void update_gpkg(const fs::path& folder, const std::vector<PairSimilarity>& similarities) {
  const fs::path path = folder / kGpkg;
  PendingPath pending(path);
  std::error_code code;
  fs::copy_file(path, pending.path(), fs::copy_options::overwrite_existing, code);
  if (code) fail(ErrorKind::io, "cannot copy {}: {}", path.string(), code.message());
  {
    Database database(pending.path(), Database::Mode::change);
    if (!database.has_table("pairs"))
      fail(ErrorKind::format, "{}: not the pairs.gpkg of a data set", path.string());
    database.execute("BEGIN");
    if (!database.has_column("pairs", kMultiSimilarity))
      database.execute(std::string("ALTER TABLE pairs ADD COLUMN ") + kMultiSimilarity + " REAL");
    const std::vector<std::int64_t> fids = pair_fids(database);
    if (fids.size() != similarities.size()) fail_count(path, fids.size(), similarities.size());
    {
      Statement update = database.prepare(std::string("UPDATE pairs SET similarity = ?1, ") +
                                          kMultiSimilarity + " = ?2 WHERE fid = ?3");
      for (std::size_t i = 0; i < fids.size(); ++i) {
        bind_similarity(update, 1, similarities[i].title);
        bind_similarity(update, 2, similarities[i].title_multi_objects);
        update.bind(3, fids[i]).run();
      }
    }
    database.execute("COMMIT");
  }
  pending.commit();
}

}  // namespace

void read_caption_rows(const fs::path& folder, const std::function<void(CaptionRow&&)>& visit) {
  const std::string text = read_table(folder);
  for_each_row(text, (folder / kCsv).string(), [&](std::vector<std::string>& row) {
    visit({std::move(row[0]), std::move(row[1]), std::move(row[2])});
  });
}

void write_similarity_summary(const fs::path& folder, const SimilaritySummary& s) {
  Json cuts = Json::array();
  for (const SimilarityCut& cut : s.cuts)
    cuts.push_back(
        {{"percent", cut.percent}, {"kept", cut.kept}, {"least", cut.least}, {"list", cut.list}});
  const Json json{{"schema", kSummarySchema},
                  {"by", s.by},
                  {"pairs", s.pairs},
                  {"unreadable", s.unreadable},
                  {"mean_title", s.mean_title},
                  {"mean_title_multi_objects", s.mean_title_multi_objects},
                  {"cuts", cuts},
                  {"about", s.about}};
  write_file_atomically(folder / kSummary, json_text(json, 1) + "\n");
}

std::optional<SimilaritySummary> read_similarity_summary(const fs::path& folder) {
  const fs::path path = folder / kSummary;
  if (!fs::exists(path)) return std::nullopt;
  return reading_json(path.string(), "run 'skyglot filter' again", [&] {
    const auto json = parse_json<Json>(read_file(path));
    if (json.at("schema").get<int>() != kSummarySchema)
      fail(ErrorKind::format, "{}: written by another version", path.string());
    SimilaritySummary s{json.at("by").get<std::string>(),
                        json.at("pairs").get<std::uint64_t>(),
                        json.at("unreadable").get<std::uint64_t>(),
                        json.at("mean_title").get<double>(),
                        json.at("mean_title_multi_objects").get<double>(),
                        {},
                        json.at("about")};
    for (const Json& cut : json.at("cuts"))
      s.cuts.push_back({cut.at("percent").get<double>(), cut.at("kept").get<std::uint64_t>(),
                        cut.at("least").get<double>(), cut.at("list").get<std::string>()});
    return s;
  });
}

void remove_similarity_summary(const fs::path& folder) {
  try {
    const std::optional<SimilaritySummary> summary = read_similarity_summary(folder);
    if (!summary) return;
    for (const SimilarityCut& cut : summary->cuts)
      if (cut.list == fs::path(cut.list).filename() && cut.list.starts_with("kept_"))
        fs::remove(folder / cut.list);
  } catch (const Error&) {
    // What it said is lost; the new one takes its place.
  }
  fs::remove(folder / kSummary);
}

void write_similarities(const fs::path& folder, const std::vector<PairSimilarity>& similarities,
                        const std::vector<KeptList>& lists) {
  for (const KeptList& list : lists)
    expect(list.kept.size() == similarities.size(), "a list of kept pairs is of other pairs");
  update_gpkg(folder, similarities);
  write_tables(folder, similarities, lists);
}

}  // namespace skyglot
