// SPDX-License-Identifier: Apache-2.0
#include "landcover/stego_settings.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/resource.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <cmath>
#include <utility>

namespace skyglot {
namespace {

const CsvTable& preset_table() {
  static const CsvTable table =
      parse_csv(load_resource("landcover_presets.csv"), "landcover_presets.csv");
  return table;
}

StegoSettings preset_of(const std::vector<std::string>& row) {
  const CsvTable& table = preset_table();
  const auto number = [&](const char* column) {
    const std::string& text = row[table.column(column)];
    const auto value = parse_double(text);
    if (!value) fail(ErrorKind::format, "{}: {} is no number", table.name, text);
    return *value;
  };
  StegoSettings settings;
  settings.self = {number("self_shift"), number("self_weight")};
  settings.neighbours = {number("neighbour_shift"), number("neighbour_weight")};
  settings.random = {number("random_shift"), number("random_weight")};
  settings.pointwise = row[table.column("pointwise")] == "true";
  settings.dimensions = static_cast<std::int64_t>(number("dimensions"));
  return settings;
}

}  // namespace

void StegoSettings::validate() const {
  std::string problems;
  for (const auto& [name, term] :
       {std::pair{"self", self}, {"neighbour", neighbours}, {"random", random}})
    if (!std::isfinite(term.shift) || !(term.weight >= 0))
      problems += fmt::format("; the {} term has the shift {} and the weight {}", name, term.shift,
                              term.weight);
  if (samples < 1) problems += fmt::format("; samples is {}, at least 1 is needed", samples);
  if (negatives < 1) problems += fmt::format("; negatives is {}, at least 1 is needed", negatives);
  if (dimensions < 1)
    problems += fmt::format("; dimensions is {}, at least 1 is needed", dimensions);
  if (!problems.empty()) fail(ErrorKind::usage, "STEGO: {}", problems.substr(2));
}

std::vector<std::string> stego_presets() {
  std::vector<std::string> names;
  for (const auto& row : preset_table().rows) names.push_back(row[preset_table().column("name")]);
  return names;
}

StegoSettings stego_preset(std::string_view name) {
  for (const auto& row : preset_table().rows)
    if (row[preset_table().column("name")] == name) return preset_of(row);
  fail(ErrorKind::usage, "there are no published settings called {}; there are {}", name,
       fmt::join(stego_presets(), ", "));
}

}  // namespace skyglot
