// SPDX-License-Identifier: Apache-2.0
// Relations that are areas, held until all their ways have come.
#pragma once

#include "osm/object_row.hpp"

#include <osmium/relations/relations_manager.hpp>

#include <functional>

namespace skyglot {

/// First relation() for every relation of the input, then prepare_for_lookup(), then handle_way()
/// for every way with its locations, then finish().
class AreaCollector
    : public osmium::relations::RelationsManager<AreaCollector, false, true, false, false> {
 public:
  using Deliver = std::function<void(ObjectRow&&)>;
  AreaCollector(const RowMaker& rows, Deliver deliver)
      : rows_(&rows), deliver_(std::move(deliver)) {}

  /// Whether a relation is an area that may be kept; counts those that are not.
  bool new_relation(const osmium::Relation& relation);
  bool new_member(const osmium::Relation& relation, const osmium::RelationMember& member,
                  std::size_t n) const noexcept;
  void complete_relation(const osmium::Relation& relation);
  /// Counts the relations whose ways have not all come.
  void finish();
  [[nodiscard]] const ImportCounts& counts() const { return counts_; }

 private:
  const RowMaker* rows_;
  Deliver deliver_;
  ImportCounts counts_;
};

}  // namespace skyglot
