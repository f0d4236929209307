// SPDX-License-Identifier: Apache-2.0
#include "base/test_locale.hpp"

#include "base/error.hpp"

#include <cstdlib>
#include <locale>
#include <stdexcept>

namespace skyglot {

void adopt_test_locale() {
  const char* name = std::getenv("SKYGLOT_TEST_LOCALE");
  if (name == nullptr || *name == '\0') return;
  try {
    std::locale::global(std::locale(name));
  } catch (const std::runtime_error&) {
    fail(ErrorKind::usage,
         "SKYGLOT_TEST_LOCALE: this system has no locale {} (Debian: locales-all)", name);
  }
}

}  // namespace skyglot
