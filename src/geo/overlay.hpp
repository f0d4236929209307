// SPDX-License-Identifier: Apache-2.0
// What overlaps what: the few exact predicates that selection and captions need.
#pragma once

#include "geo/geometry.hpp"

namespace skyglot {

/// Whether `point` lies inside a polygon geometry (even-odd over all rings; edges may go either
/// way).
[[nodiscard]] bool polygon_contains(const Geometry& polygon, Point point);
/// Whether the whole box lies inside a polygon geometry. Boxes that touch the edge count as inside.
[[nodiscard]] bool polygon_contains(const Geometry& polygon, const Box& box);
/// Whether any part of `geometry` lies in `box` (edges count). Exact for straight segments.
[[nodiscard]] bool overlaps(const Geometry& geometry, const Box& box);
/// Whether the straight segment a–b meets the box.
[[nodiscard]] bool segment_meets_box(Point a, Point b, const Box& box);
/// Whether two boxes of longitudes and latitudes meet, one of them perhaps a turn away.
[[nodiscard]] bool meet_on_globe(const Box& a, const Box& b);
/// The part of a shape inside `box`, as a shape of the same kind: for a large shape of which little
/// is needed. Polygons may gain edges along the border of the box (Sutherland–Hodgman per ring),
/// lines are cut into pieces (Liang–Barsky). No parts if nothing lies inside.
[[nodiscard]] Geometry clipped(const Geometry& geometry, const Box& box);
/// Area of the part of a polygon geometry inside `box`, in the square of the plane's unit
/// (Sutherland–Hodgman per ring; holes subtract).
[[nodiscard]] double area_within(const Geometry& polygon, const Box& box);
/// Length of the part of a line geometry inside `box` (Liang–Barsky).
[[nodiscard]] double length_within(const Geometry& line, const Box& box);

}  // namespace skyglot
