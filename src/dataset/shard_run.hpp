// SPDX-License-Identifier: Apache-2.0
// Cutting and writing the shards of one task, in parallel, resumable after every shard.
#pragma once

#include "captions/captions.hpp"
#include "dataset/build_folder.hpp"
#include "dataset/plan.hpp"

#include <cstdint>

namespace skyglot {

struct ShardRunOptions {
  int task = 1;   ///< this task's number, from 1
  int tasks = 1;  ///< how many share the folder
  int threads = 1;
  std::uint64_t memory = std::uint64_t{2} << 30;  ///< for samples in flight and GDAL's block cache
};

/// Writes every shard of this task's share (shard number modulo tasks) that is not finished yet.
/// The bytes of a shard depend on plan and inputs only. Returns how many were written.
std::size_t run_shards(const BuildInputs& inputs, Plan& plan, const BuildFolder& folder,
                       const ShardRunOptions& options);

}  // namespace skyglot
