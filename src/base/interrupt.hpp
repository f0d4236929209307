// SPDX-License-Identifier: Apache-2.0
// Ctrl-C and SIGTERM end the run at the next safe place.
#pragma once

namespace skyglot {

/// From now on SIGINT and SIGTERM only set a flag; a second one ends the process at once. Also
/// ignores SIGPIPE and SIGXFSZ, so that a closed pipe or a file-size limit is an error, not a
/// death.
void install_signal_handlers();

/// Throws Interrupted once a signal has come. Long loops call it between items.
void check_interrupt();

}  // namespace skyglot
