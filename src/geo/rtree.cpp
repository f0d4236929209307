// SPDX-License-Identifier: Apache-2.0
#include "geo/rtree.hpp"

#include "geo/hilbert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <span>
#include <tuple>
#include <utility>

namespace skyglot {
namespace {

// A node has room for 51 cells of 24 bytes behind four bytes of head, whatever the page size.
constexpr std::size_t kCells = 51;
constexpr std::size_t kCellBytes = 24;
constexpr std::size_t kNodeBytes = 4 + kCells * kCellBytes;

float below(double value) {
  const auto rounded = static_cast<float>(value);
  return static_cast<double>(rounded) > value
             ? std::nextafter(rounded, -std::numeric_limits<float>::infinity())
             : rounded;
}
float above(double value) {
  return -below(-value);
}

template <typename Unsigned>
void append_big_endian(std::string& bytes, Unsigned value) {
  for (int shift = static_cast<int>(8 * sizeof value) - 8; shift >= 0; shift -= 8)
    bytes.push_back(static_cast<char>((value >> shift) & 0xFF));
}

void append_cell(std::string& bytes, const RtreeEntry& entry) {
  append_big_endian(bytes, static_cast<std::uint64_t>(entry.id));
  for (const float edge : {entry.min_x, entry.max_x, entry.min_y, entry.max_y})
    append_big_endian(bytes, std::bit_cast<std::uint32_t>(edge));
}

// `depth` counts the levels below the root and stands in the root only.
std::string node_bytes(std::span<const RtreeEntry> cells, std::uint16_t depth) {
  std::string bytes;
  bytes.reserve(kNodeBytes);
  append_big_endian(bytes, depth);
  append_big_endian(bytes, static_cast<std::uint16_t>(cells.size()));
  for (const RtreeEntry& cell : cells) append_cell(bytes, cell);
  bytes.resize(kNodeBytes, '\0');
  return bytes;
}

RtreeEntry around(std::span<const RtreeEntry> cells, std::int64_t node) {
  RtreeEntry all = cells.front();
  all.id = node;
  for (const RtreeEntry& cell : cells) {
    all.min_x = std::min(all.min_x, cell.min_x);
    all.max_x = std::max(all.max_x, cell.max_x);
    all.min_y = std::min(all.min_y, cell.min_y);
    all.max_y = std::max(all.max_y, cell.max_y);
  }
  return all;
}

// Large boxes apart from small ones: one country in a leaf of houses would make every search
// nearby open it.
std::uint64_t size_class(const RtreeEntry& entry) {
  const float side = std::max(entry.max_x - entry.min_x, entry.max_y - entry.min_y);
  constexpr float kSmall = 0.01F;
  if (side <= kSmall) return 0;
  return 1 + static_cast<std::uint64_t>(std::log2(side / kSmall) / 3);
}

void sort_for_packing(std::vector<RtreeEntry>& entries) {
  struct Keyed {
    std::uint64_t size;
    std::uint64_t curve;
    RtreeEntry entry;
  };
  std::vector<Keyed> keyed;
  keyed.reserve(entries.size());
  for (const RtreeEntry& entry : entries) {
    const double x = (static_cast<double>(entry.min_x) + static_cast<double>(entry.max_x)) / 2;
    const double y = (static_cast<double>(entry.min_y) + static_cast<double>(entry.max_y)) / 2;
    keyed.push_back({size_class(entry), hilbert_code_lonlat(x, y), entry});
  }
  std::ranges::sort(keyed, {},
                    [](const Keyed& k) { return std::tuple(k.size, k.curve, k.entry.id); });
  std::ranges::transform(keyed, entries.begin(), &Keyed::entry);
}

// Writes one level after the other from the leaves up; nodes are numbered as they come, the root
// is always 1.
class Builder {
 public:
  Builder(Database& database, const std::string& name)
      : nodes_(database.prepare(fmt::format("INSERT INTO \"{}_node\" VALUES (?1, ?2)", name))),
        rowids_(database, name + "_rowid", 2),
        parents_(database, name + "_parent", 2) {}

  // The leaf of every entry, as (entry, node), for the table that finds them by id.
  using Places = std::vector<std::pair<std::int64_t, std::int64_t>>;

  Places build(std::vector<RtreeEntry> level) {
    Places places;
    std::uint16_t depth = 0;
    while (level.size() > kCells) {
      level = level_above(level, depth == 0 ? &places : nullptr);
      ++depth;
    }
    place(level, 1, depth == 0 ? &places : nullptr);
    write(1, node_bytes(level, depth));
    return places;
  }

  void write_places(Places places) {
    std::ranges::sort(places);
    for (const auto& [entry, node] : places) rowids_.add({entry, node});
    rowids_.flush();
    std::ranges::sort(parent_of_);
    for (const auto& [node, parent] : parent_of_) parents_.add({node, parent});
    parents_.flush();
  }

 private:
  void place(std::span<const RtreeEntry> cells, std::int64_t node, Places* leaves) {
    for (const RtreeEntry& cell : cells)
      (leaves != nullptr ? *leaves : parent_of_).emplace_back(cell.id, node);
  }

  std::vector<RtreeEntry> level_above(std::span<const RtreeEntry> level, Places* leaves) {
    std::vector<RtreeEntry> above;
    const std::size_t count = (level.size() + kCells - 1) / kCells;
    for (std::size_t i = 0; i < count; ++i) {
      // Even shares, so that no node is left nearly empty.
      const std::size_t begin = level.size() * i / count;
      const auto cells = level.subspan(begin, level.size() * (i + 1) / count - begin);
      const std::int64_t node = ++last_node_;
      place(cells, node, leaves);
      write(node, node_bytes(cells, 0));
      above.push_back(around(cells, node));
    }
    return above;
  }

  void write(std::int64_t node, const std::string& bytes) {
    nodes_.bind(1, node).bind_blob(2, bytes).run();
  }

  Statement nodes_;
  IntegerInsert rowids_;
  IntegerInsert parents_;
  Places parent_of_;
  std::int64_t last_node_ = 1;
};

}  // namespace

RtreeEntry rtree_entry(std::int64_t id, const Box& box) {
  return {id, below(box.min_x), above(box.max_x), below(box.min_y), above(box.max_y)};
}

void write_rtree(Database& database, const std::string& name, std::vector<RtreeEntry> entries) {
  database.execute(
      fmt::format("CREATE VIRTUAL TABLE \"{}\" USING rtree(id, minx, maxx, miny, maxy)", name));
  if (entries.empty()) return;
  sort_for_packing(entries);
  database.execute(fmt::format("DELETE FROM \"{}_node\"", name));
  Builder builder(database, name);
  builder.write_places(builder.build(std::move(entries)));
}

}  // namespace skyglot
