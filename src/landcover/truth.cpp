// SPDX-License-Identifier: Apache-2.0
#include "landcover/truth.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "imagery/scan.hpp"
#include "raster/raster.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr int kRowsAtOnce = 256;
constexpr const char* kIgnored = "ignore";

int byte_of(const CsvTable& table, const std::vector<std::string>& row, const char* column) {
  const std::string& text = row[table.column(column)];
  const auto value = parse_int(text);
  if (!value || *value < 0 || *value > 255)
    fail(ErrorKind::format, "{}: {} \"{}\" is no number from 0 to 255", table.name, column, text);
  return static_cast<int>(*value);
}

Raster open_labels(const fs::path& path) {
  RasterOpenOptions options;
  options.palette_indices = true;
  return Raster::open(path.string(), options);
}

// Labels of some rows; -1 where there is none.
class TruthRows {
 public:
  TruthRows(const fs::path& path, const TruthLegend& legend)
      : path_(path), raster_(open_labels(path)), legend_(legend) {
    coloured_ = !legend.colours.empty();
    const std::size_t bands = raster_.info().bands.size();
    if (coloured_ && bands < 3)
      fail(ErrorKind::input, "{} has {} band and the legend colours: give values", path.string(),
           bands);
    if (!coloured_ && bands != 1)
      fail(ErrorKind::input,
           "{} has {} bands: a picture in colours needs --palette FILE with "
           "name,red,green,blue",
           path.string(), bands);
  }

  [[nodiscard]] const RasterInfo& info() const { return raster_.info(); }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

  std::vector<int> read(const PixelWindow& window) {
    const auto pixels =
        static_cast<std::size_t>(window.width) * static_cast<std::size_t>(window.height);
    const std::vector<int> bands = coloured_ ? std::vector<int>{1, 2, 3} : std::vector<int>{1};
    const Raster::ReadRequest request{window, bands, window.width, window.height};
    std::vector<float> samples(pixels * bands.size());
    raster_.read<float>(request, samples);
    std::vector<std::uint8_t> valid(pixels);
    raster_.read_valid(request, valid);
    std::vector<int> labels(pixels, -1);
    for (std::size_t p = 0; p < pixels; ++p)
      if (valid[p] != 0)
        labels[p] = coloured_ ? label_of({byte(samples[p]), byte(samples[pixels + p]),
                                          byte(samples[2 * pixels + p])})
                              : label_of(whole(samples[p]));
    return labels;
  }

 private:
  static std::uint8_t byte(float sample) {
    return static_cast<std::uint8_t>(std::clamp(sample, 0.F, 255.F));
  }

  [[nodiscard]] int whole(float sample) const {
    constexpr float kMost = 1 << 24;  // up to which floats hold every whole number
    if (!(std::abs(sample) <= kMost) || sample != std::round(sample))
      fail(ErrorKind::input, "{} holds {}, which is no label: labels are whole numbers",
           path_.string(), sample);
    return static_cast<int>(sample);
  }

  int label_of(int value) {
    const auto found = places_.find(value);
    if (found != places_.end()) return found->second;
    std::string name = std::to_string(value);
    if (std::ranges::find(legend_.ignored, value) != legend_.ignored.end()) {
      name = kIgnored;
    } else if (!legend_.values.empty()) {
      const auto known = legend_.values.find(value);
      if (known == legend_.values.end())
        fail(ErrorKind::input, "{} holds the label {}, which the legend lacks", path_.string(),
             value);
      name = known->second;
    }
    return places_[value] = place_of(name);
  }

  int label_of(Colour colour) {
    const int key = colour[0] << 16 | colour[1] << 8 | colour[2];
    const auto found = places_.find(key);
    if (found != places_.end()) return found->second;
    const auto known = legend_.colours.find(colour);
    if (known == legend_.colours.end())
      fail(ErrorKind::input, "{} holds the colour {},{},{}, which the palette lacks",
           path_.string(), colour[0], colour[1], colour[2]);
    return places_[key] = place_of(known->second);
  }

  int place_of(const std::string& name) {
    if (name == kIgnored) return -1;
    const auto found = std::ranges::find(names_, name);
    if (found == names_.end()) names_.push_back(name);
    return static_cast<int>(std::ranges::find(names_, name) - names_.begin());
  }

  fs::path path_;
  Raster raster_;
  const TruthLegend& legend_;
  bool coloured_ = false;
  std::map<int, int> places_;
  std::vector<std::string> names_;
};

// Counts by (map value, truth name), both as they come.
struct RawCounts {
  std::vector<std::vector<std::int64_t>> by_value;  // 256 map values

  RawCounts() : by_value(256) {}
  void add(std::uint16_t value, int label) {
    if (value == 0 || label < 0) return;
    auto& row = by_value[value];
    if (row.size() <= static_cast<std::size_t>(label))
      row.resize(static_cast<std::size_t>(label) + 1);
    ++row[static_cast<std::size_t>(label)];
  }
  [[nodiscard]] std::int64_t clusters() const {
    std::size_t last = 255;
    while (last > 0 && by_value[last].empty()) --last;
    return static_cast<std::int64_t>(last);
  }
};

