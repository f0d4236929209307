// SPDX-License-Identifier: Apache-2.0
#include "base/progress.hpp"

#include "base/log.hpp"
#include "base/numbers.hpp"

#include <fmt/format.h>

namespace skyglot {
namespace {

std::atomic<ProgressMode> progress_mode{ProgressMode::automatic};

std::string clock_text(double seconds) {
  const auto total = static_cast<std::uint64_t>(seconds + 0.5);
  const auto hours = total / 3600;
  const auto minutes = total / 60 % 60;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, total % 60);
  return fmt::format("{}:{:02}", minutes, total % 60);
}

}  // namespace

void set_progress_mode(ProgressMode mode) {
  progress_mode = mode;
}

std::string progress_text(const std::string& label, std::uint64_t done, std::uint64_t total,
                          double seconds) {
  std::string text = fmt::format("{}  {}", label, format_count(done));
  if (total > 0) text += fmt::format(" / {}  {}%", format_count(total), done * 100 / total);
  if (done == 0 || seconds <= 0) return text;
  const double rate = static_cast<double>(done) / seconds;
  text += fmt::format("  {}/s", format_fixed(rate, rate < 10 ? 1 : 0));
  if (total > done)
    text += fmt::format("  {} left", clock_text(static_cast<double>(total - done) / rate));
  return text;
}

Progress::Progress(std::string label, std::uint64_t total)
    : label_(std::move(label)),
      total_(total),
      visible_(progress_mode == ProgressMode::always ||
               (progress_mode == ProgressMode::automatic && stderr_is_terminal())),
      overwrite_(stderr_is_terminal()) {}

Progress::~Progress() {
  if (visible_ && overwrite_) show_status_line("");
  if (visible_ && !overwrite_) show(Clock::now());
}

void Progress::advance(std::uint64_t count) {
  done_ += count;
  if (!visible_) return;
  const auto now = Clock::now();
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now - start_).count();
  std::int64_t due = next_show_ms_;
  const std::int64_t pause_ms = overwrite_ ? 100 : 5000;
  if (ms >= due && next_show_ms_.compare_exchange_strong(due, ms + pause_ms)) show(now);
}

void Progress::show(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  const std::string text =
      progress_text(label_, done_, total_, std::chrono::duration<double>(now - start_).count());
  if (overwrite_) {
    show_status_line(text);
  } else {
    log_info("{}", text);
  }
}

}  // namespace skyglot
