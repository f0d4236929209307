// SPDX-License-Identifier: Apache-2.0
// Which skyglot this is.
#pragma once

namespace skyglot {

/// "0.1.0".
[[nodiscard]] const char* version() noexcept;

}  // namespace skyglot
