// SPDX-License-Identifier: Apache-2.0
#include "landcover/cluster_names.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/resource.hpp"
#include "base/strings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <optional>

namespace skyglot {
namespace {

std::optional<Colour> colour_of_word(std::string_view name) {
  static const CsvTable table =
      parse_csv(load_resource("landcover_colours.csv"), "landcover_colours.csv");
  const auto byte = [&](const std::vector<std::string>& row, const char* column) {
    return static_cast<std::uint8_t>(parse_int(row[table.column(column)]).value_or(0));
  };
  for (const auto& row : table.rows)
    if (row[table.column("name")] == name)
      return Colour{byte(row, "red"), byte(row, "green"), byte(row, "blue")};
  return std::nullopt;
}

// "industrial buildings" as "industrial".
std::optional<Colour> known_colour(const std::string& name) {
  const std::string lower = to_lower(name);
  std::optional<Colour> colour = colour_of_word(lower);
  for (const std::string_view word : split(lower, ' '))
    if (!colour) colour = colour_of_word(word);
  return colour;
}

NamedCluster named_cluster(const std::string& cluster, std::int64_t pixels,
                           const std::vector<std::string>& names,
                           const std::vector<double>& votes) {
  NamedCluster one{cluster, cluster, pixels, 0, {}, 0};
  const double all = std::accumulate(votes.begin(), votes.end(), 0.0);
  if (!(all > 0)) return one;
  const auto best = std::ranges::max_element(votes) - votes.begin();
  one.name = names[static_cast<std::size_t>(best)];
  one.share = votes[static_cast<std::size_t>(best)] / all;
  double second = 0;
  for (std::size_t n = 0; n < votes.size(); ++n)
    if (std::ssize(votes) > 1 && static_cast<std::ptrdiff_t>(n) != best && votes[n] > second) {
      second = votes[n];
      one.second = names[n];
      one.second_share = second / all;
    }
  return one;
}

}  // namespace

NameVotes::NameVotes(std::vector<std::string> all_names, std::size_t clusters)
    : names(std::move(all_names)),
      votes(clusters, std::vector<double>(names.size())),
      pixels(clusters) {}

NamedClasses name_classes(const LandClasses& classes, const NameVotes& votes) {
  expect(votes.votes.size() == classes.classes.size(), "votes of other clusters");
  NamedClasses named;
  for (std::size_t c = 0; c < classes.classes.size(); ++c)
    named.table.push_back(
        named_cluster(classes.classes[c].name, votes.pixels[c], votes.names, votes.votes[c]));
  // Named classes in the order of the names, then those that nothing spoke for.
  std::vector<std::string> order = votes.names;
  for (const NamedCluster& one : named.table)
    if (std::ranges::find(order, one.name) == order.end()) order.push_back(one.name);
  std::erase_if(order, [&](const std::string& name) {
    return std::ranges::find(named.table, name, &NamedCluster::name) == named.table.end();
  });
  named.classes.centres = classes.centres;
  named.classes.classes = named_classes(order);
  for (const std::int32_t cluster : classes.class_of) {
    const std::string& name = named.table[static_cast<std::size_t>(cluster)].name;
    named.classes.class_of.push_back(
        static_cast<std::int32_t>(std::ranges::find(order, name) - order.begin()));
  }
  return named;
}

std::vector<CoverClass> named_classes(const std::vector<std::string>& names) {
  std::vector<CoverClass> classes = unnamed_classes(std::ssize(names));
  for (std::size_t i = 0; i < names.size(); ++i)
    classes[i] = {names[i], known_colour(names[i]).value_or(classes[i].colour)};
  return classes;
}

LandcoverModel with_class_a_centre(LandcoverModel model) {
  LandClasses& classes = model.classes;
  const std::int64_t centres = classes.centres.rows;
  if (centres > kMostClasses)
    fail(ErrorKind::input,
         "the model has {} centres, {} can be named one by one; name its classes, or train with "
         "fewer --centres or --restarts",
         centres, kMostClasses);
  classes.classes = unnamed_classes(centres);
  classes.class_of.resize(static_cast<std::size_t>(centres));
  std::iota(classes.class_of.begin(), classes.class_of.end(), 0);
  for (std::int64_t i = 0; i < centres; ++i)
    classes.classes[static_cast<std::size_t>(i)].name = fmt::format("centre {}", i + 1);
  return model;
}

}  // namespace skyglot
