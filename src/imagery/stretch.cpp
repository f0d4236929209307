// SPDX-License-Identifier: Apache-2.0
#include "imagery/stretch.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "imagery/scene_reader.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace skyglot {
namespace {

std::optional<StretchRule::Kind> kind_called(std::string_view name) {
  if (name == "balanced") return StretchRule::Kind::balanced;
  if (name == "percentile") return StretchRule::Kind::percentile;
  if (name == "range") return StretchRule::Kind::range;
  return std::nullopt;
}

StretchRule checked(StretchRule rule, std::string_view text) {
  const bool percents = rule.kind != StretchRule::Kind::range;
  if (!(rule.low < rule.high) || (percents && (rule.low < 0 || rule.high > 100)))
    fail(ErrorKind::usage, "--stretch {}: the first number must be below the second{}", text,
         percents ? ", both between 0 and 100" : "");
  return rule;
}

// Samples of every band of a collection, valid pixels only.
using Samples = std::vector<std::vector<float>>;

void add_samples(const Scene& scene, const std::vector<int>& bands, int side, Samples& samples) {
  const auto read = SceneReader({.open_files = 1, .waits_s = {0.5, 2}})
                        .read(scene, {.window = {0, 0, scene.width, scene.height},
                                      .bands = bands,
                                      .judged = bands,
                                      .out_width = std::min(side, scene.width),
                                      .out_height = std::min(side, scene.height)});
  if (std::holds_alternative<Skipped>(read))
    fail(ErrorKind::format, "scene {} is damaged", scene.name);
  const Patch& patch = std::get<Patch>(read);
  const std::size_t pixels = patch.pixels();
  std::visit(
      [&](const auto& planes) {
        for (std::size_t i = 0; i < planes.size(); ++i)
          if (const auto value = static_cast<float>(planes[i]);
              patch.valid[i % pixels] != 0 && std::isfinite(value))
            samples[i / pixels].push_back(value);
      },
      patch.samples);
}

std::vector<const Scene*> spread(const std::vector<const Scene*>& scenes) {
  constexpr std::size_t kMost = 64;
  if (scenes.size() <= kMost) return scenes;
  std::vector<const Scene*> chosen;
  for (std::size_t i = 0; i < kMost; ++i) chosen.push_back(scenes[i * scenes.size() / kMost]);
  return chosen;
}

Samples sample(const std::vector<int>& bands, const std::vector<const Scene*>& scenes) {
  constexpr double kPixels = 512.0 * 512.0;
  Samples samples(bands.size());
  const std::vector<const Scene*> chosen = spread(scenes);
  const int side = static_cast<int>(std::sqrt(kPixels / static_cast<double>(chosen.size())));
  for (const Scene* scene : chosen) {
    try {
      add_samples(*scene, bands, side, samples);
    } catch (const Error& error) {
      log_warning("left out of the stretch: {}", error.what());
    }
  }
  return samples;
}

bool is_8_bit(const Scene& scene, const std::vector<int>& bands) {
  return std::ranges::all_of(bands, [&](int number) {
    const BandInfo& band = scene.band(number);
    return band.type == SampleType::u8 && band.scale == 1 && band.offset == 0;
  });
}

// A range is given in stored numbers without their offset: 3000 is a reflectance of 0.3 where the
// file declares a scale of 0.0001, before and after a producer began to add 1000.
std::vector<BandStretch> stored_range(const StretchRule& rule, const std::vector<int>& bands,
                                      const Scene& scene) {
  std::vector<BandStretch> stretches;
  for (const int number : bands) {
    const double scale = scene.band(number).scale;
    stretches.push_back({std::min(rule.low * scale, rule.high * scale),
                         std::max(rule.low * scale, rule.high * scale)});
  }
  return stretches;
}

}  // namespace

StretchRule parse_stretch(std::string_view text) {
  if (text == "none") return {StretchRule::Kind::none, 0, 0};
  if (text == "auto") return {};
  const std::size_t colon = text.find(':');
  const std::string_view name = text.substr(0, colon);
  const auto numbers = split(colon == std::string_view::npos ? "" : text.substr(colon + 1), ',');
  const auto kind = kind_called(name);
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  const bool two = numbers.size() == 2;
  const double low = two ? parse_double(numbers[0]).value_or(kNone) : kNone;
  const double high = two ? parse_double(numbers[1]).value_or(kNone) : kNone;
  if (!kind || !std::isfinite(low) || !std::isfinite(high))
    fail(ErrorKind::usage,
         "--stretch {}: give auto, none, balanced:LOW,HIGH, percentile:LOW,HIGH or range:LOW,HIGH "
         "(e.g. balanced:2,98 or range:0,3000)",
         text);
  return checked({*kind, low, high}, text);
}

double percentile(std::span<float> values, double p) {
  expect(!values.empty(), "percentile of nothing");
  const double position = p / 100 * static_cast<double>(values.size() - 1);
  const auto index = static_cast<std::size_t>(position);
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(index);
  std::ranges::nth_element(values, middle);
  const double lower = *middle;
  if (index + 1 == values.size()) return lower;
  const double upper = *std::min_element(middle + 1, values.end());
  return lower + (position - static_cast<double>(index)) * (upper - lower);
}

namespace {

BandStretch between(const StretchRule& rule, std::span<float> values) {
  const double low = percentile(values, rule.low);
  return {low, percentile(values, rule.high)};
}

std::vector<float> pooled(const Samples& samples) {
  std::vector<float> all;
  for (const std::vector<float>& values : samples)
    all.insert(all.end(), values.begin(), values.end());
  return all;
}

void balance(std::vector<BandStretch>& stretches, const BandStretch& common) {
  for (BandStretch& s : stretches) s = {(s.low + common.low) / 2, (s.high + common.high) / 2};
}

}  // namespace

std::vector<BandStretch> stretches_of(const StretchRule& rule, const std::vector<int>& bands,
                                      const std::vector<const Scene*>& scenes) {
  using Kind = StretchRule::Kind;
  if (rule.kind == Kind::none || scenes.empty()) return {};
  if (rule.kind == Kind::automatic && is_8_bit(*scenes.front(), bands)) return {};
  if (rule.kind == Kind::range) return stored_range(rule, bands, *scenes.front());
  Samples samples = sample(bands, scenes);
  if (std::ranges::any_of(samples, &std::vector<float>::empty))
    fail(ErrorKind::input,
         "cannot work out a stretch for collection {}: no scene has readable valid pixels; give "
         "--stretch range:LOW,HIGH",
         scenes.front()->collection_code);
  std::vector<BandStretch> stretches;
  for (std::vector<float>& values : samples) stretches.push_back(between(rule, values));
  if (rule.kind != Kind::percentile) {
    std::vector<float> all = pooled(samples);
    balance(stretches, between(rule, all));
  }
  for (BandStretch& s : stretches)
    if (!(s.high > s.low)) s.high = s.low + 1;
  return stretches;
}

}  // namespace skyglot
