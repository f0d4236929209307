// SPDX-License-Identifier: Apache-2.0
#include "base/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <unistd.h>

namespace skyglot {
namespace {

// Owns stderr: takes the status line away, prints the message, puts the status line back.
class TerminalSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  void show_status(std::string_view text) {
    const std::lock_guard lock(mutex_);
    clear_status();
    status_ = text;
    print_status();
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t formatted;
    formatter_->format(message, formatted);
    clear_status();
    std::fwrite(formatted.data(), 1, formatted.size(), stderr);
    print_status();
  }
  void flush_() override { std::fflush(stderr); }

 private:
  void clear_status() {
    if (!status_.empty()) std::fputs("\r\x1b[2K", stderr);
  }
  void print_status() {
    if (!status_.empty()) std::fwrite(status_.data(), 1, status_.size(), stderr);
    std::fflush(stderr);
  }
  std::string status_;
};

TerminalSink& terminal() {
  static const auto sink = std::make_shared<TerminalSink>();
  return *sink;
}

spdlog::logger& logger() {
  static const auto instance = [] {
    const std::shared_ptr<TerminalSink> sink(&terminal(), [](TerminalSink*) {});
    auto made = std::make_shared<spdlog::logger>("skyglot", sink);
    made->set_pattern("%v");
    made->set_level(spdlog::level::info);
    return made;
  }();
  return *instance;
}

}  // namespace

void set_log_level(LogLevel level) {
  constexpr spdlog::level::level_enum kLevels[] = {spdlog::level::err, spdlog::level::warn,
                                                   spdlog::level::info, spdlog::level::debug};
  logger().set_level(kLevels[static_cast<int>(level)]);
}

void log_text(LogLevel level, const std::string& text) {
  if (level == LogLevel::warning) return logger().warn("warning: {}", text);
  if (level == LogLevel::debug) return logger().debug(text);
  logger().info(text);
}

void show_status_line(std::string_view text) {
  terminal().show_status(text);
}

bool stderr_is_terminal() {
  return isatty(STDERR_FILENO) == 1;
}

}  // namespace skyglot
