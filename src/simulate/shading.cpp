// SPDX-License-Identifier: Apache-2.0
#include "simulate/shading.hpp"

#include "simulate/cells.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace skyglot::simulate {
namespace {

constexpr double kWhite = 0.62;
constexpr double kGamma = 2.2;

// Direction and steepness of the sun in the pixels of a scene.
struct SunRay {
  Point step;      ///< towards the sun, one row long
  double drop_m;   ///< how much a shadow's edge sinks on such a step
  double slope_x;  ///< weight of the height's change along x in the light on a slope
  double slope_y;
};

SunRay sun_ray(const SceneSpec& spec, const SceneProjection& projection) {
  const double degree = std::numbers::pi / 180;
  const double azimuth = spec.sun_azimuth_deg * degree;
  const double cot = 1 / std::tan(spec.sun_elevation_deg * degree);
  const GeoTransform& g = projection.plan_from_pixel();
  const GeoTransform inv = inverse({0, g[1], g[2], 0, g[4], g[5]});
  const Point sun{std::sin(azimuth), std::cos(azimuth)};
  const Point px = map_from_pixel(inv, sun);
  const double rows = std::abs(px.y);
  const Point one = unit(px);
  const double per_m = cot / projection.pixel_m();
  return {{px.x / rows, px.y / rows}, 1 / (rows * cot), one.x * per_m, one.y * per_m};
}

struct Colour {
  float r, g, b, n;
};

Colour from_rgb(Rgb rgb, double nir) {
  return {reflectance_of(rgb[0]), reflectance_of(rgb[1]), reflectance_of(rgb[2]),
          static_cast<float>(nir)};
}

Colour blended(Colour a, Colour b, float t) {
  return {a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t,
          a.n + (b.n - a.n) * t};
}

Colour scaled(Colour a, float f) {
  return {a.r * f, a.g * f, a.b * f, a.n * f};
}

// The second colours of all materials, and the straw that grass dries to.
const Colour& second_colour(const SurfaceLook& look) {
  static const std::vector<Colour> kTable = [] {
    std::vector<Colour> table;
    for (int i = 0; i < static_cast<int>(Surface::count); ++i) {
      const SurfaceLook& each = look_of(static_cast<Surface>(i));
      table.push_back(from_rgb(each.second, each.nir * 0.9));
    }
    return table;
  }();
  return kTable[static_cast<std::size_t>(look.surface)];
}

class Shader {
 public:
  Shader(const SceneShapes& shapes, const SceneSpec& spec, const Canvas& canvas,
         const NoiseSet& noise)
      : shapes_(shapes),
        spec_(spec),
        canvas_(canvas),
        noise_(noise),
        ray_(sun_ray(spec, shapes.projection())),
        plan_(shapes.projection().plan_from_pixel()),
        pixel_m_(shapes.projection().pixel_m()),
        grain_share_(static_cast<float>(std::clamp(0.3 / pixel_m_ * 1.3, 0.1, 1.0))) {}

  std::vector<Light> run(const PixelWindow& core);

 private:
  [[nodiscard]] std::vector<float> shadow_heights() const;
  [[nodiscard]] Colour colour(PixelId id, Point plan) const;
  [[nodiscard]] Colour tree_colour(PixelId id, Point plan) const;
  [[nodiscard]] float pattern(const SurfaceLook& look, const Shape& shape, Point plan) const;
  [[nodiscard]] float sunlight(int x, int y, PixelId id) const;

