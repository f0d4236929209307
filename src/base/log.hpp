// SPDX-License-Identifier: Apache-2.0
// Messages and the status line on stderr; the two never overwrite each other.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace skyglot {

enum class LogLevel { quiet, warning, info, debug };

/// What is printed from now on; `info` at the start.
void set_log_level(LogLevel level);

void log_text(LogLevel level, const std::string& text);

template <typename... Args>
void log_info(fmt::format_string<Args...> text, Args&&... args) {
  log_text(LogLevel::info, fmt::format(text, std::forward<Args>(args)...));
}
template <typename... Args>
void log_warning(fmt::format_string<Args...> text, Args&&... args) {
  log_text(LogLevel::warning, fmt::format(text, std::forward<Args>(args)...));
}

/// Shows `text` as the last, overwritable line of stderr; "" takes it away.
void show_status_line(std::string_view text);

/// Whether stderr is a terminal.
[[nodiscard]] bool stderr_is_terminal();

}  // namespace skyglot
