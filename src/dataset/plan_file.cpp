// SPDX-License-Identifier: Apache-2.0
#include "dataset/plan_file.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/mapped_file.hpp"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace skyglot {
namespace {

using Json = nlohmann::json;

// One line of JSON, the rows, and the SHA-256 of both.
constexpr std::size_t kSumLength = 64;
constexpr std::size_t kRowsAtOnce = 4096;

struct Row {
  std::int64_t fid;
  std::int64_t osm_id;
  double lon;
  double lat;
  std::uint32_t scene;
  std::int32_t x, y, width, height;
  std::uint8_t kind;
  std::uint8_t split;
  std::uint8_t targeted;
  std::uint8_t reason;  // place in the header's list; 0: none
  std::uint8_t spare[8];
};
static_assert(sizeof(Row) == 64 && std::is_trivially_copyable_v<Row>);

// Reasons by number; the first is none at all.
class ReasonList {
 public:
  ReasonList() = default;
  explicit ReasonList(std::vector<std::string> names) : names_(std::move(names)) {}

  std::uint8_t number_of(const std::string& name) {
    const auto found = std::ranges::find(names_, name);
    if (found != names_.end()) return static_cast<std::uint8_t>(found - names_.begin());
    expect(names_.size() < 256, "reasons fit a byte");
    names_.push_back(name);
    return static_cast<std::uint8_t>(names_.size() - 1);
  }
  [[nodiscard]] const std::string& name_of(std::uint8_t number) const { return names_.at(number); }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_{""};
};

Row row_of(const PlannedItem& item, ReasonList& reasons) {
  return {.fid = item.fid,
          .osm_id = item.osm_id,
          .lon = item.centre_lonlat.x,
          .lat = item.centre_lonlat.y,
          .scene = static_cast<std::uint32_t>(item.scene),
          .x = item.tile.x,
          .y = item.tile.y,
          .width = item.tile.width,
          .height = item.tile.height,
          .kind = static_cast<std::uint8_t>(item.kind),
          .split = static_cast<std::uint8_t>(item.split),
          .targeted = static_cast<std::uint8_t>(item.targeted ? 1 : 0),
          .reason = reasons.number_of(item.skip_reason),
          .spare = {}};
}

PlannedItem item_of(const Row& row, const ReasonList& reasons) {
  return {.fid = row.fid,
          .kind = static_cast<ObjectKind>(row.kind),
          .osm_id = row.osm_id,
          .targeted = row.targeted != 0,
          .split = static_cast<Split>(row.split),
          .centre_lonlat = {row.lon, row.lat},
          .scene = row.scene,
          .tile = {row.x, row.y, row.width, row.height},
          .skip_reason = reasons.name_of(row.reason)};
}

Json header_of(const Plan& plan, const ReasonList& reasons) {
  Json shards = Json::array();
  for (const PlannedShard& s : plan.shards)
    shards.push_back({static_cast<int>(s.split), s.first, s.last});
  return {{"cells_with_imagery", plan.selection.cells_with_imagery},
          {"cells_drawn", plan.selection.cells_drawn},
          {"targeted_tags", plan.selection.targeted_tags},
          {"items", plan.items.size()},
          {"skipped", plan.skipped.size()},
          {"reasons", reasons.names()},
          {"shards", std::move(shards)}};
}

Plan plan_of(const Json& header) {
  Plan plan;
  plan.selection.cells_with_imagery = header.at("cells_with_imagery");
  plan.selection.cells_drawn = header.at("cells_drawn");
  plan.selection.targeted_tags = header.at("targeted_tags");
  for (const Json& s : header.at("shards"))
    plan.shards.push_back(
        {.split = static_cast<Split>(s.at(0).get<int>()), .first = s.at(1), .last = s.at(2)});
  return plan;
}

// Bytes go to the file and into its sum.
class SummedFile {
 public:
  explicit SummedFile(const std::filesystem::path& path) : file_(path) {}
  void write(std::string_view bytes) {
    hash_.update(bytes);
    file_.write(bytes);
  }
  void commit() {
    file_.write(hash_.finish());
    file_.commit();
  }

 private:
  AtomicFile file_;
  Sha256 hash_;
};

void write_rows(SummedFile& file, const std::vector<PlannedItem>& items, ReasonList& reasons) {
  std::string bytes;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Row row = row_of(items[i], reasons);
    bytes.append(reinterpret_cast<const char*>(&row), sizeof row);
    if (i % kRowsAtOnce == kRowsAtOnce - 1 || i + 1 == items.size()) {
      file.write(bytes);
      bytes.clear();
    }
  }
}

void read_rows(std::string_view& bytes, std::size_t count, const ReasonList& reasons,
               std::vector<PlannedItem>& items) {
  items.reserve(count);
  for (std::size_t i = 0; i < count; ++i, bytes.remove_prefix(sizeof(Row))) {
    Row row;
    std::memcpy(&row, bytes.data(), sizeof row);
    items.push_back(item_of(row, reasons));
  }
}

bool is_whole(std::string_view bytes) {
  if (bytes.size() < kSumLength) return false;
  const std::size_t body = bytes.size() - kSumLength;
  return sha256(bytes.substr(0, body)) == bytes.substr(body);
}

}  // namespace

void write_plan(const std::filesystem::path& path, const Plan& plan) {
  ReasonList reasons;
  for (const PlannedItem& item : plan.skipped) reasons.number_of(item.skip_reason);
  SummedFile file(path);
  file.write(json_text(header_of(plan, reasons)) + "\n");
  write_rows(file, plan.items, reasons);
  write_rows(file, plan.skipped, reasons);
  file.commit();
}

Plan read_plan(const std::filesystem::path& path) {
  const std::string remedy = "remove it and give the same command again: the plan is made anew";
  const MappedFile file(path);
  std::string_view bytes(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  if (!is_whole(bytes)) fail(ErrorKind::format, "{}: damaged; {}", path.string(), remedy);
  return reading_json(path.string(), remedy, [&] {
    const Json header = parse_json(bytes.substr(0, bytes.find('\n')));
    bytes.remove_prefix(bytes.find('\n') + 1);
    Plan plan = plan_of(header);
    const ReasonList reasons(header.at("reasons").get<std::vector<std::string>>());
    const std::size_t items = header.at("items");
    const std::size_t skipped = header.at("skipped");
    if (bytes.size() != (items + skipped) * sizeof(Row) + kSumLength)
      fail(ErrorKind::format, "{}: made by another version of skyglot; {}", path.string(), remedy);
    read_rows(bytes, items, reasons, plan.items);
    read_rows(bytes, skipped, reasons, plan.skipped);
    for (const PlannedItem& item : plan.skipped) ++plan.skip_counts[item.skip_reason];
    return plan;
  });
}

}  // namespace skyglot
