// SPDX-License-Identifier: Apache-2.0
// The one exception type: what went wrong, of which kind, and what to try.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace skyglot {

/// What kind of failure an Error is; decides the exit code and the advice.
enum class ErrorKind {
  usage,     ///< the command line or a recipe asks for something impossible
  input,     ///< a file or value given by the user is wrong or missing
  format,    ///< bytes do not follow the format they claim
  io,        ///< the operating system refused to read or write
  resource,  ///< not enough memory, disk or time
  internal,  ///< a mistake of ours
};

/// Ends the operation. The message says what was being done, to what, why it failed, what to try.
class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  [[nodiscard]] ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

/// Thrown where work stops because the user pressed Ctrl-C (or a SIGTERM came): resumable.
class Interrupted : public std::runtime_error {
 public:
  Interrupted() : std::runtime_error("interrupted") {}
};

/// "usage", "input", ...
[[nodiscard]] const char* to_string(ErrorKind kind) noexcept;

/// Throws an Error with an {fmt} message.
template <typename... Args>
[[noreturn]] void fail(ErrorKind kind, fmt::format_string<Args...> text, Args&&... args) {
  throw Error(kind, fmt::format(text, std::forward<Args>(args)...));
}

/// Text of an errno value, thread-safe.
[[nodiscard]] std::string errno_text(int code);

[[noreturn]] void fail_internally(const char* what);
/// Throws unless `condition`: for our own mistakes only, never for input.
inline void expect(bool condition, const char* what) {
  if (!condition) fail_internally(what);
}

}  // namespace skyglot
