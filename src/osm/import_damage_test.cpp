// SPDX-License-Identifier: Apache-2.0
// Damaged files end in an Error or in a sound store, never in a crash.
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "osm/import_testing.hpp"

#include <gtest/gtest.h>
#include <osmium/builder/osm_object_builder.hpp>
#include <osmium/io/pbf_output.hpp>
#include <osmium/io/writer.hpp>

#include <cstdint>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using osmium::memory::Buffer;

void add_tagged_node(Buffer& buffer, int id) {
  {
    osmium::builder::NodeBuilder node(buffer);
    node.set_id(id);
    node.set_location(osmium::Location{7.0 + id * 0.001, 43.0});
    osmium::builder::TagListBuilder tags(node);
    tags.add_tag("natural", "tree");
    tags.add_tag("height", std::to_string(id));
  }
  buffer.commit();
}

void add_way(Buffer& buffer, int id) {
  {
    osmium::builder::WayBuilder way(buffer);
    way.set_id(id);
    {
      osmium::builder::WayNodeListBuilder nodes(way);
      for (const int node : {id, id + 1, id + 2, id}) nodes.add_node_ref(node);
    }
    osmium::builder::TagListBuilder tags(way);
    tags.add_tag("building", "yes");
  }
  buffer.commit();
}

void add_relation(Buffer& buffer, int id) {
  {
    osmium::builder::RelationBuilder relation(buffer);
    relation.set_id(id);
    {
      osmium::builder::RelationMemberListBuilder members(relation);
      members.add_member(osmium::item_type::way, id, "outer");
    }
    osmium::builder::TagListBuilder tags(relation);
    tags.add_tag("type", "multipolygon");
    tags.add_tag("landuse", "grass");
  }
  buffer.commit();
}

// Uncompressed, so that a changed byte reaches the parser and not only a checksum.
std::string small_pbf() {
  const fs::path path = test_folder() / "sound.osm.pbf";
  osmium::io::File file(path.string());
  file.set("pbf_compression", "none");
  osmium::io::Writer writer(file, osmium::io::overwrite::allow);
  Buffer buffer(1 << 16, Buffer::auto_grow::yes);
  for (int id = 1; id <= 40; ++id) add_tagged_node(buffer, id);
  for (int id = 1; id <= 30; ++id) add_way(buffer, id);
  for (int id = 1; id <= 10; ++id) add_relation(buffer, id);
  writer(std::move(buffer));
  writer.close();
  return read_file(path);
}

class Dice {
 public:
  std::uint64_t below(std::uint64_t limit) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state_ >> 33) % limit;
  }

 private:
  std::uint64_t state_ = 20240501;
};

std::string mutated(std::string bytes, Dice& dice) {
  const std::uint64_t changes = 1 + dice.below(4);
  for (std::uint64_t i = 0; i < changes; ++i) {
    char& byte = bytes[dice.below(bytes.size())];
    byte = dice.below(2) == 0 ? static_cast<char>(dice.below(256))
                              : static_cast<char>(byte ^ (1 << dice.below(8)));
  }
  if (dice.below(4) == 0) bytes.resize(dice.below(bytes.size()));
  return bytes;
}

TEST(ImportDamage, BlindMutationsEndInErrorOrSuccess) {
  const std::string sound = small_pbf();
  Dice dice;
  int errors = 0;
  int successes = 0;
  for (int trial = 0; trial < 300; ++trial) {
    const fs::path path = test_folder() / "mutated.osm.pbf";
    write_file_atomically(path, mutated(sound, dice));
    ImportOptions options = import_of({path});
    fs::remove(options.output);
    try {
      const ImportCounts counts = import_objects(options).counts;
      EXPECT_EQ(counts.tagged(), counts.kept() + counts.skipped_total());
      EXPECT_EQ(ObjectStore::open(options.output)->size(), counts.kept());
      ++successes;
    } catch (const Error& error) {
      EXPECT_NE(error.kind(), ErrorKind::internal) << error.what();
      EXPECT_FALSE(fs::exists(options.output));
      ++errors;
    }
  }
  EXPECT_GT(errors, 50);
  EXPECT_GT(successes, 20);
}

TEST(ImportDamage, EveryTruncationIsAnErrorOrASmallerStore) {
  const std::string sound = small_pbf();
  for (std::size_t size = 0; size < sound.size(); size += 97) {
    const fs::path path = test_folder() / "cut.osm.pbf";
    write_file_atomically(path, sound.substr(0, size));
    ImportOptions options = import_of({path});
    fs::remove(options.output);
    EXPECT_THROW((void)import_objects(options), Error) << size;
  }
}

}  // namespace
}  // namespace skyglot
