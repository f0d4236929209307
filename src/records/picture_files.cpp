// SPDX-License-Identifier: Apache-2.0
#include "records/picture_files.hpp"

#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/fail_point.hpp"
#include "base/file_lock.hpp"
#include "base/interrupt.hpp"
#include "base/progress.hpp"
#include "pictures/shard.hpp"
#include "records/dataset_info.hpp"
#include "records/pairs_table.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <string>
#include <unistd.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

// A temporary file by its name, so that what a killed run left is known.
constexpr const char* kLock = ".skyglot-lock";

// "pictures/000000" for "shards/000000.tar".
fs::path pictures_of(const std::string& shard) {
  return fs::path("pictures") / fs::path(shard).stem();
}

void write_member(const fs::path& folder, const std::string& name, const std::string& bytes) {
  if (name.find('/') != std::string::npos)
    fail(ErrorKind::format, "a shard holds the picture {}, which is no name of ours", name);
  std::ofstream file(folder / name, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  const int code = file ? fail_point("write") : errno;
  if (code != 0)
    fail(ErrorKind::io, "cannot write {}: {}; give the same command again once there is room",
         (folder / name).string(), errno_text(code));
}

// All at once: a file at a time takes as long again as writing them.
void sync_file_system_of(const fs::path& folder) {
  const int descriptor = open(folder.c_str(), O_RDONLY | O_CLOEXEC);
  const bool good = descriptor >= 0 && syncfs(descriptor) == 0;
  const int code = errno;
  if (descriptor >= 0) close(descriptor);
  if (!good) fail(ErrorKind::io, "cannot write {}: {}", folder.string(), errno_text(code));
}

// All pictures of a shard under a provisional name, and only then the folder's own.
void unpack(const fs::path& shard, const fs::path& folder) {
  PendingPath pending(folder);
  make_folder(pending.path());
  ShardReader reader(shard);
  while (const auto member = reader.next()) {
    check_interrupt();
    if (member->name.ends_with(".jpg")) write_member(pending.path(), member->name, reader.bytes());
  }
  sync_file_system_of(pending.path());
  pending.commit();
}

void remove_leftovers(const fs::path& pictures) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(pictures))
    if (is_temporary(entry.path()) && entry.is_directory()) fs::remove_all(entry.path(), ignored);
}

std::uint64_t write_table(const fs::path& folder) {
  constexpr char kTab = '\t';
  std::uint64_t pairs = 0;
  AtomicFile table(folder / "pictures.tsv");
  table.write(csv_line({"filepath", "title", "title_multi_objects"}, kTab) + "\n");
  read_pairs_gpkg(folder / "pairs.gpkg", [&](PairRecord&& r) {
    if (!r.is_pair()) return;
    const fs::path file = pictures_of(shard_name(r.shard)) / (r.key + ".jpg");
    table.write(csv_line({file.generic_string(), r.title, r.title_multi_objects}, kTab) + "\n");
    ++pairs;
  });
  table.commit();
  return pairs;
}

}  // namespace

std::uint64_t write_picture_files(const fs::path& folder) {
  const DatasetInfo info = read_dataset_info(folder);
  if (!has_picture(info.patches()))
    fail(ErrorKind::input,
         "{}: the data set holds patches (KEY.tif) instead of pictures, so there are none to write "
         "as files; build one with --patch beside",
         folder.string());
  const fs::path lock_file = folder / "pictures" / kLock;
  const FileLock lock(lock_file, FileLock::Busy::wait);
  remove_leftovers(folder / "pictures");
  Progress progress("shards as files", info.shards.size());
  for (const ShardInfo& shard : info.shards) {
    const fs::path pictures = folder / pictures_of(shard.name);
    if (!fs::exists(pictures)) unpack(folder / shard.name, pictures);
    progress.advance();
  }
  const std::uint64_t pairs = write_table(folder);
  fs::remove(lock_file);
  return pairs;
}

}  // namespace skyglot
