// SPDX-License-Identifier: Apache-2.0
// The one HTTP client: bounded, patient with faults that pass, ended by Ctrl-C.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// How long faults that pass (no answer, a broken line, 408, 425, 429, 500 and 502 to 504) are
/// borne with.
struct HttpPatience {
  int tries = 4;
  double first_wait_s = 0.5;   ///< doubles with every try; never less than a server's Retry-After
  double longest_wait_s = 60;  ///< a server that asks for more is not waited for
};

struct HttpRequest {
  std::string url;     ///< http or https; redirects never leave the two, nor https once there
  std::string body{};  ///< not empty: sent by POST as JSON
  std::vector<std::string> headers{};  ///< "Name: value"
  std::uint64_t offset = 0;            ///< asks for the bytes from here on
  int timeout_s = 0;                   ///< of one try; 0: only a stall of a minute ends it
  bool packed = false;                 ///< the server may compress what it sends
  HttpPatience patience{};
};

/// What a server says before the first byte; its status is 200 or 206.
struct HttpAnswer {
  long status = 0;
  std::optional<std::uint64_t> bytes;  ///< that follow, if announced
  std::string content_type;
  std::string content_range;
  std::string etag;
};

/// Takes an answer as it comes. What its functions throw ends the transfer and is thrown on.
class HttpReceiver {
 public:
  HttpReceiver() = default;
  HttpReceiver(const HttpReceiver&) = delete;
  HttpReceiver& operator=(const HttpReceiver&) = delete;
  virtual ~HttpReceiver() = default;
  /// Once, before any byte, also where there are none.
  virtual void begin(const HttpAnswer& answer) = 0;
  virtual void take(std::string_view bytes) = 0;
};

struct HttpFailure {
  std::string text;  ///< "the server answered 404"
  long status = 0;   ///< 0: not an answer that failed, but the line
  bool passing = false;
  double wait_s = 0;  ///< what the server asks to wait
  /// Set by an attempt that keeps what it got: patience begins anew.
  bool advanced = false;
};

/// One try. Throws Interrupted, and what the receiver throws.
[[nodiscard]] std::optional<HttpFailure> exchange_http(const HttpRequest& request,
                                                       HttpReceiver& receiver);

/// Calls `attempt` again while it fails by a fault that passes and patience lasts; the last
/// failure, if it came to that. Throws Interrupted.
[[nodiscard]] std::optional<HttpFailure> try_patiently(
    const HttpPatience& patience, const std::function<std::optional<HttpFailure>()>& attempt);

/// "; ..." with what to do about a failure; may be "".
[[nodiscard]] const char* remedy_of(const HttpFailure& failure);

/// The whole answer. Throws Error(io) naming address and cause, Error(resource) for more than
/// `max_bytes`.
[[nodiscard]] std::string fetch_http(const HttpRequest& request, std::size_t max_bytes);

}  // namespace skyglot
