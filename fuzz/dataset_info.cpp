// SPDX-License-Identifier: Apache-2.0
// Any bytes as a dataset.json: an Error, or facts whose text reads as the same facts again.
#include "records/dataset_info.hpp"

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace {

void demand(bool condition) {
  if (!condition) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  skyglot::DatasetInfo info;
  try {
    info = skyglot::parse_dataset_info({reinterpret_cast<const char*>(data), size}, "fuzz");
  } catch (const skyglot::Error&) {
    return 0;
  }
  for (const skyglot::ShardInfo& shard : info.shards) demand(!shard.name.starts_with('/'));
  (void)info.bytes();
  (void)info.skipped_total();
  const std::string text = skyglot::dataset_info_text(info);
  demand(skyglot::dataset_info_text(skyglot::parse_dataset_info(text, "fuzz")) == text);
  return 0;
}
