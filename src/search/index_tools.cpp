// SPDX-License-Identifier: Apache-2.0
#include "search/index_tools.hpp"

#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "embed/npy.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kExportedRows = 8192;

// Names of the network are not asked after.
bool is_gone(const std::string& name) {
  return !name.starts_with("/vsi") && !fs::exists(name);
}

std::vector<std::string> missing_files(const WindowIndex& index, const std::vector<Scene>& scenes) {
  std::vector<std::string> missing;
  for (const Scene& scene : scenes)
    for (const SceneFile& file : scene.files)
      if (is_gone(file.gdal_name)) missing.push_back(file.gdal_name);
  for (const Json& part : index.facts().at("parts"))
    if (part.contains("pictures") && is_gone(part.at("pictures").get<std::string>()))
      missing.push_back(part.at("pictures").get<std::string>());
  return missing;
}

void count_window(const IndexedWindow& window, IndexSummary& summary) {
  if (window.footprint_lonlat.parts.empty()) {
    ++summary.without_place;
    return;
  }
  ++summary.windows_by_size[std::llround(window.size_m)];
  ++summary.windows_by_collection[window.collection];
  summary.extent_lonlat.add(bounding_box(window.footprint_lonlat));
  if (window.date.empty()) return;
  if (summary.first_date.empty() || window.date < summary.first_date)
    summary.first_date = window.date;
  summary.last_date = std::max(summary.last_date, window.date);
}

void export_vectors(const WindowIndex& index, const fs::path& npy) {
  AtomicFile file(npy);
  file.write(npy_header(index.size(), index.columns()));
  for_each_block(index.vectors(), kExportedRows, [&](std::int64_t, const Matrix& block) {
    file.write(
        {reinterpret_cast<const char*>(block.values.data()), block.values.size() * sizeof(float)});
  });
  file.commit();
  write_file_atomically(ids_beside(npy), ids_text(index.ids()));
}

std::vector<std::string> window_cells(const IndexedWindow& window) {
  std::vector<std::string> cells{window.id};
  const Box box = bounding_box(window.footprint_lonlat);
  for (const double value :
       {box.min_x, box.min_y, box.max_x, box.max_y, window.size_m, window.gsd_m})
    cells.push_back(box.empty() ? "" : format_double(value));
  cells.push_back(window.date);
  cells.push_back(window.collection);
  return cells;
}

void export_windows(WindowIndex& index, const fs::path& csv) {
  AtomicFile file(csv);
  file.write("id,west,south,east,north,size_m,gsd_m,date,collection\n");
  index.windows().for_each([&](std::int64_t, const IndexedWindow& window) {
    file.write(csv_line(window_cells(window)) + "\n");
  });
  file.commit();
}

}  // namespace

IndexSummary summarise_index(WindowIndex& index) {
  const ImageryCatalogue catalogue = index.catalogue();
  std::set<std::int64_t> scenes;
  for (const Scene& scene : catalogue.scenes) scenes.insert(scene.fid);
  IndexSummary summary;
  index.windows().for_each([&](std::int64_t row, const IndexedWindow& window) {
    if (stored_id(window.id) != index.ids().at(static_cast<std::size_t>(row)))
      fail(ErrorKind::format,
           "{}: window {} is called {} in one file and {} in another; index again",
           index.folder().string(), row + 1, window.id, index.ids()[static_cast<std::size_t>(row)]);
    if (window.scene_fid && !scenes.contains(*window.scene_fid))
      fail(ErrorKind::format, "{}: window {} is of no scene; index again", index.folder().string(),
           window.id);
    count_window(window, summary);
  });
  summary.missing = missing_files(index, catalogue.scenes);
  return summary;
}

void export_index(WindowIndex& index, const fs::path& folder, bool overwrite) {
  for (const char* name : {"vectors.npy", "vectors.npy.ids.txt", "windows.gpkg", "windows.csv"})
    if (!overwrite && fs::exists(folder / name))
      fail(ErrorKind::input, "{} exists already; choose another folder or give --overwrite",
           (folder / name).string());
  make_folder(folder);
  export_vectors(index, folder / "vectors.npy");
  export_windows(index, folder / "windows.csv");
  PendingPath windows(folder / "windows.gpkg");
  fs::copy_file(index.folder() / "windows.gpkg", windows.path());
  windows.commit();
}

}  // namespace skyglot
