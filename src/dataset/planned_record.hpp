// SPDX-License-Identifier: Apache-2.0
// From the plan to the rows of the data set: how items are named and recorded.
#pragma once

#include "dataset/plan.hpp"
#include "records/pair_record.hpp"

#include <cstdint>
#include <string>

namespace skyglot {

/// The record of an item that has no picture (yet): who it is, and why if it was skipped.
[[nodiscard]] PairRecord skipped_record(const PlannedItem& item);

/// "a198234555_CH_19"; "00" stands for an unknown year.
[[nodiscard]] std::string chip_key(ObjectKind kind, std::int64_t osm_id, const Scene& scene);

}  // namespace skyglot
