// SPDX-License-Identifier: Apache-2.0
#include "osm/area_collector.hpp"

#include <string_view>

namespace skyglot {

bool AreaCollector::new_relation(const osmium::Relation& relation) {
  ++counts_.relations;
  if (relation.tags().empty()) return false;
  ++counts_.tagged_relations;
  if (relation.removed()) {
    counts_.skip(ImportSkip::duplicate);
    return false;
  }
  if (relation.deleted()) {
    counts_.skip(ImportSkip::deleted);
    return false;
  }
  const std::string_view type = relation.tags().get_value_by_key("type", "");
  if (type != "multipolygon" && type != "boundary") {
    counts_.skip(ImportSkip::not_an_area);
    return false;
  }
  ImportCounts uncounted;  // tags are counted when the row is made
  if (!rows_->kept_tags(relation.tags(), uncounted).empty()) return true;
  counts_.tags_not_utf8 += uncounted.tags_not_utf8;
  counts_.skip(ImportSkip::only_ignored_tags);
  return false;
}

bool AreaCollector::new_member(const osmium::Relation&, const osmium::RelationMember& member,
                               std::size_t) const noexcept {
  return member.type() == osmium::item_type::way && member.ref() != 0;
}

void AreaCollector::complete_relation(const osmium::Relation& relation) {
  std::vector<const osmium::Way*> ways;
  for (const osmium::RelationMember& member : relation.members())
    if (member.ref() != 0) ways.push_back(get_member_way(member.ref()));
  if (auto row = rows_->relation(relation, ways, counts_)) deliver_(std::move(*row));
}

void AreaCollector::finish() {
  for_each_incomplete_relation([this](const osmium::relations::RelationHandle&) {
    counts_.skip(ImportSkip::member_missing);
  });
}

}  // namespace skyglot
