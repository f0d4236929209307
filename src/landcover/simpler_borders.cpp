// SPDX-License-Identifier: Apache-2.0
#include "landcover/simpler_borders.hpp"

#include "base/interrupt.hpp"
#include "geo/box_index.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace skyglot {
namespace {

constexpr int kMostHalvings = 6;  // then a border keeps all its corners

bool before(const PixelCorner& a, const PixelCorner& b) {
  return a.key() < b.key();
}

bool same_corner(const PixelCorner& a, const PixelCorner& b) {
  return a.key() == b.key();
}

// A ring cut at its nodes; one without any is a border from its first corner to itself. `forward`
// tells which way each lies in its ring: borders themselves always run the same way.
struct RingPart {
  CornerRing corners;
  bool forward = true;
};

RingPart part_of_ring(CornerRing corners) {
  const PixelCorner &first = corners.front(), &last = corners.back();
  const bool forward = same_corner(first, last) ? before(corners[1], corners[corners.size() - 2])
                                                : before(first, last);
  if (!forward) std::ranges::reverse(corners);
  return {std::move(corners), forward};
}

std::vector<RingPart> parts_of(CornerRing ring) {
  const auto node = std::ranges::find_if(ring, &PixelCorner::node);
  const auto first = node != ring.end() ? node : std::ranges::min_element(ring, before);
  std::ranges::rotate(ring, first);
  ring.push_back(ring.front());
  std::vector<RingPart> parts;
  auto begin = ring.begin();
  for (auto at = begin + 1; at != ring.end(); ++at)
    if (at->node || at + 1 == ring.end()) {
      parts.push_back(part_of_ring(CornerRing(begin, at + 1)));
      begin = at;
    }
  return parts;
}

// Above 0 where c lies on one side of the line from a to b, below on the other.
std::int64_t side_of(const PixelCorner& a, const PixelCorner& b, const PixelCorner& c) {
  return (std::int64_t{b.x} - a.x) * (std::int64_t{c.y} - a.y) -
         (std::int64_t{b.y} - a.y) * (std::int64_t{c.x} - a.x);
}

bool on_stretch(const PixelCorner& a, const PixelCorner& b, const PixelCorner& c) {
  return side_of(a, b, c) == 0 && std::min(a.x, b.x) <= c.x && c.x <= std::max(a.x, b.x) &&
         std::min(a.y, b.y) <= c.y && c.y <= std::max(a.y, b.y);
}

struct Stretch {
  PixelCorner a, b;
  std::uint32_t border;
  std::uint32_t place;  // of its first corner among those its border keeps
};

// Whether two stretches have more in common than an end.
bool collide(const Stretch& s, const Stretch& t) {
  const bool aa = same_corner(s.a, t.a), ab = same_corner(s.a, t.b);
  const bool ba = same_corner(s.b, t.a), bb = same_corner(s.b, t.b);
  if (aa || ab || ba || bb) {
    if ((aa && bb) || (ab && ba)) return true;
    const PixelCorner& s_far = aa || ab ? s.b : s.a;
    const PixelCorner& t_far = aa || ba ? t.b : t.a;
    return on_stretch(s.a, s.b, t_far) || on_stretch(t.a, t.b, s_far);
  }
  const auto sign = [](std::int64_t value) { return (value > 0) - (value < 0); };
  const int s1 = sign(side_of(t.a, t.b, s.a)), s2 = sign(side_of(t.a, t.b, s.b));
  const int t1 = sign(side_of(s.a, s.b, t.a)), t2 = sign(side_of(s.a, s.b, t.b));
  if (s1 * s2 < 0 && t1 * t2 < 0) return true;
  return on_stretch(s.a, s.b, t.a) || on_stretch(s.a, s.b, t.b) || on_stretch(t.a, t.b, s.a) ||
         on_stretch(t.a, t.b, s.b);
}

Point place_of(const PixelCorner& corner) {
  return {static_cast<double>(corner.x), static_cast<double>(corner.y)};
}

}  // namespace

// One look at all borders as they are.
class SimplerBorders::Conflicts {
 public:
  explicit Conflicts(const std::vector<Border>& borders)
      : borders_(borders), stretches_(stretches_of(borders)), index_(boxes_of(stretches_)) {}

  // For each border whether it has to keep more corners.
  [[nodiscard]] std::vector<bool> find() const {
    std::vector<bool> found(borders_.size());
    for (const Stretch& stretch : stretches_) {
      if (!simpler(stretch.border)) continue;
      Box swept;
      for (std::uint32_t i = first_of(stretch); i <= last_of(stretch); ++i)
        swept.add(place_of(borders_[stretch.border].corners[i]));
      for (const std::size_t i : index_.meeting(swept)) {
        const Stretch& other = stretches_[i];
        if (&other == &stretch) continue;
        const bool sweeps = swept_over(stretch, other.a) || swept_over(stretch, other.b);
        if (!sweeps && !collide(stretch, other)) continue;
        found[stretch.border] = true;
        if (simpler(other.border)) found[other.border] = true;
      }
    }
    return found;
  }

 private:
  static std::vector<Stretch> stretches_of(const std::vector<Border>& borders) {
    std::vector<Stretch> stretches;
    for (std::uint32_t i = 0; i < borders.size(); ++i)
      for (std::uint32_t k = 0; k + 1 < borders[i].kept.size(); ++k)
        stretches.push_back({borders[i].corners[borders[i].kept[k]],
                             borders[i].corners[borders[i].kept[k + 1]], i, k});
    return stretches;
  }