  const SceneShapes& shapes_;
  const SceneSpec& spec_;
  const Canvas& canvas_;
  const NoiseSet& noise_;
  SunRay ray_;
  const GeoTransform& plan_;
  double pixel_m_;
  float grain_share_;
};

// Height of the edge of shadow above every pixel: each row takes over from the row nearer to the
// sun. The shift between rows depends on the row alone, so windows agree where they meet.
std::vector<float> Shader::shadow_heights() const {
  const PixelWindow& w = canvas_.window;
  std::vector<float> edge = canvas_.height_m;
  const int step = ray_.step.y > 0 ? 1 : -1;
  const auto drop = static_cast<float>(ray_.drop_m);
  const auto column = [&](int y) { return static_cast<int>(std::lround(y * ray_.step.x * step)); };
  const int first = step > 0 ? w.height - 2 : 1;
  for (int row = first; row >= 0 && row < w.height; row -= step) {
    const int y = w.y + row;
    const int shift = column(y + step) - column(y);
    float* here = &edge[static_cast<std::size_t>(row) * static_cast<std::size_t>(w.width)];
    const float* from =
        &edge[static_cast<std::size_t>(row + step) * static_cast<std::size_t>(w.width)];
    for (int x = std::max(0, -shift); x < std::min(w.width, w.width - shift); ++x)
      here[x] = std::max(here[x], from[x + shift] - drop);
  }
  return edge;
}

float Shader::pattern(const SurfaceLook& look, const Shape& shape, Point plan) const {
  const double period = look.period_m;
  const double visible = std::clamp(period / (2 * pixel_m_) - 0.6, 0.0, 1.0) * look.contrast;
  if (look.pattern == Pattern::none || visible <= 0) return 1;
  const Point p = shape.frame.local(plan);
  const auto phase = [&](double value) { return value / period - std::floor(value / period); };
  const auto line = [&](double value, double width) {
    return phase(value) * period < width ? 1.0 : 0.0;
  };
  const double wave = 2 * std::numbers::pi / period;
  double value = 0;
  switch (look.pattern) {
    case Pattern::rows:
      value = std::cos(p.y * wave);
      break;
    case Pattern::stripes:
      value = std::clamp(4 * std::cos(p.x * wave / 2), -1.0, 1.0);
      break;
    case Pattern::seams:
      value = -std::max(line(p.x, 0.3), line(p.y, 0.3));
      break;
    case Pattern::panels:
      value = std::max(line(p.x, 0.3), line(p.y + shape.half_v, 0.3)) * 2;
      break;
    case Pattern::ripples:
      value = std::sin((plan.x * 0.8 + plan.y * 0.6) * wave +
                       2.5 * noise_.patches.smooth(plan.x * 0.4, plan.y * 0.4));
      break;
    case Pattern::plots:
      value = 0.6 * noise_.grain.nearest(p.x / period + 17, p.y / (period * 0.55));
      break;
    case Pattern::tramlines:
      value = -std::max(line(p.y, 0.5), line(p.y + 1.9, 0.5)) + 0.12 * std::cos(p.y * wave * 5);
      break;
    default:
      break;
  }
  return static_cast<float>(1 + visible * value);
}

Colour Shader::tree_colour(PixelId id, Point plan) const {
  static const std::array kCrowns{Colour(from_rgb({78, 102, 54}, .46)), from_rgb({52, 76, 48}, .30),
                                  from_rgb({98, 122, 64}, .45), from_rgb({88, 106, 60}, .40),
                                  from_rgb({86, 112, 58}, .44)};
  const PixelId seed = id & 0xFFFFFFU;
  const float bright = 0.74F + 0.5F * static_cast<float>(seed & 0xFFU) / 255.0F;
  const float warm = static_cast<float>((seed >> 8) & 0xFFU) / 255.0F;
  Colour c = kCrowns.at(static_cast<std::size_t>(tree_kind(id)));
  c = blended(c, from_rgb({112, 120, 58}, .44), warm * 0.35F);
  const float leaf = noise_.patches.smooth(plan.x * 1.9, plan.y * 1.9);
  const float grain = noise_.grain.nearest(plan.x / 0.35, plan.y / 0.35);
  return scaled(c, bright * (1 + 0.10F * leaf + 0.16F * grain * grain_share_));
}

Colour Shader::colour(PixelId id, Point plan) const {
  if (is_tree(id)) return tree_colour(id, plan);
  static const Shape kOpenLand;
  const Shape& shape = id == kNothing ? kOpenLand : shapes_.town().shapes[shape_of(id)];
  const SurfaceLook& look = look_of(shape.surface);
  const float grain = noise_.grain.nearest(plan.x / 0.33, plan.y / 0.33);
  const float mid = noise_.patches.smooth(plan.x * 1.3, plan.y * 1.3);
  const float coarse = noise_.patches.smooth(plan.x * 0.11 + 57, plan.y * 0.11);
  const Rgb rgb = id == kNothing ? look.colour : shape.colour;
  const auto blend = static_cast<float>(look.blend);
  const float t = std::clamp(0.3F + 0.25F * mid + 0.35F * coarse, 0.0F, 1.0F) * blend;
  Colour c = blended(from_rgb(rgb, look.nir), second_colour(look), std::min(t, 1.0F));
  static const Colour kStraw = from_rgb({172, 156, 108}, .36);
  if (look.vegetation) c = blended(c, kStraw, static_cast<float>(spec_.dryness) * 0.38F);
  const float texture = 1 + static_cast<float>(look.fine) * grain * grain_share_ +
                        static_cast<float>(look.mid) * mid +
                        static_cast<float>(look.coarse) * coarse;
  return scaled(c, std::max(0.25F, texture) * pattern(look, shape, plan));
}

// Light on the slope relative to flat ground. Steps between things are walls, which nadir does not
// see, so only the slope within one thing counts.
float Shader::sunlight(int x, int y, PixelId id) const {
  const std::size_t i = canvas_.at(x, y);
  const auto change = [&](std::size_t a, std::size_t b) {
    const bool same_a = canvas_.id[a] == id;
    const bool same_b = canvas_.id[b] == id;
    if (!same_a && !same_b) return 0.0F;
    const float high = same_b ? canvas_.height_m[b] : canvas_.height_m[i];
    const float low = same_a ? canvas_.height_m[a] : canvas_.height_m[i];
    return (high - low) / (same_a && same_b ? 2.0F : 1.0F);
  };
  const auto width = static_cast<std::size_t>(canvas_.window.width);
  const float limit = static_cast<float>(pixel_m_) * 1.3F;
  const float dx = std::clamp(change(i - 1, i + 1), -limit, limit);
  const float dy = std::clamp(change(i - width, i + width), -limit, limit);
  const float slope2 = (dx * dx + dy * dy) / static_cast<float>(pixel_m_ * pixel_m_);
  const float facing =
      1 - dx * static_cast<float>(ray_.slope_x) - dy * static_cast<float>(ray_.slope_y);
  return std::clamp(facing, 0.0F, 3.0F) / std::sqrt(1 + slope2);
}

std::vector<Light> Shader::run(const PixelWindow& core) {
  const std::vector<float> edge = shadow_heights();
  std::vector<Light> out;
  out.reserve(static_cast<std::size_t>(core.width) * static_cast<std::size_t>(core.height));
  const auto exposure = static_cast<float>(spec_.exposure);
  for (int y = core.y; y < core.y + core.height; ++y)
    for (int x = core.x; x < core.x + core.width; ++x) {
      const std::size_t i = canvas_.at(x, y);
      const Point plan = map_from_pixel(plan_, {x + 0.5, y + 0.5});
      const Colour c = colour(canvas_.id[i], plan);
      const float depth = edge[i] - canvas_.height_m[i];
      const float lit = 1 - std::clamp((depth - 0.15F) / 0.5F, 0.0F, 1.0F);
      const float sun = 0.80F * lit * sunlight(x, y, canvas_.id[i]);
      // Shadows get the sky's light only, which is bluer.
      out.push_back(
          {exposure * (c.r * (sun + 0.19F) + 0.006F), exposure * (c.g * (sun + 0.20F) + 0.008F),
           exposure * (c.b * (sun + 0.24F) + 0.013F), exposure * (c.n * (sun + 0.15F) + 0.003F)});
    }
  return out;
}

}  // namespace

