// SPDX-License-Identifier: Apache-2.0
// What a call that fails says.
#pragma once

#include "base/error.hpp"

#include <string>

namespace skyglot {

/// "" where the call does not fail.
template <typename Call>
[[nodiscard]] std::string message_of(const Call& call) {
  try {
    call();
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace skyglot
