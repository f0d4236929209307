// SPDX-License-Identifier: Apache-2.0
#include "records/split.hpp"

namespace skyglot {

std::string_view to_string(Split split) {
  constexpr std::string_view kNames[] = {"train", "val", "test"};
  return kNames[static_cast<std::size_t>(split)];
}

std::optional<Split> split_of_name(std::string_view name) {
  for (const Split split : {Split::train, Split::val, Split::test})
    if (name == to_string(split)) return split;
  return std::nullopt;
}

}  // namespace skyglot