RawCounts counted(const Raster& map, TruthRows& truth) {
  RawCounts raw;
  const int width = map.info().width, height = map.info().height;
  for (int y = 0; y < height; y += kRowsAtOnce) {
    const PixelWindow window{0, y, width, std::min(kRowsAtOnce, height - y)};
    std::vector<std::uint16_t> values(static_cast<std::size_t>(window.width) *
                                      static_cast<std::size_t>(window.height));
    map.read<std::uint16_t>({window, {1}, window.width, window.height}, values);
    const std::vector<int> labels = truth.read(window);
    for (std::size_t p = 0; p < values.size(); ++p) {
      if (values[p] > 255)
        fail(ErrorKind::input,
             "{} holds the value {}: classes of a map are 1 to 255, and 0 is no data",
             map.info().name, values[p]);
      raw.add(values[p], labels[p]);
    }
  }
  return raw;
}

std::vector<std::string> class_list(const Raster& map, const std::vector<std::string>& truth,
                                    bool named) {
  if (!named) return truth;
  std::vector<std::string> names = map.info().class_names;
  if (names.size() < 2)
    fail(ErrorKind::input, "{} has no class names; match clusters with --matching hungarian",
         map.info().name);
  names.erase(names.begin());  // of the value that is no data
  for (const std::string& name : truth)
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  return names;
}

}  // namespace

TruthLegend parse_legend(const std::string& csv, const std::string& name) {
  const CsvTable table = parse_csv(csv, name);
  const bool coloured = std::ranges::find(table.header, "red") != table.header.end();
  TruthLegend legend;
  for (const auto& row : table.rows) {
    const std::string& label = row[table.column("name")];
    if (coloured) {
      const Colour colour{static_cast<std::uint8_t>(byte_of(table, row, "red")),
                          static_cast<std::uint8_t>(byte_of(table, row, "green")),
                          static_cast<std::uint8_t>(byte_of(table, row, "blue"))};
      legend.colours[colour] = label;
    } else {
      legend.values[byte_of(table, row, "value")] = label;
    }
  }
  if (table.rows.empty()) fail(ErrorKind::format, "{} lists no class", name);
  return legend;
}

std::vector<std::pair<fs::path, fs::path>> maps_with_truth(const fs::path& maps,
                                                           const fs::path& truth) {
  if (!fs::is_directory(maps)) return {{maps, truth}};
  std::map<std::string, fs::path> by_stem;
  for (const fs::path& file : files_to_scan({truth})) by_stem[file.stem().string()] = file;
  std::vector<std::pair<fs::path, fs::path>> pairs;
  for (const fs::path& file : files_to_scan({maps})) {
    if (raster_format(file.string()).empty()) continue;
    const auto found = by_stem.find(file.stem().string());
    if (found == by_stem.end())
      fail(ErrorKind::input, "{} has no truth: no file {}.* in {}", file.string(),
           file.stem().string(), truth.string());
    pairs.emplace_back(file, found->second);
  }
  if (pairs.empty()) fail(ErrorKind::input, "{} holds no map", maps.string());
  return pairs;
}

ClusterCounts count_pixels(const fs::path& map_path, const fs::path& truth_path,
                           const TruthLegend& legend, bool named) {
  const Raster map = open_labels(map_path);
  if (map.info().bands.size() > 2)
    fail(ErrorKind::input,
         "{} has {} bands: a map has its classes in one, and perhaps its confidence",
         map_path.string(), map.info().bands.size());
  TruthRows truth(truth_path, legend);
  if (map.info().width != truth.info().width || map.info().height != truth.info().height)
    fail(ErrorKind::input,
         "{} has {} x {} pixels and its truth {} has {} x {}: bring the truth to the map's grid "
         "(gdalwarp -r near -te ... -ts ...)",
         map_path.string(), map.info().width, map.info().height, truth_path.string(),
         truth.info().width, truth.info().height);
  const RawCounts raw = counted(map, truth);
  ClusterCounts counts;
  counts.classes = class_list(map, truth.names(), named);
  counts.clusters = raw.clusters();
  counts.counts.resize(static_cast<std::size_t>(counts.clusters) * counts.classes.size());
  for (std::int64_t k = 0; k < counts.clusters; ++k) {
    const auto& row = raw.by_value[static_cast<std::size_t>(k) + 1];
    for (std::size_t label = 0; label < row.size(); ++label) {
      const auto place = std::ranges::find(counts.classes, truth.names()[label]);
      counts.counts[static_cast<std::size_t>(k) * counts.classes.size() +
                    static_cast<std::size_t>(place - counts.classes.begin())] += row[label];
    }
  }
  return counts;
}

}  // namespace skyglot
