// SPDX-License-Identifier: Apache-2.0
// Progress with rate and time left, on a terminal or where it was asked for.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

namespace skyglot {

enum class ProgressMode { automatic, always, never };

/// Sets when progress is shown; `automatic` (the start value) means on a terminal only.
void set_progress_mode(ProgressMode mode);

/// "chips  1,234 / 10,000  12%  310/s  0:28 left". Total 0: unknown.
[[nodiscard]] std::string progress_text(const std::string& label, std::uint64_t done,
                                        std::uint64_t total, double seconds);

/// Counts finished items and shows them; thread-safe. The destructor takes the line away.
class Progress {
 public:
  Progress(std::string label, std::uint64_t total);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void advance(std::uint64_t count = 1);
  [[nodiscard]] std::uint64_t done() const noexcept { return done_; }

 private:
  using Clock = std::chrono::steady_clock;
  void show(Clock::time_point now);

  std::string label_;
  std::uint64_t total_;
  bool visible_;
  bool overwrite_;  // a terminal: one line; else a line now and then
  std::atomic<std::uint64_t> done_{0};
  Clock::time_point start_ = Clock::now();
  std::atomic<std::int64_t> next_show_ms_{0};
  std::mutex mutex_;
};

}  // namespace skyglot
