// SPDX-License-Identifier: Apache-2.0
#include "landcover/name_votes.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/interrupt.hpp"
#include "base/numbers.hpp"
#include "base/progress.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <filesystem>

namespace skyglot {
namespace {

// Calls use(pixel, cluster) for each valid pixel of each window, after begin(window).
template <typename Begin, typename Use>
void for_each_pixel(const Segmenter& clusters, const std::vector<GroundTile>& windows,
                    const Begin& begin, const Use& use) {
  Progress progress("windows", windows.size());
  for (const GroundTile& one : windows) {
    check_interrupt();
    const std::vector<std::uint8_t> valid = clusters.ground().read(one.scene, one.window).valid;
    if (std::ranges::find(valid, std::uint8_t{1}) != valid.end()) {
      const WindowScores scores = clusters.scores(one.scene, one.window);
      begin(one);
      for (std::size_t p = 0; p < valid.size(); ++p)
        if (valid[p] != 0) use(p, scores.likeliest(p));
    }
    progress.advance();
  }
}

std::vector<std::string> names_of(const Segmenter& segmenter) {
  std::vector<std::string> names;
  for (const CoverClass& one : segmenter.model().classes.classes) names.push_back(one.name);
  return names;
}

std::size_t clusters_of(const Segmenter& segmenter) {
  return segmenter.model().classes.classes.size();
}

void divide_by_means(NameVotes& votes) {
  for (std::size_t n = 0; n < votes.names.size(); ++n) {
    double sum = 0;
    for (const auto& row : votes.votes) sum += row[n];
    if (sum > 0)
      for (auto& row : votes.votes) row[n] /= sum;
  }
}

double coordinate(const CsvTable& table, std::size_t row, const char* column) {
  const std::string& text = table.rows[row][table.column(column)];
  const auto value = parse_double(text);
  if (!value || !std::isfinite(*value))
    fail(ErrorKind::format, "{}, row {}: {} \"{}\" is no number", table.name, row + 1, column,
         text);
  return *value;
}

bool is_called(const Scene& scene, const std::string& picture) {
  const std::filesystem::path path = scene.gdal_name();
  return picture.empty() || picture == path.filename() || picture == path.stem();
}

// Where points lie in one scene.
class PointFinder {
 public:
  explicit PointFinder(const Scene& scene) : scene_(scene) {
    if (scene.crs_wkt.empty()) return;
    grid_.emplace(scene.map_from_pixel, scene.crs_wkt);
    middle_ = grid_->lonlat_from_pixel(Point{scene.width / 2.0, scene.height / 2.0});
  }

  // Nothing where the scene does not show it.
  [[nodiscard]] std::optional<PixelWindow> pixel_of(const NamedPoint& point) const {
    if (!is_called(scene_, point.picture)) return std::nullopt;
    const std::optional<Point> at = point.in_pixels ? point.at : from_lonlat(point.at);
    if (!at || !(at->x >= 0 && at->y >= 0 && at->x < scene_.width && at->y < scene_.height))
      return std::nullopt;
    return PixelWindow{static_cast<int>(at->x), static_cast<int>(at->y), 1, 1};
  }

 private:
  [[nodiscard]] std::optional<Point> from_lonlat(Point at) const {
    if (!grid_) return std::nullopt;
    if (middle_) at.x = unwrapped_longitude(at.x, middle_->x);
    return grid_->pixel_from_lonlat(at);
  }

