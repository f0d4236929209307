// SPDX-License-Identifier: Apache-2.0
// skyglot tags stats: which tags a map has, how often, alone or together, and which can be seen.
#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/interrupt.hpp"
#include "base/numbers.hpp"
#include "base/progress.hpp"
#include "base/resource.hpp"
#include "base/unicode.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "osm/object_store.hpp"
#include "tags/statistics.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace skyglot {
namespace {

// Co-occurrence is counted among so many of the most frequent tags (and as many of --key).
constexpr std::size_t kPairTags = 1000;
constexpr std::size_t kWidestCell = 48;

using Row = std::vector<std::string>;

std::string percent(std::int64_t part, std::int64_t whole) {
  return fmt::format("{:.1f}%", percent_of(part, whole));
}

// A tag on the screen: no line breaks, not too wide.
std::string shown(const std::string& text) {
  std::u32string characters = collapse_blanks(decode_utf8(text));
  if (characters.size() > kWidestCell) characters = characters.substr(0, kWidestCell - 1) + U'…';
  return encode_utf8(characters);
}

std::string level(const TagRow& row) {
  return row.max_gsd_m ? format_double(*row.max_gsd_m) : "";
}

Row csv_row(const TagRow& row) {
  const ObjectCounts& n = row.counts;
  return {row.tag.key,
          row.tag.value,
          std::to_string(n.objects),
          std::to_string(n.nodes),
          std::to_string(n.ways),
          std::to_string(n.areas),
          std::to_string(n.alone),
          row.max_gsd_m ? "yes" : "no",
          level(row),
          row.labelled ? "yes" : "no"};
}

Row csv_row(const KeyRow& row) {
  const ObjectCounts& n = row.counts;
  return {row.key,
          std::to_string(n.objects),
          std::to_string(row.values),
          std::to_string(n.nodes),
          std::to_string(n.ways),
          std::to_string(n.areas),
          std::to_string(n.alone),
          std::to_string(row.visible_objects)};
}

Row csv_row(const PairRow& row) {
  return {row.first.key, row.first.value, row.second.key, row.second.value,
          std::to_string(row.objects)};
}

Row table_row(const TagRow& row) {
  const ObjectCounts& n = row.counts;
  return {shown(to_string(row.tag)),
          format_count(n.objects),
          format_count(n.nodes),
          format_count(n.ways),
          format_count(n.areas),
          percent(n.alone, n.objects),
          row.max_gsd_m  ? level(row) + " m"
          : row.labelled ? "no"
                         : "unlabelled"};
}

Row table_row(const KeyRow& row) {
  const ObjectCounts& n = row.counts;
  return {shown(row.key),
          format_count(n.objects),
          format_count(row.values),
          format_count(n.nodes),
          format_count(n.ways),
          format_count(n.areas),
          percent(n.alone, n.objects),
          percent(row.visible_objects, n.objects)};
}

Row table_row(const PairRow& row) {
  return {shown(to_string(row.first)), shown(to_string(row.second)), format_count(row.objects)};
}

nlohmann::ordered_json json_of(const ObjectCounts& n) {
  return {{"objects", n.objects},
          {"nodes", n.nodes},
          {"ways", n.ways},
          {"areas", n.areas},
          {"alone", n.alone}};
}

nlohmann::ordered_json json_of(const TagRow& row) {
  nlohmann::ordered_json json{{"record", "tag"}, {"key", row.tag.key}, {"value", row.tag.value}};
  json.update(json_of(row.counts));
  json["visible"] = row.max_gsd_m.has_value();
  json["max_gsd_m"] = row.max_gsd_m ? nlohmann::ordered_json(*row.max_gsd_m) : nullptr;
  json["labelled"] = row.labelled;
  return json;
}

nlohmann::ordered_json json_of(const KeyRow& row) {
  nlohmann::ordered_json json{{"record", "key"}, {"key", row.key}};
  json.update(json_of(row.counts));
  json["values"] = row.values;
  json["visible_objects"] = row.visible_objects;
  return json;
}

nlohmann::ordered_json json_of(const PairRow& row) {
  return {{"record", "pair"},
          {"first", to_string(row.first)},
          {"second", to_string(row.second)},
          {"objects", row.objects}};
}

nlohmann::ordered_json json_of(const TagTotals& totals) {
  nlohmann::ordered_json json{{"record", "totals"}};
  json.update(json_of(totals.objects));
  json["visible_objects"] = totals.visible_objects;
  json["tags"] = totals.tags;
  json["keys"] = totals.keys;
  json["occurrences"] = totals.occurrences;
  json["visible_occurrences"] = totals.visible_occurrences;
  json["tags_with_10"] = totals.tags_with_at_least[0];
  json["tags_with_100"] = totals.tags_with_at_least[1];
  json["tags_with_1000"] = totals.tags_with_at_least[2];
  return json;
}

const Row kTagCsv{"key",   "value", "objects", "nodes",     "ways",
                  "areas", "alone", "visible", "max_gsd_m", "labelled"};
const Row kKeyCsv{"key", "objects", "values", "nodes", "ways", "areas", "alone", "visible_objects"};
const Row kPairCsv{"first_key", "first_value", "second_key", "second_value", "objects"};
const Row kTagTable{"tag", "objects", "nodes", "ways", "areas", "alone", "seen to"};
const Row kKeyTable{"key", "objects", "values", "nodes", "ways", "areas", "alone", "visible"};
const Row kPairTable{"tag", "stands with", "objects"};

template <typename Item>
void write_csv(const std::filesystem::path& path, const Row& header,
               const std::vector<Item>& items) {
  std::string text = csv_line(header) + "\n";
  for (const Item& item : items) text += csv_line(csv_row(item)) + "\n";
  write_file_atomically(path, text);
}

template <typename Item>
void print_items(const Row& header, const std::vector<Item>& items) {
  std::vector<Row> rows{header};
  for (const Item& item : items) rows.push_back(table_row(item));
  fmt::print("\n");
  print_table(rows);
}

template <typename Item>
std::vector<Item> first_of(const std::vector<Item>& items, std::size_t count) {
  const std::size_t kept = count == 0 ? items.size() : std::min(count, items.size());
  return {items.begin(), items.begin() + static_cast<std::ptrdiff_t>(kept)};
}

void walk(ObjectStore& store, const std::string& label,
          const std::function<void(ObjectKind, const Tags&)>& visit) {
  Progress progress(label, static_cast<std::uint64_t>(store.size()));
  store.for_each_tags([&](ObjectKind kind, const Tags& tags) {
    check_interrupt();
    visit(kind, tags);
    progress.advance();
  });
}

void print_totals(const TagTotals& totals) {
  const ObjectCounts& n = totals.objects;
  print_table({{"map", "count", "share"},
               {"objects", format_count(n.objects), ""},
               {"  nodes", format_count(n.nodes), percent(n.nodes, n.objects)},
               {"  ways", format_count(n.ways), percent(n.ways, n.objects)},
               {"  areas", format_count(n.areas), percent(n.areas, n.objects)},
               {"  with a single tag", format_count(n.alone), percent(n.alone, n.objects)},
               {"  with a visible tag", format_count(totals.visible_objects),
                percent(totals.visible_objects, n.objects)},
               {"tags on objects", format_count(totals.occurrences), ""},
               {"  visible", format_count(totals.visible_occurrences),
                percent(totals.visible_occurrences, totals.occurrences)},
               {"different keys", format_count(totals.keys), ""},
               {"different tags", format_count(totals.tags), ""},
               {"  on 10 objects or more", format_count(totals.tags_with_at_least[0]), ""},
               {"  on 100 objects or more", format_count(totals.tags_with_at_least[1]), ""},
               {"  on 1,000 objects or more", format_count(totals.tags_with_at_least[2]), ""}});
}

class TagsStats : public Command {
 public:
  std::string name() const override { return "tags stats"; }
  std::string summary() const override {
    return "Count tags and keys of an object store, alone and together, and what can be seen";
  }
  void setup(CLI::App& app) override;
  int run() override;

