// SPDX-License-Identifier: Apache-2.0
#include "dataset/build_folder.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/manifest.hpp"
#include "base/strings.hpp"

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

// All that a build ever writes; --overwrite removes these and nothing else.
constexpr const char* kOurEntries[] = {"dataset.json", "pairs.gpkg", "pairs.csv", "ATTRIBUTION.txt",
                                       "shards",       "report",     ".build"};

std::string fingerprint_in(const fs::path& file) {
  const Json json = Json::parse(read_file(file), nullptr, false);
  if (!json.is_object())
    fail(ErrorKind::format, "{}: damaged; give --overwrite to start over", file.string());
  return json.value("fingerprint", "");
}

FinishedShard finished_from(const Json& line) {
  return {line.at("shard"), line.at("sha256"), line.at("bytes"), line.at("pairs")};
}

}  // namespace

std::string shard_name(std::int64_t shard) {
  return fmt::format("shards/{:06}.tar", shard);
}

BuildFolder::BuildFolder(fs::path folder, const std::string& fingerprint, bool overwrite)
    : folder_(std::move(folder)), fingerprint_(fingerprint) {
  make_folder(folder_);
  const bool ours = fs::exists(folder_ / "dataset.json") || fs::exists(folder_ / ".build");
  if (!ours && !fs::is_empty(folder_))
    fail(ErrorKind::input, "{} is not empty and holds no data set; choose another folder",
         folder_.string());
  if (overwrite)
    for (const char* entry : kOurEntries) fs::remove_all(folder_ / entry);
  enter(fingerprint);
}

void BuildFolder::enter(const std::string& fingerprint) {
  for (const fs::path& file : {folder_ / "dataset.json", folder_ / ".build" / "build.json"})
    if (fs::exists(file) && fingerprint_in(file) != fingerprint)
      fail(ErrorKind::input,
           "{} was begun with another recipe or other inputs; choose another folder or give "
           "--overwrite",
           folder_.string());
  if (complete()) return;
  make_folder(folder_ / ".build");
  make_folder(folder_ / "shards");
  const Json mark{{"fingerprint", fingerprint}};
  write_file_atomically(folder_ / ".build" / "build.json", mark.dump() + "\n");
}

bool BuildFolder::complete() const {
  const fs::path file = folder_ / "dataset.json";
  return fs::exists(file) && fingerprint_in(file) == fingerprint_;
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
      const FinishedShard shard = finished_from(line);
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

void write_records(const fs::path& path, const std::vector<PairRecord>& records) {
  AtomicFile file(path);
  for (const PairRecord& record : records) file.write(record_to_json(record).dump() + "\n");
  file.commit();
}

std::vector<PairRecord> read_records(const fs::path& path) {
  std::vector<PairRecord> records;
  const std::string text = read_file(path);
  for (const auto line : split(text, '\n'))
    if (!line.empty()) records.push_back(record_from_json(Json::parse(line)));
  return records;
}

}  // namespace skyglot
