// SPDX-License-Identifier: Apache-2.0
#include "base/http.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "base/strings.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <thread>

namespace skyglot {
namespace {

constexpr long kOk = 200;
constexpr long kPartial = 206;
constexpr long kRedirects = 8;
constexpr long kConnectSeconds = 30;
constexpr long kStallSeconds = 60;

using Curl = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using HeaderList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

Curl make_curl() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  Curl curl(ready == CURLE_OK ? curl_easy_init() : nullptr, &curl_easy_cleanup);
  if (!curl) fail(ErrorKind::resource, "cannot start libcurl");
  return curl;
}

HeaderList header_list(const HttpRequest& request) {
  HeaderList list(nullptr, &curl_slist_free_all);
  const auto add = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) fail(ErrorKind::resource, "no memory for the headers of a request");
    (void)list.release();
    list.reset(longer);
  };
  for (const std::string& line : request.headers) add(line);
  if (!request.body.empty()) add("Content-Type: application/json");
  return list;
}

bool is_secure(const std::string& url) {
  return to_lower(url).starts_with("https:");
}

bool is_passing(long status) {
  constexpr std::array kPassing{408L, 425L, 429L, 500L, 502L, 503L, 504L};
  return std::ranges::count(kPassing, status) > 0;
}

bool is_passing(CURLcode code) {
  constexpr std::array kPassing{CURLE_COULDNT_RESOLVE_PROXY,
                                CURLE_COULDNT_RESOLVE_HOST,
                                CURLE_COULDNT_CONNECT,
                                CURLE_PARTIAL_FILE,
                                CURLE_OPERATION_TIMEDOUT,
                                CURLE_SSL_CONNECT_ERROR,
                                CURLE_GOT_NOTHING,
                                CURLE_SEND_ERROR,
                                CURLE_RECV_ERROR,
                                CURLE_HTTP2,
                                CURLE_HTTP2_STREAM};
  return std::ranges::count(kPassing, code) > 0;
}

// One request and its answer.
class Exchange {
 public:
  Exchange(const HttpRequest& request, HttpReceiver& receiver)
      : request_(request), receiver_(receiver), curl_(make_curl()), headers_(header_list(request)) {
    set_limits();
    set_request();
    set_callbacks();
  }

  std::optional<HttpFailure> run() {
    const CURLcode code = curl_easy_perform(curl_.get());
    if (thrown_) std::rethrow_exception(thrown_);
    if (const long answered = status(); answered != 0 && !is_sound(answered) && code_is_ours(code))
      return HttpFailure{.text = fmt::format("the server answered {}", answered),
                         .status = answered,
                         .passing = is_passing(answered),
                         .wait_s = wished_wait_s()};
    if (code != CURLE_OK) return HttpFailure{.text = text_of(code), .passing = is_passing(code)};
    if (!begun_) receiver_.begin(answer());
    return std::nullopt;
  }

 private:
  static bool is_sound(long status) { return status == kOk || status == kPartial; }
  // An answer that is not taken ends as a failed write.
  static bool code_is_ours(CURLcode code) { return code == CURLE_OK || code == CURLE_WRITE_ERROR; }