 private:
  [[nodiscard]] std::vector<TagRow> tag_rows(const std::vector<TagRow>& all) const;
  [[nodiscard]] std::vector<KeyRow> key_rows(const TagStatistics& statistics) const;
  [[nodiscard]] std::vector<PairRow> pair_rows(ObjectStore& store,
                                               const std::vector<TagRow>& all) const;
  template <typename Item>
  void show(const Row& csv_header, const Row& table_header, const std::vector<Item>& items) const;
  void show_pairs(const std::vector<PairRow>& pairs) const;

  CommonOptions common_;
  std::string store_;
  std::string key_;
  std::size_t top_ = 30;
  std::size_t pairs_ = 10;
  bool by_key_ = false;
  bool unlabelled_ = false;
  bool overwrite_ = false;
  std::filesystem::path labels_;
  std::filesystem::path csv_;
  std::filesystem::path pairs_csv_;
};

void TagsStats::setup(CLI::App& app) {
  app.add_option("OBJECTS", store_, "The object store: a .gpkg file, or PG:... for PostGIS")
      ->required();
  app.add_option("--top", top_, "Rows to print, most frequent first; 0 prints all")
      ->capture_default_str();
  app.add_option("--key", key_, "Only tags with this key, and pairs with one of them");
  auto* by_key = app.add_flag("--by-key", by_key_, "One row a key in place of one a tag");
  app.add_flag("--unlabelled", unlabelled_, "Only tags that the visibility table does not know")
      ->excludes(by_key);
  app.add_option("--pairs", pairs_, "Pairs of tags on one object to print; 0 counts none")
      ->capture_default_str();
  app.add_option("--labels", labels_, "Visibility table (CSV) in place of the built-in one");
  app.add_option("--csv", csv_, "Write all rows to this file");
  app.add_option("--pairs-csv", pairs_csv_, "Write all pairs to this file");
  add_overwrite(app, overwrite_);
  common_.add_to(app);
}

std::vector<TagRow> TagsStats::tag_rows(const std::vector<TagRow>& all) const {
  std::vector<TagRow> rows;
  std::ranges::copy_if(all, std::back_inserter(rows), [&](const TagRow& row) {
    return (key_.empty() || row.tag.key == key_) && !(unlabelled_ && row.labelled);
  });
  return rows;
}

std::vector<KeyRow> TagsStats::key_rows(const TagStatistics& statistics) const {
  std::vector<KeyRow> rows = statistics.by_key();
  std::erase_if(rows, [&](const KeyRow& row) { return !key_.empty() && row.key != key_; });
  return rows;
}

std::vector<PairRow> TagsStats::pair_rows(ObjectStore& store,
                                          const std::vector<TagRow>& all) const {
  if (pairs_ == 0 && pairs_csv_.empty()) return {};
  std::vector<Tag> chosen;
  std::size_t of_key = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool has_key = all[i].tag.key == key_ && of_key++ < kPairTags;
    if (i < kPairTags || has_key) chosen.push_back(all[i].tag);
  }
  TagPairs pairs(std::move(chosen), key_);
  walk(store, "pairs", [&](ObjectKind, const Tags& tags) { pairs.add(tags); });
  return pairs.rows();
}

