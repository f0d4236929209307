// SPDX-License-Identifier: Apache-2.0
#include "weights/catalogue.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/resource.hpp"
#include "base/strings.hpp"

#include <algorithm>

namespace skyglot {
namespace {

// Decimal units, as the pages of the models show them.
std::string size_in_words(double bytes) {
  return bytes < 1e9 ? format_fixed(bytes / 1e6, 0) + " MB" : format_fixed(bytes / 1e9, 2) + " GB";
}

std::vector<std::string> names_of(std::string_view cell) {
  std::vector<std::string> names;
  for (const std::string_view name : split(cell, '|'))
    if (!trim(name).empty()) names.emplace_back(trim(name));
  return names;
}

CatalogueEntry entry_of_row(const CsvTable& table, const std::vector<std::string>& row) {
  const auto cell = [&](const char* column) { return row[table.column(column)]; };
  CatalogueEntry entry{cell("name"),
                       cell("family"),
                       cell("architecture"),
                       parse_activation(cell("activation")),
                       parse_normalisation(cell("normalisation")),
                       cell("url"),
                       cell("file"),
                       {},
                       cell("size"),
                       cell("sha256"),
                       cell("licence"),
                       names_of(cell("published_as")),
                       cell("notes")};
  if (const auto bytes = parse_int(entry.size)) {
    entry.bytes = static_cast<std::uint64_t>(*bytes);
    entry.size = size_in_words(static_cast<double>(*bytes));
  }
  return entry;
}

}  // namespace

const std::vector<CatalogueEntry>& model_catalogue() {
  static const std::vector<CatalogueEntry> all = [] {
    const CsvTable table = parse_csv(load_resource("models.csv"), "models.csv");
    std::vector<CatalogueEntry> entries;
    for (const auto& row : table.rows) entries.push_back(entry_of_row(table, row));
    return entries;
  }();
  return all;
}

const CatalogueEntry* find_catalogue_entry(const std::string& name) {
  const auto& all = model_catalogue();
  const auto found = std::ranges::find(all, name, &CatalogueEntry::name);
  return found == all.end() ? nullptr : &*found;
}

const CatalogueEntry& catalogue_entry(const std::string& name) {
  if (const CatalogueEntry* entry = find_catalogue_entry(name)) return *entry;
  std::vector<std::string> names;
  for (const CatalogueEntry& entry : model_catalogue()) names.push_back(entry.name);
  const std::string near = closest(name, names);
  fail(ErrorKind::usage, "no model \"{}\" in the catalogue{}; see \"skyglot model list\"", name,
       near.empty() ? "" : fmt::format(" (did you mean {}?)", near));
}

const CatalogueEntry* recognise(const std::string& file_name, const std::string& sha256) {
  for (const CatalogueEntry& entry : model_catalogue())
    if (entry.sha256.empty() ? entry.file == file_name : entry.sha256 == sha256) return &entry;
  return nullptr;
}

}  // namespace skyglot