  template <typename Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(curl_.get(), option, value);
  }

  void set_limits() {
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_REDIR_PROTOCOLS_STR, is_secure(request_.url) ? "https" : "http,https");
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, kRedirects);
    set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, kStallSeconds);
    set(CURLOPT_TIMEOUT, static_cast<long>(request_.timeout_s));
    set(CURLOPT_NOSIGNAL, 1L);
  }

  void set_request() {
    set(CURLOPT_URL, request_.url.c_str());
    set(CURLOPT_USERAGENT, "skyglot");
    set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_OPTIONAL));
    set(CURLOPT_HTTPHEADER, headers_.get());
    // Not CURLOPT_RESUME_FROM: that gives up where a server sends the whole of a file that has
    // changed.
    if (request_.offset > 0) set(CURLOPT_RANGE, fmt::format("{}-", request_.offset).c_str());
    if (request_.packed) set(CURLOPT_ACCEPT_ENCODING, "");
    if (request_.body.empty()) return;
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    set(CURLOPT_POSTFIELDS, request_.body.c_str());
    set(CURLOPT_POSTREDIR, static_cast<long>(CURL_REDIR_POST_ALL));
  }

  void set_callbacks() {
    set(CURLOPT_WRITEFUNCTION, &Exchange::on_bytes);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Exchange::on_progress);
    set(CURLOPT_XFERINFODATA, this);
  }

  static std::size_t on_bytes(char* bytes, std::size_t size, std::size_t count, void* self) {
    auto& exchange = *static_cast<Exchange*>(self);
    try {
      return exchange.take({bytes, size * count}) ? size * count : 0;
    } catch (...) {
      exchange.thrown_ = std::current_exception();
      return 0;
    }
  }

  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    try {
      check_interrupt();
      return 0;
    } catch (...) {
      static_cast<Exchange*>(self)->thrown_ = std::current_exception();
      return 1;
    }
  }

  bool take(std::string_view bytes) {
    if (!is_sound(status())) return false;
    if (!begun_) receiver_.begin(answer());
    begun_ = true;
    receiver_.take(bytes);
    return true;
  }

  [[nodiscard]] long status() const {
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    return status;
  }

  [[nodiscard]] double wished_wait_s() const {
    curl_off_t seconds = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RETRY_AFTER, &seconds);
    return static_cast<double>(seconds);
  }

  [[nodiscard]] std::string header(const char* name) const {
    curl_header* found = nullptr;
    return curl_easy_header(curl_.get(), name, 0, CURLH_HEADER, -1, &found) == CURLHE_OK
               ? found->value
               : "";
  }

  [[nodiscard]] HttpAnswer answer() const {
    HttpAnswer answer{.status = status(),
                      .bytes = {},
                      .content_type = header("Content-Type"),
                      .content_range = header("Content-Range"),
                      .etag = header("ETag")};
    curl_off_t length = -1;
    curl_easy_getinfo(curl_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    if (length >= 0) answer.bytes = static_cast<std::uint64_t>(length);
    return answer;
  }

  [[nodiscard]] std::string text_of(CURLcode code) const {
    if (code == CURLE_UNSUPPORTED_PROTOCOL)
      return std::string("it leads to an address that is not ") +
             (is_secure(request_.url) ? "https" : "http or https");
    return curl_easy_strerror(code);
  }

  const HttpRequest& request_;
  HttpReceiver& receiver_;
  Curl curl_;
  HeaderList headers_;
  bool begun_ = false;
  std::exception_ptr thrown_;
};

void wait(double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  while (Clock::now() < end) {
    check_interrupt();
    constexpr std::chrono::duration<double> kLook(0.05);
    std::this_thread::sleep_for(std::min<std::chrono::duration<double>>(kLook, end - Clock::now()));
  }
}

// The whole answer as text, up to a limit.
class TextReceiver : public HttpReceiver {
 public:
  TextReceiver(const std::string& url, std::size_t max_bytes) : url_(url), max_bytes_(max_bytes) {}

  void begin(const HttpAnswer&) override { text_.clear(); }
  void take(std::string_view bytes) override {
    if (bytes.size() > max_bytes_ - text_.size())
      fail(ErrorKind::resource, "{} answered with more than {} bytes, which is more than allowed",
           url_, max_bytes_);
    text_ += bytes;
  }
  [[nodiscard]] std::string text() { return std::move(text_); }

 private:
  const std::string& url_;
  std::size_t max_bytes_;
  std::string text_;
};

}  // namespace

std::optional<HttpFailure> exchange_http(const HttpRequest& request, HttpReceiver& receiver) {
  check_interrupt();
  return Exchange(request, receiver).run();
}

std::optional<HttpFailure> try_patiently(
    const HttpPatience& patience, const std::function<std::optional<HttpFailure>()>& attempt) {
  double pause_s = patience.first_wait_s;
  for (int left = patience.tries;;) {
    const auto failure = attempt();
    if (!failure || !failure->passing) return failure;
    if (failure->advanced) {
      left = patience.tries;
      pause_s = patience.first_wait_s;
    }
    const double wait_s = std::max(std::min(pause_s, patience.longest_wait_s), failure->wait_s);
    if (--left <= 0 || wait_s > patience.longest_wait_s) return failure;
    log_info("{}; trying again in {:.1f} s", failure->text, wait_s);
    wait(wait_s);
    pause_s *= 2;
  }
}

const char* remedy_of(const HttpFailure& failure) {
  if (failure.status == 404 || failure.status == 410)
    return "; it is not there any more, look for another source";
  if (failure.status == 401 || failure.status == 403)
    return "; the source wants a login or consent";
  return failure.passing ? "; run the same command again later" : "";
}

std::string fetch_http(const HttpRequest& request, std::size_t max_bytes) {
  TextReceiver receiver(request.url, max_bytes);
  HttpRequest packed = request;
  packed.packed = true;
  const auto failure =
      try_patiently(request.patience, [&] { return exchange_http(packed, receiver); });
  if (failure)
    fail(ErrorKind::io, "cannot fetch {}: {}{}", request.url, failure->text, remedy_of(*failure));
  return receiver.text();
}

}  // namespace skyglot