  const Scene& scene_;
  std::optional<SceneGrid> grid_;
  std::optional<Point> middle_;
};

}  // namespace

std::vector<GroundTile> spread_windows(const Ground& ground, int side, double most_pixels) {
  std::vector<std::pair<std::uint64_t, GroundTile>> all;
  for (std::size_t s = 0; s < ground.scenes().size(); ++s)
    for (const PixelWindow& block : blocks_of(ground.scenes()[s], side))
      all.push_back({stable_hash(fmt::format("{}/{}/{}", s, block.y, block.x)), {s, block}});
  std::ranges::sort(all, {}, [](const auto& one) { return one.first; });
  std::vector<GroundTile> windows;
  double pixels = 0;
  for (const auto& [hash, one] : all) {
    if (!windows.empty() && pixels >= most_pixels) break;
    pixels += double(one.window.width) * one.window.height;
    windows.push_back(one);
  }
  return windows;
}

NameVotes votes_by_words(const Segmenter& clusters, const Segmenter& words,
                         const std::vector<GroundTile>& windows) {
  NameVotes votes(names_of(words), clusters_of(clusters));
  WindowScores said;
  for_each_pixel(
      clusters, windows, [&](const GroundTile& one) { said = words.scores(one.scene, one.window); },
      [&](std::size_t pixel, std::size_t cluster) {
        ++votes.pixels[cluster];
        for (std::size_t n = 0; n < votes.names.size(); ++n)
          votes.votes[cluster][n] +=
              std::exp(double{said.log_probabilities[n * said.pixels() + pixel]});
      });
  divide_by_means(votes);
  return votes;
}

NameVotes votes_by_objects(const Segmenter& clusters, ObjectLabels& objects,
                           const std::vector<GroundTile>& windows, double inset_m) {
  NameVotes votes(objects.names(), clusters_of(clusters));
  std::vector<std::uint8_t> labels;
  for_each_pixel(
      clusters, windows,
      [&](const GroundTile& one) {
        labels = objects.over(clusters.ground().scenes()[one.scene], one.window, inset_m);
      },
      [&](std::size_t pixel, std::size_t cluster) {
        ++votes.pixels[cluster];
        if (labels[pixel] > 0) ++votes.votes[cluster][labels[pixel] - 1U];
      });
  return votes;
}

std::vector<NamedPoint> parse_points(const std::string& csv, const std::string& name) {
  const CsvTable table = parse_csv(csv, name);
  const auto has = [&](const char* column) {
    return std::ranges::find(table.header, column) != table.header.end();
  };
  const bool in_pixels = has("column") || has("row");
  std::vector<NamedPoint> points;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    NamedPoint point;
    point.name = table.rows[i][table.column("name")];
    if (point.name.empty()) fail(ErrorKind::format, "{}, row {}: the name is empty", name, i + 1);
    if (has("picture")) point.picture = table.rows[i][table.column("picture")];
    point.in_pixels = in_pixels;
    point.at = in_pixels ? Point{coordinate(table, i, "column"), coordinate(table, i, "row")}
                         : Point{coordinate(table, i, "lon"), coordinate(table, i, "lat")};
    points.push_back(std::move(point));
  }
  if (points.empty()) fail(ErrorKind::input, "{} names no point", name);
  return points;
}

NameVotes votes_by_points(const Segmenter& clusters, const std::vector<NamedPoint>& points) {
  std::vector<std::string> names;
  for (const NamedPoint& point : points)
    if (std::ranges::find(names, point.name) == names.end()) names.push_back(point.name);
  NameVotes votes(names, clusters_of(clusters));
  const std::vector<Scene>& scenes = clusters.ground().scenes();
  std::vector<bool> shown(points.size());
  for (std::size_t s = 0; s < scenes.size(); ++s) {
    const PointFinder finder(scenes[s]);
    for (std::size_t i = 0; i < points.size(); ++i) {
      const auto pixel = shown[i] ? std::nullopt : finder.pixel_of(points[i]);
      if (!pixel) continue;
      shown[i] = true;
      const std::size_t cluster = clusters.scores(s, *pixel).likeliest(0);
      ++votes.pixels[cluster];
      ++votes.votes[cluster][static_cast<std::size_t>(std::ranges::find(names, points[i].name) -
                                                      names.begin())];
    }
  }
  for (std::size_t i = 0; i < points.size(); ++i)
    if (!shown[i])
      fail(ErrorKind::input, "the point {} at {}, {} lies in none of the rasters", points[i].name,
           points[i].at.x, points[i].at.y);
  return votes;
}

}  // namespace skyglot