float reflectance_of(double srgb) {
  static const std::array<float, 256> kTable = [] {
    std::array<float, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
      table[i] = static_cast<float>(kWhite * std::pow(static_cast<double>(i) / 255, kGamma));
    return table;
  }();
  return kTable[static_cast<std::size_t>(std::clamp(srgb, 0.0, 255.0))];
}

float srgb_of(float reflectance) {
  constexpr int kSteps = 4096;
  static const std::vector<float> kTable = [] {
    std::vector<float> table(kSteps + 1);
    for (std::size_t i = 0; i < table.size(); ++i)
      table[i] =
          static_cast<float>(255 * std::pow(static_cast<double>(i) / kSteps / kWhite, 1 / kGamma));
    return table;
  }();
  const float at = std::clamp(reflectance, 0.0F, 1.0F) * kSteps;
  return kTable[static_cast<std::size_t>(at)];
}

PixelWindow with_shadow_margin(const SceneShapes& shapes, const SceneSpec& spec,
                               const PixelWindow& core) {
  const SunRay ray = sun_ray(spec, shapes.projection());
  const auto length = [&](double height_m) { return height_m / ray.drop_m; };  // rows
  const int near = static_cast<int>(std::ceil(6 / shapes.projection().pixel_m())) + 2;
  Box box =
      grown({static_cast<double>(core.x), static_cast<double>(core.y),
             static_cast<double>(core.x) + core.width, static_cast<double>(core.y) + core.height},
            near);
  const Box seen = box;
  const double common = length(22);
  box.add(shifted(seen, ray.step.x * common, ray.step.y * common));
  for (const std::uint32_t row : shapes.tall()) {
    const SceneShapes::Item& item = shapes.item(row);
    Box shadow = item.box;
    const double rows = length(item.top_m);
    shadow.add(shifted(item.box, -ray.step.x * rows, -ray.step.y * rows));
    if (intersects(shadow, seen)) box.add(item.box);
  }
  const int x = static_cast<int>(std::floor(box.min_x));
  const int y = static_cast<int>(std::floor(box.min_y));
  return {x, y, static_cast<int>(std::ceil(box.max_x)) - x,
          static_cast<int>(std::ceil(box.max_y)) - y};
}

std::vector<Light> shade(const SceneShapes& shapes, const SceneSpec& spec, const Canvas& canvas,
                         const PixelWindow& core, const NoiseSet& noise) {
  return Shader(shapes, spec, canvas, noise).run(core);
}

}  // namespace skyglot::simulate
