// SPDX-License-Identifier: Apache-2.0
// An item that cannot be used is a value, counted and reported, not an exception.
#pragma once

#include <string>

namespace skyglot {

/// Why an item was left out. The reason is a short stable word such as "no_collection", which
/// tables and reports count by.
struct Skipped {
  std::string reason;
  friend bool operator==(const Skipped&, const Skipped&) = default;
};

}  // namespace skyglot
