// SPDX-License-Identifier: Apache-2.0
#include "dataset/build_folder.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/manifest.hpp"
#include "base/strings.hpp"
#include "records/dataset_info.hpp"

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// All that a build ever writes; --overwrite removes these and nothing else.
constexpr const char* kOurEntries[] = {"dataset.json", "pairs.gpkg", "pairs.csv", "ATTRIBUTION.txt",
                                       "shards",       "report",     ".build"};

// Whether there are only folders and temporary files: what a run leaves that was killed at its
// start.
bool holds_nothing(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (!entry.is_directory() && !is_temporary(entry.path())) return false;
  return true;
}

// The fields of a small JSON file; an empty object if it is damaged or missing.
Json fields_of(const fs::path& file) {
  if (!fs::is_regular_file(file)) return Json::object();
  const Json json = Json::parse(read_file(file), nullptr, false);
  return json.is_object() ? json : Json::object();
}

std::string text_field(const Json& fields, const char* name) {
  const auto found = fields.find(name);
  return found != fields.end() && found->is_string() ? found->get<std::string>() : "";
}

FinishedShard finished_from(const Json& line) {
  return {line.at("shard"), line.at("sha256"), line.at("bytes"),
          line.at("pairs"), line.at("items"),  line.at("records_sha256")};
}

}  // namespace

BuildFolder::BuildFolder(fs::path folder, const std::string& fingerprint, FolderUse use)
    : folder_(std::move(folder)), fingerprint_(fingerprint) {
  if (use == FolderUse::existing && !is_ours())
    fail(ErrorKind::input, "{} holds no build to go on with", folder_.string());
  make_folder(folder_);
  if (!is_ours() && !holds_nothing(folder_))
    fail(ErrorKind::input, "{} is not empty and holds no data set; choose another folder",
         folder_.string());
  if (use == FolderUse::overwrite) start_over();
  demand_same_fingerprint();
  if (!complete()) mark();
}

bool BuildFolder::is_ours() const {
  return dataset_fingerprint(folder_) ||
         !text_field(fields_of(folder_ / ".build" / "build.json"), "fingerprint").empty();
}

// The mark comes first, so that a run killed here leaves a folder that the next one knows as ours.
void BuildFolder::start_over() const {
  if (fs::exists(folder_ / ".build"))
    for (const auto& entry : fs::directory_iterator(folder_ / ".build"))
      if (entry.path().filename() != "build.json") fs::remove_all(entry.path());
  mark();
  for (const char* entry : kOurEntries)
    if (std::string_view(entry) != ".build") fs::remove_all(folder_ / entry);
}

void BuildFolder::mark() const {
  make_folder(folder_ / ".build");
  make_folder(folder_ / "shards");
  write_file_atomically(folder_ / ".build" / "build.json",
                        json_text(Json{{"fingerprint", fingerprint_}}) + "\n");
}

void BuildFolder::demand_same_fingerprint() const {
  const fs::path mark = folder_ / ".build" / "build.json";
  const bool other_set =
      fs::exists(folder_ / "dataset.json") && dataset_fingerprint(folder_) != fingerprint_;
  if (other_set || (fs::exists(mark) && text_field(fields_of(mark), "fingerprint") != fingerprint_))
    fail(ErrorKind::input,
         "{} was begun with another recipe or other inputs; choose another folder or give "
         "--overwrite",
         folder_.string());
}

bool BuildFolder::complete() const {
  return dataset_fingerprint(folder_) == fingerprint_;
}

fs::path BuildFolder::plan_path() const {
  return folder_ / ".build" / "plan.sqlite";
}

fs::path BuildFolder::shard_path(std::int64_t shard) const {
  return folder_ / shard_name(shard);
}

fs::path BuildFolder::records_path(std::int64_t shard) const {
  return folder_ / ".build" / fmt::format("{:06}.jsonl", shard);
}

fs::path BuildFolder::journal_path(int task, int tasks) const {
  return folder_ / ".build" / fmt::format("journal-{}-of-{}.jsonl", task, tasks);
}

std::map<std::int64_t, FinishedShard> BuildFolder::finished() const {
  std::map<std::int64_t, FinishedShard> shards;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder_ / ".build", code)) {
    if (!entry.path().filename().string().starts_with("journal-")) continue;
    for (const Json& line : read_manifest(entry.path())) {
      const FinishedShard shard =
          reading_json(entry.path().string(), "remove the file to start its shards over",
                       [&] { return finished_from(line); });
      const fs::path tar = shard_path(shard.shard);
      if (!fs::exists(records_path(shard.shard)) || !fs::exists(tar) ||
          fs::file_size(tar) != shard.bytes)
        continue;
      shards[shard.shard] = shard;
    }
  }
  return shards;
}

void BuildFolder::forget_build() const {
  // Only now can no other task be writing: what temporary files are left belong to killed runs.
  remove_orphans(folder_);
  remove_orphans(folder_ / "shards");
  fs::remove_all(folder_ / ".build");
}

std::vector<FileLock> BuildFolder::lock_journals() const {
  std::vector<FileLock> locks;
  std::error_code code;
  for (const auto& entry : fs::directory_iterator(folder_ / ".build", code))
    if (entry.path().filename().string().starts_with("journal-")) locks.emplace_back(entry.path());
  return locks;
}

std::string write_records(const fs::path& path, const std::vector<PairRecord>& records) {
  std::string text;
  for (const PairRecord& record : records) text += json_text(record_to_json(record)) + "\n";
  write_file_atomically(path, text);
  return sha256(text);
}

std::vector<PairRecord> read_records(const fs::path& path, const FinishedShard& shard) {
  const std::string text = read_file(path);
  const std::string remedy = "remove it and build again: its shard is then written anew";
  if (sha256(text) != shard.records_sha256)
    fail(ErrorKind::format, "{}: damaged; {}", path.string(), remedy);
  return reading_json(path.string(), remedy, [&] {
    std::vector<PairRecord> records;
    for (const auto line : split(text, '\n'))
      if (!line.empty()) records.push_back(record_from_json(Json::parse(line)));
    return records;
  });
}

}  // namespace skyglot