  // Corners are no degrees: what the index finds a turn away does not collide.
  static std::vector<Box> boxes_of(const std::vector<Stretch>& stretches) {
    std::vector<Box> boxes(stretches.size());
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      boxes[i].add(place_of(stretches[i].a));
      boxes[i].add(place_of(stretches[i].b));
    }
    return boxes;
  }

  [[nodiscard]] bool simpler(std::uint32_t border) const {
    return borders_[border].kept.size() < borders_[border].corners.size();
  }
  [[nodiscard]] std::uint32_t first_of(const Stretch& stretch) const {
    return borders_[stretch.border].kept[stretch.place];
  }
  [[nodiscard]] std::uint32_t last_of(const Stretch& stretch) const {
    return borders_[stretch.border].kept[stretch.place + 1];
  }

  // Whether a corner lies between a stretch and the corners in whose place it is.
  [[nodiscard]] bool swept_over(const Stretch& stretch, const PixelCorner& corner) const {
    const CornerRing& corners = borders_[stretch.border].corners;
    const std::uint32_t first = first_of(stretch), last = last_of(stretch);
    if (last - first < 2) return false;
    if (same_corner(corner, corners[first]) || same_corner(corner, corners[last])) return false;
    bool inside = false;
    for (std::uint32_t i = first; i <= last; ++i) {
      const PixelCorner& a = corners[i];
      const PixelCorner& b = i == last ? corners[first] : corners[i + 1];
      if ((a.y > corner.y) == (b.y > corner.y)) continue;
      const std::int64_t side = side_of(a, b, corner);
      if (b.y > a.y ? side > 0 : side < 0) inside = !inside;
    }
    return inside;
  }

  const std::vector<Border>& borders_;
  std::vector<Stretch> stretches_;
  BoxIndex index_;
};

double SimplerBorders::distance(const PixelCorner& at, const PixelCorner& from,
                                const PixelCorner& to) const {
  const double dx = (to.x - from.x) * lengths_.pixel_width;
  const double dy = (to.y - from.y) * lengths_.pixel_height;
  const double x = (at.x - from.x) * lengths_.pixel_width;
  const double y = (at.y - from.y) * lengths_.pixel_height;
  const double square = dx * dx + dy * dy;
  const double share = square == 0 ? 0 : std::clamp((x * dx + y * dy) / square, 0.0, 1.0);
  return std::hypot(x - share * dx, y - share * dy);
}

std::size_t SimplerBorders::furthest(const CornerRing& corners, std::size_t first,
                                     std::size_t last) const {
  std::size_t best = first;
  double most = -1;
  for (std::size_t i = first + 1; i < last; ++i)
    if (const double far = distance(corners[i], corners[first], corners[last]); far > most) {
      most = far;
      best = i;
    }
  return best;
}

void SimplerBorders::thin_out(const CornerRing& corners, std::pair<std::size_t, std::size_t> ends,
                              double tolerance, std::vector<bool>& keep) const {
  std::vector open{ends};
  while (!open.empty()) {
    const auto [from, to] = open.back();
    open.pop_back();
    keep[from] = keep[to] = true;
    if (to - from < 2) continue;
    const std::size_t middle = furthest(corners, from, to);
    if (distance(corners[middle], corners[from], corners[to]) <= tolerance) continue;
    open.emplace_back(from, middle);
    open.emplace_back(middle, to);
  }
}

void SimplerBorders::simplify(Border& border) const {
  const CornerRing& corners = border.corners;
  const std::size_t last = corners.size() - 1;
  const double tolerance = lengths_.tolerance / std::exp2(border.halvings);
  std::vector<bool> keep(corners.size(), border.halvings >= kMostHalvings);
  if (!same_corner(corners.front(), corners.back())) {
    thin_out(corners, {0, last}, tolerance, keep);
  } else {
    // A border that comes back keeps at least a triangle.
    const std::size_t middle = furthest(corners, 0, last);
    thin_out(corners, {0, middle}, tolerance, keep);
    thin_out(corners, {middle, last}, tolerance, keep);
    const std::size_t one = furthest(corners, 0, middle), other = furthest(corners, middle, last);
    const double one_far = distance(corners[one], corners[0], corners[middle]);
    const double other_far = distance(corners[other], corners[middle], corners[last]);
    keep[one_far >= other_far ? one : other] = true;
  }
  border.kept.clear();
  for (std::uint32_t i = 0; i < keep.size(); ++i)
    if (keep[i]) border.kept.push_back(i);
}

void SimplerBorders::add(const CornerRing& ring) {
  for (RingPart& part : parts_of(ring))
    if (places_.try_emplace(key_of(part.corners), borders_.size()).second)
      borders_.push_back({.corners = std::move(part.corners)});
}

void SimplerBorders::settle() {
  for (Border& border : borders_) simplify(border);
  for (bool any = true; any;) {
    check_interrupt();
    any = false;
    const std::vector<bool> found = Conflicts(borders_).find();
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (!found[i] || borders_[i].halvings >= kMostHalvings) continue;
      any = true;
      ++borders_[i].halvings;
      simplify(borders_[i]);
    }
  }
}

CornerRing SimplerBorders::simplified(const CornerRing& ring) const {
  CornerRing result;
  for (const RingPart& part : parts_of(ring)) {
    const Border& border = borders_[places_.at(key_of(part.corners))];
    CornerRing corners;
    for (const std::uint32_t place : border.kept) corners.push_back(border.corners[place]);
    if (!part.forward) std::ranges::reverse(corners);
    result.insert(result.end(), corners.begin(), corners.end() - 1);
  }
  return result;
}

}  // namespace skyglot
