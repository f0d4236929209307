// SPDX-License-Identifier: Apache-2.0
// A picture in a mirror.
#pragma once

#include "pictures/picture.hpp"

namespace skyglot {

/// Left and right exchanged; any number of channels.
[[nodiscard]] Picture flipped(const Picture& picture);

}  // namespace skyglot
