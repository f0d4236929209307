// SPDX-License-Identifier: Apache-2.0
// What kinds of objects a map has, and how one is named.
#pragma once

#include <cstdint>
#include <string>

namespace skyglot {

enum class ObjectKind : char { node = 'n', way = 'w', area = 'a' };

/// "a198234555": how the object is called in file names.
[[nodiscard]] inline std::string object_key(ObjectKind kind, std::int64_t osm_id) {
  return static_cast<char>(kind) + std::to_string(osm_id);
}

}  // namespace skyglot
