// SPDX-License-Identifier: Apache-2.0
#include "dataset/splits.hpp"

#include <cstddef>

namespace skyglot {

std::string_view to_string(Split split) {
  constexpr std::string_view kNames[] = {"train", "val", "test"};
  return kNames[static_cast<std::size_t>(split)];
}

}  // namespace skyglot