template <typename Item>
void TagsStats::show(const Row& csv_header, const Row& table_header,
                     const std::vector<Item>& items) const {
  if (!csv_.empty()) write_csv(csv_, csv_header, items);
  const std::vector<Item> top = first_of(items, top_);
  if (!common_.json) return print_items(table_header, top);
  for (const Item& item : top) print_json(json_of(item));
}

void TagsStats::show_pairs(const std::vector<PairRow>& pairs) const {
  if (!pairs_csv_.empty()) write_csv(pairs_csv_, kPairCsv, pairs);
  if (pairs_ == 0) return;
  const std::vector<PairRow> top = first_of(pairs, pairs_);
  if (!common_.json) return print_items(kPairTable, top);
  for (const PairRow& pair : top) print_json(json_of(pair));
}

int TagsStats::run() {
  for (const auto& path : {csv_, pairs_csv_})
    if (!path.empty()) refuse_existing(path, overwrite_);
  TagStatistics statistics(
      VisibilityTable::parse(load_resource_or("tag_labels.csv", labels_),
                             labels_.empty() ? std::string("tag_labels.csv") : labels_.string()));
  const auto store = ObjectStore::open(store_);
  walk(*store, "objects",
       [&](ObjectKind kind, const Tags& tags) { statistics.add(static_cast<char>(kind), tags); });
  const std::vector<TagRow> all = statistics.by_tag();
  const std::vector<PairRow> pairs = pair_rows(*store, all);
  if (common_.json)
    print_json(json_of(statistics.totals()));
  else
    print_totals(statistics.totals());
  if (by_key_)
    show(kKeyCsv, kKeyTable, key_rows(statistics));
  else
    show(kTagCsv, kTagTable, tag_rows(all));
  show_pairs(pairs);
  return kDone;
}

}  // namespace

std::unique_ptr<Command> make_tags_stats() {
  return std::make_unique<TagsStats>();
}

}  // namespace skyglot
