// SPDX-License-Identifier: Apache-2.0
#include "simulate/simulate.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/strings.hpp"
#include "simulate/names.hpp"
#include "simulate/osm_writer.hpp"
#include "simulate/picture_taker.hpp"
#include "simulate/town_folder.hpp"
#include "simulate/town_notes.hpp"
#include "simulate/town_plan.hpp"

#include <algorithm>

namespace skyglot::simulate {
namespace {

namespace fs = std::filesystem;

void check_output(const SimulateOptions& options) {
  const fs::path& output = options.output;
  if (!fs::exists(fs::symlink_status(output))) return;
  if (!fs::is_directory(output))
    fail(ErrorKind::input,
         "cannot make the folder {}: a file of that name is in the way; move it or "
         "choose another --output",
         output.string());
  if (fs::is_empty(output)) return;
  if (!options.overwrite)
    fail(ErrorKind::input,
         "{} exists already and is not empty; choose another name or give --overwrite",
         output.string());
  if (!is_town(output))
    fail(ErrorKind::input,
         "will not replace {}: it has no town.json of simulate's, so it was not made by simulate; "
         "choose another --output",
         output.string());
  if (const fs::path stranger = stranger_in(output); !stranger.empty())
    fail(ErrorKind::input,
         "will not replace {}: it holds {}, which simulate did not write; move that away or choose "
         "another --output",
         output.string(), stranger.string());
}

void list_files(const fs::path& folder, SimulateResult& result) {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    result.files.push_back(fs::relative(entry.path(), folder).string());
    result.bytes += entry.file_size();
  }
  std::ranges::sort(result.files);
}

}  // namespace

void SimulateOptions::validate() const {
  std::vector<std::string> problems;
  if (output.empty()) problems.emplace_back("--output is empty; name the folder to make");
  if (!(size_km >= 0.5 && size_km <= 10))
    problems.push_back(fmt::format("--size-km is {}; it must be from 0.5 to 10", size_km));
  if (threads < 1) problems.push_back(fmt::format("threads is {}; it must be at least 1", threads));
  if (!problems.empty()) fail(ErrorKind::usage, "cannot simulate a town: {}", join(problems, "; "));
}

SimulateResult simulate_town(const SimulateOptions& options) {
  options.validate();
  SimulateOptions clean = options;
  clean.output = fs::absolute(options.output).lexically_normal();
  if (!clean.output.has_filename()) clean.output = clean.output.parent_path();
  check_output(clean);
  PendingTown folder(clean.output);
  const Town town = grow_town(clean.seed, clean.size_km * 1000);
  const std::vector<SceneSpec> scenes = plan_scenes(town);
  SimulateResult result;
  result.town_name = NameList::town(clean.seed);
  result.features = town.features.size();
  const OsmCounts counts = write_osm(town, folder.path() / "town.osm.pbf");
  result.nodes = counts.nodes;
  result.ways = counts.ways;
  result.relations = counts.relations;
  const auto kinds = count_kinds(town);
  result.kinds = kinds.size();
  take_pictures(town, scenes, folder.path(), clean.threads);
  write_notes(town, scenes, kinds, folder.path());
  folder.keep();
  list_files(clean.output, result);
  return result;
}

}  // namespace skyglot::simulate
