// SPDX-License-Identifier: Apache-2.0
#include "simulate/osm_writer.hpp"

#include "base/error.hpp"
#include "raster/transform.hpp"
#include "simulate/scene.hpp"

#include <osmium/builder/osm_object_builder.hpp>
#include <osmium/io/pbf_output.hpp>
#include <osmium/io/writer.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace skyglot::simulate {
namespace {

struct OsmWay {
  std::vector<std::int64_t> nodes;
  const Tags* tags = nullptr;  // none: a ring of a relation
};
struct OsmRelation {
  std::vector<std::pair<std::size_t, bool>> rings;  // row in ways, whether outer
  Tags tags;
};

class OsmBook {
 public:
  explicit OsmBook(const Town& town) : lonlat_from_utm_(kPlanCrs, kLonLat) {
    for (const Feature& feature : town.features) add(feature);
  }
  OsmCounts write(const std::filesystem::path& path) const;

 private:
  struct OsmNode {
    osmium::Location location;
    const Tags* tags = nullptr;
  };
  void add(const Feature& feature);
  std::size_t add_way(const Path& path, const Tags* tags);
  std::int64_t node_at(Point plan);
  void write_nodes(osmium::io::Writer& writer) const;
  void write_ways(osmium::io::Writer& writer) const;
  void write_relations(osmium::io::Writer& writer) const;

  CrsTransform lonlat_from_utm_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> known_;
  std::vector<OsmNode> nodes_;
  std::vector<OsmWay> ways_;
  std::vector<OsmRelation> relations_;
};

std::int64_t OsmBook::node_at(Point plan) {
  const std::pair key{std::llround(plan.x * 100), std::llround(plan.y * 100)};
  const auto [at, fresh] = known_.try_emplace(key, static_cast<std::int64_t>(nodes_.size()) + 1);
  if (fresh) {
    const auto lonlat = lonlat_from_utm_({plan.x + kOrigin_utm.x, plan.y + kOrigin_utm.y});
    expect(lonlat.has_value(), "a place of the plan is off the map");
    nodes_.push_back({osmium::Location(lonlat->x, lonlat->y), nullptr});
  }
  return at->second;
}

std::size_t OsmBook::add_way(const Path& path, const Tags* tags) {
  OsmWay way{{}, tags};
  for (const Point p : path) {
    const std::int64_t id = node_at(p);
    if (way.nodes.empty() || way.nodes.back() != id) way.nodes.push_back(id);
  }
  ways_.push_back(std::move(way));
  return ways_.size() - 1;
}

void OsmBook::add(const Feature& feature) {
  const auto& parts = feature.geometry.parts;
  if (feature.kind == FeatureKind::node) {
    nodes_.at(static_cast<std::size_t>(node_at(parts.at(0).at(0).at(0)) - 1)).tags = &feature.tags;
  } else if (parts.size() == 1 && parts[0].size() == 1) {
    add_way(parts[0][0], &feature.tags);
  } else {
    OsmRelation relation{{}, feature.tags};
    relation.tags.push_back({"type", "multipolygon"});
    std::ranges::sort(relation.tags);
    for (const auto& part : parts)
      for (std::size_t i = 0; i < part.size(); ++i)
        relation.rings.emplace_back(add_way(part[i], nullptr), i == 0);
    relations_.push_back(std::move(relation));
  }
}

void add_tags(osmium::memory::Buffer& buffer, osmium::builder::Builder& parent, const Tags* tags) {
  if (tags == nullptr || tags->empty()) return;
  osmium::builder::TagListBuilder list(buffer, &parent);
  for (const Tag& tag : *tags) list.add_tag(tag.key, tag.value);
}

template <typename Builder>
void stamp(Builder& builder, std::int64_t id) {
  builder.set_id(id).set_version(1).set_changeset(1).set_uid(1).set_visible(true).set_timestamp(
      osmium::Timestamp("2023-01-01T00:00:00Z"));
  builder.set_user("skyglot simulate");
}

// Objects of one kind in buffers of bounded size.
template <typename Count, typename Add>
void write_all(osmium::io::Writer& writer, Count count, Add add) {
  constexpr std::size_t kFull = 800'000;
  constexpr std::size_t kStart = 1'000'000;
  osmium::memory::Buffer buffer(kStart, osmium::memory::Buffer::auto_grow::yes);
  for (Count i = 0; i < count; ++i) {
    add(buffer, i);
    buffer.commit();
    if (buffer.committed() < kFull) continue;
    writer(std::move(buffer));
    buffer = osmium::memory::Buffer(kStart, osmium::memory::Buffer::auto_grow::yes);
  }
  writer(std::move(buffer));
}

void OsmBook::write_nodes(osmium::io::Writer& writer) const {
  write_all(writer, nodes_.size(), [&](osmium::memory::Buffer& buffer, std::size_t i) {
    osmium::builder::NodeBuilder builder(buffer);
    stamp(builder, static_cast<std::int64_t>(i) + 1);
    builder.set_location(nodes_[i].location);
    add_tags(buffer, builder, nodes_[i].tags);
  });
}

void OsmBook::write_ways(osmium::io::Writer& writer) const {
  write_all(writer, ways_.size(), [&](osmium::memory::Buffer& buffer, std::size_t i) {
    osmium::builder::WayBuilder builder(buffer);
    stamp(builder, static_cast<std::int64_t>(i) + 1);
    {
      osmium::builder::WayNodeListBuilder list(buffer, &builder);
      for (const std::int64_t id : ways_[i].nodes) list.add_node_ref(id);
    }
    add_tags(buffer, builder, ways_[i].tags);
  });
}

void OsmBook::write_relations(osmium::io::Writer& writer) const {
  write_all(writer, relations_.size(), [&](osmium::memory::Buffer& buffer, std::size_t i) {
    osmium::builder::RelationBuilder builder(buffer);
    stamp(builder, static_cast<std::int64_t>(i) + 1);
    {
      osmium::builder::RelationMemberListBuilder list(buffer, &builder);
      for (const auto& [way, outer] : relations_[i].rings)
        list.add_member(osmium::item_type::way, static_cast<std::int64_t>(way) + 1,
                        outer ? "outer" : "inner");
    }
    add_tags(buffer, builder, &relations_[i].tags);
  });
}

OsmCounts OsmBook::write(const std::filesystem::path& path) const {
  osmium::io::Header header;
  header.set("generator", "skyglot simulate");
  osmium::Box box;
  for (const OsmNode& node : nodes_) box.extend(node.location);
  header.add_box(box);
  osmium::io::Writer writer(osmium::io::File(path.string(), "pbf"), header,
                            osmium::io::overwrite::allow, osmium::io::fsync::yes);
  write_nodes(writer);
  write_ways(writer);
  write_relations(writer);
  writer.close();
  return {nodes_.size(), ways_.size(), relations_.size()};
}

}  // namespace

OsmCounts write_osm(const Town& town, const std::filesystem::path& path) {
  const OsmBook book(town);
  try {
    return book.write(path);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    fail(ErrorKind::io, "cannot write the simulated map {}: {}; is the disk full?", path.string(),
         error.what());
  }
}

}  // namespace skyglot::simulate
