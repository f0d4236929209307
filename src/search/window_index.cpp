// SPDX-License-Identifier: Apache-2.0
#include "search/window_index.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "scores/row_blocks.hpp"

#include <algorithm>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr const char* kIndexRemedy = "index again: the same 'skyglot index' mends it";

Json read_index_facts(const fs::path& file) {
  return reading_json(file.string(), kIndexRemedy, [&] {
    Json json = parse_json<Json>(read_file(file));
    if (json.at("schema") != 1 || json.at("kind") != "window index")
      fail(ErrorKind::format, "{}: written by a newer skyglot", file.string());
    // Whoever reads them later finds them well formed.
    (void)json.at("settings").at("about").at("model").is_object();
    std::int64_t windows = 0;
    for (const Json& part : json.at("parts")) {
      (void)part.at("label").get<std::string>();
      if (part.contains("pictures")) (void)part.at("pictures").get<std::string>();
      windows += part.at("windows").get<std::int64_t>();
      if (part.at("windows").get<std::int64_t>() < 0 || windows < 0)
        fail(ErrorKind::format, "{}: damaged (a part of less than no windows); {}", file.string(),
             kIndexRemedy);
    }
    if (windows != json.at("count").get<std::int64_t>())
      fail(ErrorKind::format, "{}: damaged ({} windows in its parts, {} in all); {}", file.string(),
           windows, json.at("count").get<std::int64_t>(), kIndexRemedy);
    return json;
  });
}

// Vectors and ids have hashes in embeddings.json, which is checked here.
void check_hashes(const fs::path& folder, const Json& facts) {
  const auto check = [&](const char* name) {
    const fs::path file = folder / name;
    const std::string said = reading_json((folder / "index.json").string(), kIndexRemedy, [&] {
      return facts.at("files").at(name).get<std::string>();
    });
    if (!fs::exists(file))
      fail(ErrorKind::format, "{} is missing; {}", file.string(), kIndexRemedy);
    if (sha256_file(file) != said)
      fail(ErrorKind::format, "{}: not what index.json speaks of; {}", file.string(), kIndexRemedy);
  };
  check("embeddings.json");
  check("windows.gpkg");
  if (facts.at("files").contains("imagery.gpkg")) check("imagery.gpkg");
}

}  // namespace

bool is_index_folder(const fs::path& folder) {
  return fs::exists(folder / "index.json") || fs::exists(folder / "parts" / "plan.json");
}

WindowIndex WindowIndex::open(const fs::path& folder) {
  if (!fs::exists(folder / "index.json"))
    fail(ErrorKind::input, "{} is no finished index; {}", folder.string(),
         fs::exists(folder / "parts") ? "run the same 'skyglot index' to its end"
                                      : "make one with 'skyglot index'");
  Json facts = read_index_facts(folder / "index.json");
  check_hashes(folder, facts);
  Embeddings embeddings = read_embeddings(folder);
  if (embeddings.vectors.rows() != facts.at("count").get<std::int64_t>())
    fail(ErrorKind::format, "{}: {} vectors where index.json says {}; {}", folder.string(),
         embeddings.vectors.rows(), facts.at("count").get<std::int64_t>(), kIndexRemedy);
  return {folder, std::move(facts), std::move(embeddings)};
}

WindowIndex::WindowIndex(fs::path folder, Json facts, Embeddings embeddings)
    : folder_(std::move(folder)),
      facts_(std::move(facts)),
      embeddings_(std::move(embeddings)),
      rows_(unit_rows(embeddings_.vectors, (folder_ / "vectors.f16").string())),
      table_(folder_ / "windows.gpkg", embeddings_.vectors.rows()) {}

const Json& WindowIndex::model() const {
  return facts_.at("settings").at("about").at("model");
}

bool WindowIndex::has_places() const {
  return facts_.at("files").contains("imagery.gpkg");
}

ImageryCatalogue WindowIndex::catalogue() const {
  return has_places() ? read_catalogue(folder_ / "imagery.gpkg") : ImageryCatalogue{};
}

std::int64_t WindowIndex::row_of(const std::string& id) const {
  const auto found = std::ranges::find(embeddings_.ids, id);
  if (found != embeddings_.ids.end()) return found - embeddings_.ids.begin();
  fail(ErrorKind::input, "{}: no window is called '{}'; ids look like '{}'", folder_.string(), id,
       embeddings_.ids.front());
}

std::optional<WindowIndex::PicturePlace> WindowIndex::picture_of(std::int64_t row) const {
  std::int64_t first = 0;
  for (const Json& part : facts_.at("parts")) {
    const auto count = part.at("windows").get<std::int64_t>();
    if (row < first + count) {
      if (!part.contains("pictures")) return std::nullopt;
      const auto label = part.at("label").get<std::string>();
      const std::string& id = embeddings_.ids.at(static_cast<std::size_t>(row));
      return PicturePlace{part.at("pictures").get<std::string>(),
                          label.empty() ? id : id.substr(std::min(id.size(), label.size() + 1))};
    }
    first += count;
  }
  return std::nullopt;
}

}  // namespace skyglot
