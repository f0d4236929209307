// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"

#include <system_error>

namespace skyglot {

const char* to_string(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::usage:
      return "usage";
    case ErrorKind::input:
      return "input";
    case ErrorKind::format:
      return "format";
    case ErrorKind::io:
      return "io";
    case ErrorKind::resource:
      return "resource";
    case ErrorKind::internal:
      return "internal";
  }
  return "unknown";
}

std::string errno_text(int code) {
  return std::generic_category().message(code);
}

void fail_internally(const char* what) {
  fail(ErrorKind::internal, "internal error: {}", what);
}

}  // namespace skyglot
