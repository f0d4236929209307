// SPDX-License-Identifier: Apache-2.0
#include "records/picture_inputs.hpp"

#include "base/error.hpp"
#include "pictures/source_kinds.hpp"
#include "records/dataset_info.hpp"

#include <system_error>
#include <utility>

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

std::unique_ptr<PictureSource> open_dataset(const fs::path& folder, const SourceOptions& options) {
  const DatasetInfo info = read_dataset_info(folder);
  std::vector<fs::path> shards;
  for (const ShardInfo& shard : info.shards) {
    shards.push_back(folder / shard.name);
    demand_size(shards.back(), shard.bytes);
  }
  if (shards.empty()) fail(ErrorKind::input, "{}: the data set has no shards", folder.string());
  return open_picture_shards(std::move(shards), info.pairs, options);
}

// Benchmarks call their lists dataset.json as well; those have no shards beside them.
bool is_dataset(const fs::path& folder) {
  return fs::exists(folder / "dataset.json") && fs::is_directory(folder / "shards");
}

}  // namespace

std::unique_ptr<PictureSource> open_picture_inputs(const std::vector<fs::path>& inputs,
                                                   const SourceOptions& options) {
  if (inputs.empty()) fail(ErrorKind::input, "no pictures were given");
  std::vector<std::unique_ptr<PictureSource>> parts;
  for (const fs::path& input : inputs)
    parts.push_back(is_dataset(input) ? open_dataset(input, options)
                                      : open_pictures({input}, options));
  return chained(std::move(parts));
}

}  // namespace skyglot
