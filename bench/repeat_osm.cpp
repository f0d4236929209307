// SPDX-License-Identifier: Apache-2.0
// Makes a large OpenStreetMap file out of a small one: copies laid side by side, each with its own
// ids, in sorted order. For measurements only.
#include <osmium/builder/osm_object_builder.hpp>
#include <osmium/io/file.hpp>
#include <osmium/io/pbf_input.hpp>
#include <osmium/io/pbf_output.hpp>
#include <osmium/io/reader.hpp>
#include <osmium/io/writer.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>

namespace {

using osmium::memory::Buffer;

struct Copy {
  osmium::object_id_type id_step;  // added once a copy, larger than every id of the input
  osmium::object_id_type number;
  int per_row;
  std::int32_t step_x;  // 1e-7 degrees

  [[nodiscard]] osmium::object_id_type id(osmium::object_id_type old) const {
    return old + number * id_step;
  }
  // A grid of copies to the east and north, kept on the map.
  [[nodiscard]] osmium::Location moved(osmium::Location old) const {
    const auto column = static_cast<std::int32_t>(number % per_row);
    const auto row = static_cast<std::int32_t>(number / per_row);
    return {old.x() + column * step_x, old.y() + row * step_x};
  }
};

template <typename Builder>
void copy_common(Builder& builder, const osmium::OSMObject& from, const Copy& copy) {
  builder.set_id(copy.id(from.id())).set_version(from.version()).set_timestamp(from.timestamp());
  builder.add_item(from.tags());
}

void copy_object(const osmium::OSMObject& from, const Copy& copy, Buffer& out) {
  if (from.type() == osmium::item_type::node) {
    osmium::builder::NodeBuilder builder(out);
    copy_common(builder, from, copy);
    builder.set_location(copy.moved(static_cast<const osmium::Node&>(from).location()));
  } else if (from.type() == osmium::item_type::way) {
    osmium::builder::WayBuilder builder(out);
    copy_common(builder, from, copy);
    osmium::builder::WayNodeListBuilder nodes(builder);
    for (const auto& node : static_cast<const osmium::Way&>(from).nodes())
      nodes.add_node_ref(copy.id(node.ref()));
  } else {
    osmium::builder::RelationBuilder builder(out);
    copy_common(builder, from, copy);
    osmium::builder::RelationMemberListBuilder members(builder);
    for (const auto& member : static_cast<const osmium::Relation&>(from).members())
      members.add_member(member.type(), copy.id(member.ref()), member.role());
  }
  out.commit();
}

osmium::object_id_type largest_id(const std::string& input) {
  osmium::object_id_type largest = 0;
  osmium::io::Reader reader(input);
  while (const Buffer buffer = reader.read())
    for (const auto& object : buffer.select<osmium::OSMObject>())
      largest = std::max(largest, object.id());
  return largest;
}

void write_kind(const std::string& input, osmium::osm_entity_bits::type kind, int copies,
                osmium::io::Writer& writer) {
  const osmium::object_id_type step = largest_id(input) + 1;
  for (int number = 0; number < copies; ++number) {
    const Copy copy{step, number, 40, 700000};
    osmium::io::Reader reader(input, kind);
    while (const Buffer buffer = reader.read()) {
      Buffer out(buffer.committed() + 1024, Buffer::auto_grow::yes);
      for (const auto& object : buffer.select<osmium::OSMObject>()) copy_object(object, copy, out);
      writer(std::move(out));
    }
  }
}

void repeat(const std::string& input, int copies, const std::string& output) {
  osmium::io::Header header;
  header.set("sorting", "Type_then_ID");
  osmium::io::Writer writer(osmium::io::File(output), header, osmium::io::overwrite::allow);
  for (const auto kind : {osmium::osm_entity_bits::node, osmium::osm_entity_bits::way,
                          osmium::osm_entity_bits::relation})
    write_kind(input, kind, copies, writer);
  writer.close();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: repeat_osm INPUT.osm.pbf COPIES OUTPUT.osm.pbf\n", stderr);
    return 2;
  }
  try {
    repeat(argv[1], std::atoi(argv[2]), argv[3]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "repeat_osm: %s\n", error.what());
    return 1;
  }
}
