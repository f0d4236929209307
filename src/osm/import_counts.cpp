// SPDX-License-Identifier: Apache-2.0
#include "osm/import_counts.hpp"

#include <fmt/format.h>

#include <numeric>

namespace skyglot {

std::int64_t ImportCounts::skipped_total() const {
  return std::accumulate(skipped.begin(), skipped.end(), std::int64_t{0});
}

std::string ImportCounts::skipped_text() const {
  std::string text;
  for (std::size_t i = 0; i < skipped.size(); ++i)
    if (skipped.at(i) > 0) text += fmt::format(", {} {}", skipped.at(i), kImportSkipNames.at(i));
  return text;
}

ImportCounts& ImportCounts::operator+=(const ImportCounts& other) {
  nodes += other.nodes;
  ways += other.ways;
  relations += other.relations;
  tagged_nodes += other.tagged_nodes;
  tagged_ways += other.tagged_ways;
  tagged_relations += other.tagged_relations;
  points += other.points;
  lines += other.lines;
  areas += other.areas;
  tags_not_utf8 += other.tags_not_utf8;
  for (std::size_t i = 0; i < skipped.size(); ++i) skipped.at(i) += other.skipped.at(i);
  return *this;
}

}  // namespace skyglot
