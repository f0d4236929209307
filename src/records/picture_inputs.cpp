// SPDX-License-Identifier: Apache-2.0
#include "records/picture_inputs.hpp"

#include "base/error.hpp"
#include "records/dataset_info.hpp"

#include <system_error>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

void demand_size(const fs::path& shard, std::uint64_t bytes) {
  std::error_code code;
  const std::uint64_t size = fs::file_size(shard, code);
  if (code)
    fail(ErrorKind::input, "{}: dataset.json names it, but it cannot be read: {}", shard.string(),
         code.message());
  if (size != bytes)
    fail(ErrorKind::format, "{}: {} bytes where dataset.json says {}; copy or build it again",
         shard.string(), size, bytes);
}

std::vector<fs::path> shards_of(const fs::path& folder) {
  std::vector<fs::path> shards;
  for (const ShardInfo& shard : read_dataset_info(folder).shards) {
    shards.push_back(folder / shard.name);
    demand_size(shards.back(), shard.bytes);
  }
  if (shards.empty()) fail(ErrorKind::input, "{}: the data set has no shards", folder.string());
  return shards;
}

// Benchmarks call their lists dataset.json as well; those have no shards beside them.
bool is_dataset(const fs::path& folder) {
  return fs::exists(folder / "dataset.json") && fs::is_directory(folder / "shards");
}

// A data set is read by its shards, all else as it is.
std::vector<fs::path> opened_up(const std::vector<fs::path>& inputs) {
  std::vector<fs::path> paths;
  for (const fs::path& input : inputs) {
    const auto more = is_dataset(input) ? shards_of(input) : std::vector<fs::path>{input};
    paths.insert(paths.end(), more.begin(), more.end());
  }
  return paths;
}

}  // namespace

std::shared_ptr<const PictureIndex> index_picture_inputs(const std::vector<fs::path>& inputs,
                                                         const SourceOptions& options) {
  return index_pictures(opened_up(inputs), options);
}

std::unique_ptr<PictureSource> open_picture_inputs(const std::vector<fs::path>& inputs,
                                                   const SourceOptions& options) {
  return open_pictures(opened_up(inputs), options);
}

}  // namespace skyglot
