// SPDX-License-Identifier: Apache-2.0
// Lets the tests run everything under another locale, as a program that links our libraries may.
#pragma once

namespace skyglot {

/// Makes the locale that the environment variable SKYGLOT_TEST_LOCALE names (e.g. "de_DE.UTF-8")
/// the one of the C and the C++ library; does nothing without it. Throws Error(usage) if the system
/// does not have it, so that such a run cannot pass without having happened.
void adopt_test_locale();

}  // namespace skyglot
