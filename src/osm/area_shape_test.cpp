// SPDX-License-Identifier: Apache-2.0
#include "osm/area_shape.hpp"

#include <gtest/gtest.h>
#include <osmium/area/assembler.hpp>
#include <osmium/builder/osm_object_builder.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace skyglot {
namespace {

using osmium::memory::Buffer;

// A closed way through the places, numbered from 1; equal places share a node.
const osmium::Way& make_way(Buffer& buffer, const std::vector<osmium::Location>& places) {
  {
    osmium::builder::WayBuilder builder(buffer);
    builder.set_id(1);
    osmium::builder::WayNodeListBuilder nodes(builder);
    const auto id = [&](osmium::Location place) {
      return std::ranges::find(places, place) - places.begin() + 1;
    };
    for (const osmium::Location place : places) nodes.add_node_ref(id(place), place);
    nodes.add_node_ref(1, places.front());
  }
  buffer.commit();
  return buffer.get<osmium::Way>(0);
}

double signed_area(const Path& ring) {
  double sum = 0;
  for (std::size_t i = 0; i + 1 < ring.size(); ++i)
    sum += (ring[i].x - ring[0].x) * (ring[i + 1].y - ring[0].y) -
           (ring[i + 1].x - ring[0].x) * (ring[i].y - ring[0].y);
  return sum / 2;
}

bool assembles(const osmium::Way& way) {
  osmium::area::AssemblerConfig config;
  config.create_empty_areas = false;
  Buffer out(1024, Buffer::auto_grow::yes);
  return osmium::area::Assembler(config)(way, out);
}

// The quick way must never take a ring that libosmium's assembler refuses, and must give the same
// area with the outer ring counter-clockwise.
TEST(AreaShape, QuickRingsAgreeWithTheAssembler) {
  std::uint64_t state = 7;
  const auto next = [&state](std::uint64_t below) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::int32_t>((state >> 33) % below);
  };
  int taken = 0;
  int refused = 0;
  for (int trial = 0; trial < 20000; ++trial) {
    // A coarse lattice makes touching, collinear and repeated corners common.
    std::vector<osmium::Location> places;
    const int corners = 3 + next(5);
    for (int i = 0; i < corners; ++i) places.emplace_back(next(6) * 100, next(6) * 100);
    Buffer buffer(1024, Buffer::auto_grow::yes);
    const osmium::Way& way = make_way(buffer, places);
    const bool sound = assembles(way);
    const auto ring = simple_ring(way.nodes());
    if (ring) {
      ASSERT_TRUE(sound) << "trial " << trial;
      EXPECT_GT(signed_area(*ring), 0);
      EXPECT_EQ(ring->front(), ring->back());
      ++taken;
    }
    const AreaShape shape = area_of(way);
    EXPECT_EQ(sound, !shape.fault.has_value());
    refused += sound ? 0 : 1;
  }
  EXPECT_GT(taken, 1000);
  EXPECT_GT(refused, 1000);
}

TEST(AreaShape, AssembledOuterRingsRunCounterClockwiseAndHolesClockwise) {
  // A figure of eight whose loops touch in one corner: two outer rings or a ring that touches
  // itself, never a quick ring.
  Buffer buffer(1024, Buffer::auto_grow::yes);
  const std::vector<osmium::Location> eight{{0, 0},       {1000, 1000}, {2000, 0},
                                            {2000, 2000}, {1000, 1000}, {0, 2000}};
  const osmium::Way& way = make_way(buffer, eight);
  EXPECT_FALSE(simple_ring(way.nodes()).has_value());
  const AreaShape shape = area_of(way);
  ASSERT_FALSE(shape.fault.has_value());
  double area = 0;
  for (const auto& part : shape.geometry.parts) {
    EXPECT_GT(signed_area(part[0]), 0);
    for (std::size_t i = 1; i < part.size(); ++i) EXPECT_LT(signed_area(part[i]), 0);
    for (const Path& ring : part) area += signed_area(ring);
  }
  EXPECT_NEAR(area, 2 * 1e-4 * 2e-4 / 2, 1e-15);
}

TEST(AreaShape, NamesWhatIsWrong) {
  Buffer crossed(1024, Buffer::auto_grow::yes);
  EXPECT_EQ(area_of(make_way(crossed, {{0, 0}, {1000, 1000}, {1000, 0}, {0, 1000}})).fault,
            ImportSkip::self_intersection);
  Buffer flat(1024, Buffer::auto_grow::yes);
  EXPECT_EQ(area_of(make_way(flat, {{0, 0}, {1000, 0}, {2000, 0}})).fault.has_value(), true);
}

}  // namespace
}  // namespace skyglot
