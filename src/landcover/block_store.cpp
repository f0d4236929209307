// SPDX-License-Identifier: Apache-2.0
#include "landcover/block_store.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"

#include <fmt/core.h>

#include <utility>

namespace skyglot {

namespace fs = std::filesystem;

BlockStore::BlockStore(fs::path folder, const Json& plan) : folder_(std::move(folder)) {
  const fs::path plan_file = folder_ / "plan.json";
  const std::string text = json_text(plan, 2) + "\n";
  const bool begun = fs::exists(plan_file);
  if (fs::is_directory(folder_)) remove_orphans(folder_);
  if (fs::exists(folder_) && !begun && !(fs::is_directory(folder_) && fs::is_empty(folder_)))
    fail(ErrorKind::input, "{} holds something else; remove it or choose another output",
         folder_.string());
  if (begun && read_file(plan_file) != text) remove();
  make_folder(folder_);
  if (!fs::exists(plan_file)) write_file_atomically(plan_file, text);
  const fs::path journal = folder_ / "journal.jsonl";
  journal_.emplace(journal);
  for (const auto& line : read_manifest(journal))
    hashes_.push_back(line.at("sha256").get<std::string>());
}

fs::path BlockStore::block_path(std::size_t number) const {
  return folder_ / fmt::format("{:06}.block", number);
}

void BlockStore::add(const std::string& bytes) {
  write_file_atomically(block_path(hashes_.size()), bytes);
  hashes_.push_back(sha256(bytes));
  journal_->append({{"sha256", hashes_.back()}});
}

std::string BlockStore::read(std::size_t number) const {
  const fs::path path = block_path(number);
  std::string bytes = read_file(path);
  if (sha256(bytes) != hashes_.at(number))
    fail(ErrorKind::format, "{} is damaged; remove {} to start over", path.string(),
         folder_.string());
  return bytes;
}

// The plan goes first: without it the rest is nothing that a later run would take up.
void BlockStore::remove() {
  journal_.reset();
  fs::remove(folder_ / "plan.json");
  for (const auto& entry : fs::directory_iterator(folder_)) {
    const fs::path& path = entry.path();
    if (path.extension() == ".block" || path.filename().string().starts_with("journal.jsonl") ||
        is_temporary(path))
      fs::remove(path);
  }
  std::error_code not_empty;
  fs::remove(folder_, not_empty);
}

}  // namespace skyglot
