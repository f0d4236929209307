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

void add_shards(const fs::path& folder, std::vector<fs::path>& paths) {
  const DatasetInfo info = read_dataset_info(folder);
  for (const ShardInfo& shard : info.shards) {
    paths.push_back(folder / shard.name);
    demand_size(paths.back(), shard.bytes);
  }
  if (!has_picture(info.patches()))
    fail(ErrorKind::input,
         "{}: the data set holds patches (KEY.tif) instead of pictures; build one with --patch "
         "beside to have both",
         folder.string());
  if (info.shards.empty())
    fail(ErrorKind::input, "{}: the data set has no shards", folder.string());
}

// Benchmarks call their lists dataset.json as well; those have no shards beside them.
bool is_dataset(const fs::path& folder) {
  return fs::exists(folder / "dataset.json") && fs::is_directory(folder / "shards");
}

// Data sets of ours give way to their shards.
std::vector<fs::path> with_shards(const std::vector<fs::path>& inputs) {
  std::vector<fs::path> paths;
  for (const fs::path& input : inputs) {
    if (is_dataset(input))
      add_shards(input, paths);
    else
      paths.push_back(input);
  }
  return paths;
}

}  // namespace

std::shared_ptr<const PictureIndex> index_picture_inputs(const std::vector<fs::path>& inputs,
                                                         const SourceOptions& options) {
  return index_pictures(with_shards(inputs), options);
}

std::unique_ptr<PictureSource> open_picture_inputs(const std::vector<fs::path>& inputs,
                                                   const SourceOptions& options) {
  return open_pictures(with_shards(inputs), options);
}

}  // namespace skyglot
