// SPDX-License-Identifier: Apache-2.0
#include "dataset/build_folder.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/manifest.hpp"
#include "base/strings.hpp"
#include "records/dataset_info.hpp"

#include <algorithm>
#include <string_view>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

// All that a build, a report and a filter ever write beside .build; --overwrite removes these and
// nothing else, so what somebody has put among them stays.
constexpr std::string_view kOurFiles[] = {
    "dataset.json",    "pairs.gpkg",        "pairs.csv",          "pictures.tsv",
    "ATTRIBUTION.txt", "report/index.html", "report/report.json", "similarity.json"};

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "shards/000000.tar", "pictures/000000/a1_AE_21.jpg".
bool is_ours(const fs::path& relative) {
  const std::string name = relative.generic_string();
  if (is_temporary(relative) || std::ranges::find(kOurFiles, name) != std::end(kOurFiles))
    return true;
  const auto parts = split(name, '/');
  if (parts.size() == 2 && parts[0] == "shards")
    return parts[1].ends_with(".tar") && is_number(parts[1].substr(0, parts[1].size() - 4));
  if (parts.size() == 1) return name.starts_with("kept_") && name.ends_with(".csv");
  if (parts.size() > 1 && parts[0] == "similarity") return true;
  return parts.size() == 3 && parts[0] == "pictures" && is_number(parts[1]) &&
         parts[2].ends_with(".jpg");
}

bool is_our_folder(const fs::path& relative) {
  const auto parts = split(relative.generic_string(), '/');
  if (parts.size() > 1 && parts[0] == "similarity") return true;
  if (parts.size() == 2) return parts[0] == "pictures" && is_number(parts[1]);
  return parts.size() == 1 && (parts[0] == "shards" || parts[0] == "report" ||
                               parts[0] == "pictures" || parts[0] == "similarity");
}

void remove_or_fail(const fs::path& path) {
  std::error_code code;
  fs::remove(path, code);
  if (code && code != std::errc::directory_not_empty)
    fail(ErrorKind::io, "cannot remove {}: {}", path.string(), code.message());
}

// The files of ours below `folder`, then the folders that are empty without them.
void remove_ours(const fs::path& folder) {
  std::vector<fs::path> files{folder / "dataset.json"};
  std::vector<fs::path> folders;
  for (auto at = fs::recursive_directory_iterator(folder); at != fs::end(at); ++at) {
    const fs::path relative = at->path().lexically_relative(folder);
    if (relative == ".build")
      at.disable_recursion_pending();
    else if (at->is_directory() && !at->is_symlink())
      folders.push_back(at->path());
    else if (is_ours(relative))
      files.push_back(at->path());
  }
  for (const fs::path& file : files) remove_or_fail(file);
  std::ranges::sort(folders, std::ranges::greater());
  for (const fs::path& empty : folders)
    if (is_our_folder(empty.lexically_relative(folder))) remove_or_fail(empty);
}

// A temporary file by its name, so that a folder with nothing else counts as empty.
constexpr const char* kLock = ".skyglot-lock";

// Whether there are only folders and temporary files: what a run leaves that was killed at its
// start. A folder that changes or cannot be read does not.
bool holds_nothing(const fs::path& folder) {
  std::error_code code;
  std::error_code gone;
  for (auto at = fs::recursive_directory_iterator(folder, code);
       !code && at != fs::recursive_directory_iterator(); at.increment(code))
    if (!at->is_directory(gone) && !is_temporary(at->path())) return false;
  return !code;
}

// The fields of a small JSON file; an empty object if it is damaged or missing.
ReadJson fields_of(const fs::path& file) {
  if (!fs::is_regular_file(file)) return ReadJson::object();
  const ReadJson json = ReadJson::parse(read_file(file), nullptr, false);
  return json.is_object() ? json : ReadJson::object();
}

std::string text_field(const ReadJson& fields, const char* name) {
  const auto found = fields.find(name);
  return found != fields.end() && found->is_string() ? found->get<std::string>() : "";
}

FinishedShard finished_from(const ReadJson& line) {
  return {line.at("shard"), line.at("sha256"), line.at("bytes"),
          line.at("pairs"), line.at("items"),  line.at("records_sha256")};
}

}  // namespace

BuildFolder::BuildFolder(fs::path folder, const std::string& fingerprint, FolderUse use)
    : folder_(std::move(folder)), fingerprint_(fingerprint) {
  demand_ours(use);
  // Nothing is written into a folder that is refused, nor into a data set that is whole.
  if (use != FolderUse::overwrite) demand_same_fingerprint();
  if (use != FolderUse::overwrite && complete()) return;
  const FileLock entering = lock();
  if (use == FolderUse::overwrite) start_over();
  demand_same_fingerprint();
  if (!complete()) mark();
}

void BuildFolder::demand_ours(FolderUse use) const {
  if (use == FolderUse::existing && !is_ours())
    fail(ErrorKind::input, "{} holds no build to go on with", folder_.string());
  make_folder(folder_);
  // In this order: what another task writes meanwhile comes after its mark.
  if (!holds_nothing(folder_) && !is_ours())
    fail(ErrorKind::input, "{} is not empty and holds no data set; choose another folder",
         folder_.string());
}

bool BuildFolder::is_ours() const {
  return dataset_fingerprint(folder_) ||
         !text_field(fields_of(folder_ / ".build" / "build.json"), "fingerprint").empty();
}

// The mark comes first, so that a run killed here leaves a folder that the next one knows as ours.
void BuildFolder::start_over() const {
  const auto locks = lock_journals();
  for (const auto& entry : fs::directory_iterator(folder_ / ".build"))
    if (entry.path().filename() != "build.json" && entry.path().filename() != kLock)
      fs::remove_all(entry.path());
  mark();
  remove_ours(folder_);
  make_folder(folder_ / "shards");
}

void BuildFolder::mark() const {
  make_folder(folder_ / ".build");
  make_folder(folder_ / "shards");
  write_file_atomically(folder_ / ".build" / "build.json",
                        json_text(ReadJson{{"fingerprint", fingerprint_}}) + "\n");
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
    for (const ReadJson& line : read_manifest(entry.path())) {
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
  // A task that enters at this moment may put a lock there: it will find that all is done.
  std::error_code ignored;
  fs::remove_all(folder_ / ".build", ignored);
}

FileLock BuildFolder::lock() const {
  return FileLock(folder_ / ".build" / kLock, FileLock::Busy::wait);
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
      if (!line.empty()) records.push_back(record_from_json(ReadJson::parse(line)));
    return records;
  });
}

}  // namespace skyglot
