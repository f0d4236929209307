// SPDX-License-Identifier: Apache-2.0
#include "base/fail_point.hpp"

#include "base/numbers.hpp"
#include "base/strings.hpp"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <string>

namespace skyglot {
namespace {

struct ArmedPoint {
  std::string name;
  std::int64_t passage = 1;
  int error = 0;  // 0 kills
};

ArmedPoint read_environment() {
  const char* text = std::getenv("SKYGLOT_FAIL_POINT");
  if (text == nullptr) return {};
  const auto parts = split(text, ':');
  ArmedPoint point{.name = std::string(parts[0])};
  if (parts.size() > 1) point.passage = parse_int(parts[1]).value_or(1);
  if (parts.size() > 2 && parts[2] == "enospc") point.error = ENOSPC;
  if (parts.size() > 2 && parts[2] == "eio") point.error = EIO;
  return point;
}

const ArmedPoint& armed_point() {
  static const ArmedPoint armed = read_environment();
  return armed;
}

}  // namespace

bool is_armed(std::string_view name) {
  return !armed_point().name.empty() && armed_point().name == name;
}

int fail_point(std::string_view name) {
  const ArmedPoint& armed = armed_point();
  static std::atomic<std::int64_t> passages{0};
  if (!is_armed(name)) return 0;
  if (++passages != armed.passage) return 0;
  if (armed.error == 0) std::raise(SIGKILL);
  return armed.error;
}

}  // namespace skyglot
