// SPDX-License-Identifier: Apache-2.0
#include "base/version.hpp"

namespace skyglot {

const char* version() noexcept {
  return SKYGLOT_VERSION;
}

}  // namespace skyglot
