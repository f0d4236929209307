// SPDX-License-Identifier: Apache-2.0
#include "weights/fetch.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/file_lock.hpp"
#include "base/hash.hpp"
#include "base/interrupt.hpp"
#include "base/numbers.hpp"
#include "base/progress.hpp"
#include "base/strings.hpp"

#include <curl/curl.h>

#include <exception>
#include <fstream>
#include <memory>
#include <string_view>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr long kOk = 200;
constexpr long kPartial = 206;
constexpr long kRangeRefused = 416;
constexpr long kRedirects = 8;
constexpr long kConnectSeconds = 30;
constexpr long kStallSeconds = 60;
constexpr std::uint64_t kLongest = std::uint64_t{64} << 30;  // of a file whose size nobody says
constexpr std::uint64_t kUnit = 1 << 20;                     // progress counts MiB

using Curl = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using HeaderList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

Curl make_curl() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
  Curl curl(ready == CURLE_OK ? curl_easy_init() : nullptr, &curl_easy_cleanup);
  if (!curl) fail(ErrorKind::resource, "cannot start libcurl");
  return curl;
}

std::string header_of(CURL* curl, const char* name) {
  curl_header* header = nullptr;
  if (curl_easy_header(curl, name, 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return "";
  return header->value;
}

long status_of(CURL* curl) {
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

const char* advice(long status) {
  if (status == 404 || status == 410) return "; it is not there any more, look for another source";
  if (status == 401 || status == 403)
    return "; the source wants a login or consent, fetch it with a browser";
  if (status == 429 || status >= 500)
    return "; run the same command again later, it goes on where it stopped";
  return "";
}

fs::path with_suffix(const fs::path& path, const char* suffix) {
  return fs::path(path.string() + suffix);
}

std::uint64_t size_or_zero(const fs::path& path) {
  std::error_code code;
  const std::uintmax_t size = fs::file_size(path, code);
  return code ? 0 : size;
}

// One request from `offset` on; the file grows as bytes come.
class Transfer {
 public:
  Transfer(const FetchRequest& request, std::uint64_t offset)
      : request_(request),
        part_(with_suffix(request.target, ".part")),
        offset_(offset),
        curl_(make_curl()) {}

  /// False if the server refused the range, so that the caller begins anew.
  bool run();
  /// Where the bytes that were sent begin: 0 where the server sent the whole.
  [[nodiscard]] std::uint64_t began_at() const { return offset_; }

 private:
  void set_options(const HeaderList& headers);
  void check_answer();
  void check_partial() const;
  void write(std::string_view bytes);
  void demand_room(std::size_t more) const;
  void check_end(CURLcode code);
  [[nodiscard]] HeaderList conditions() const;
  static std::size_t on_bytes(char* bytes, std::size_t size, std::size_t count, void* self);
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  const FetchRequest& request_;
  fs::path part_;
  std::uint64_t offset_;
  std::uint64_t received_ = 0;
  Curl curl_;
  std::ofstream file_;
  std::unique_ptr<Progress> progress_;
  std::exception_ptr failure_;
};

std::size_t Transfer::on_bytes(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  try {
    transfer.write({bytes, size * count});
    return size * count;
  } catch (...) {
    transfer.failure_ = std::current_exception();
    return 0;
  }
}

int Transfer::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  try {
    check_interrupt();
    return 0;
  } catch (...) {
    static_cast<Transfer*>(self)->failure_ = std::current_exception();
    return 1;
  }
}

// A server that changed the file since sends all of it.
HeaderList Transfer::conditions() const {
  const fs::path etag = with_suffix(part_, ".etag");
  HeaderList headers(nullptr, &curl_slist_free_all);
  if (offset_ == 0 || !fs::exists(etag)) return headers;
  headers.reset(curl_slist_append(nullptr, ("If-Range: " + read_file(etag, 4096)).c_str()));
  return headers;
}

void Transfer::set_options(const HeaderList& headers) {
  CURL* curl = curl_.get();
  const bool secure = to_lower(request_.url).starts_with("https:");
  curl_easy_setopt(curl, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, kRedirects);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kStallSeconds);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "skyglot");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  // Not CURLOPT_RESUME_FROM: that gives up where a server sends the whole of a file that has
  // changed.
  if (offset_ > 0) curl_easy_setopt(curl, CURLOPT_RANGE, fmt::format("{}-", offset_).c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Transfer::on_bytes);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, this);
}

bool Transfer::run() {
  const HeaderList headers = conditions();
  set_options(headers);
  const CURLcode code = curl_easy_perform(curl_.get());
  if (status_of(curl_.get()) == kRangeRefused && offset_ > 0) return false;
  check_end(code);
  return true;
}

void Transfer::check_partial() const {
  const std::string range = header_of(curl_.get(), "Content-Range");
  if (!range.starts_with(fmt::format("bytes {}-", offset_)))
    fail(ErrorKind::io,
         "cannot fetch {}: asked for the bytes from {} on, the server sent \"{}\"; remove {} and "
         "try again",
         request_.url, offset_, range, part_.string());
}

// Before the first byte is kept: is this the file, and if it is only the rest, does it fit?
void Transfer::check_answer() {
  CURL* curl = curl_.get();
  const long status = status_of(curl);
  if (status != kOk && status != kPartial)
    fail(ErrorKind::io, "cannot fetch {}: the server answered {}{}", request_.url, status,
         advice(status));
  if (to_lower(header_of(curl, "Content-Type")).starts_with("text/html"))
    fail(ErrorKind::io,
         "cannot fetch {}: the server sent a web page instead of the file (a consent or an error "
         "page); "
         "open the address in a browser",
         request_.url);
  if (status == kPartial) check_partial();
  if (status == kOk) offset_ = 0;
  curl_off_t length = -1;
  curl_easy_getinfo(curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
  const std::uint64_t total = length < 0 ? 0 : offset_ + static_cast<std::uint64_t>(length);
  if (request_.bytes && length >= 0 && total != *request_.bytes)
    fail(ErrorKind::format, "cannot fetch {}: it measures {} bytes where the catalogue says {}",
         request_.url, total, *request_.bytes);
  const std::string etag = header_of(curl, "ETag");
  if (!etag.empty() && !etag.starts_with("W/"))
    write_file_atomically(with_suffix(part_, ".etag"), etag);
  file_.open(part_, std::ios::binary | (offset_ > 0 ? std::ios::app : std::ios::trunc));
  progress_ = std::make_unique<Progress>("MiB", total / kUnit);
}

// A server may send more than it announced, or without end.
void Transfer::demand_room(std::size_t more) const {
  const std::uint64_t limit = request_.bytes.value_or(kLongest);
  if (offset_ + received_ + more > limit)
    fail(ErrorKind::format,
         "cannot fetch {}: the server sends more than the {} bytes {}; remove {}", request_.url,
         limit, request_.bytes ? "that the catalogue says" : "of any known model", part_.string());
}

void Transfer::write(std::string_view bytes) {
  if (!file_.is_open()) check_answer();
  demand_room(bytes.size());
  file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file_)
    fail(ErrorKind::resource, "cannot write {}: {}; free some space and run the same command again",
         part_.string(), errno_text(errno));
  const std::uint64_t before = received_ / kUnit;
  received_ += bytes.size();
  progress_->advance(received_ / kUnit - before);
}

void Transfer::check_end(CURLcode code) {
  if (failure_) std::rethrow_exception(failure_);
  if (code == CURLE_OK && !file_.is_open()) check_answer();  // an empty body
  file_.close();
  if (code == CURLE_UNSUPPORTED_PROTOCOL)
    fail(ErrorKind::io, "cannot fetch {}: it leads to an address that is not {}", request_.url,
         to_lower(request_.url).starts_with("https:") ? "https" : "http or https");
  if (code != CURLE_OK)
    fail(ErrorKind::io,
         "cannot fetch {}: {}; run the same command again, it goes on where it stopped",
         request_.url, curl_easy_strerror(code));
}

void check_file(const FetchRequest& request, const fs::path& part, const FetchResult& result) {
  const bool sound = (!request.bytes || *request.bytes == result.bytes) &&
                     (request.sha256.empty() || request.sha256 == result.sha256);
  if (sound && result.bytes > 0) return;
  fs::remove(part);
  fs::remove(with_suffix(part, ".etag"));
  if (result.bytes == 0)
    fail(ErrorKind::io, "cannot fetch {}: the server sent nothing", request.url);
  fail(ErrorKind::format,
       "{}: what was fetched has {} bytes and SHA-256 {}, not the {} of the catalogue; it was "
       "removed, fetch it again or "
       "report that the source has changed",
       request.url, result.bytes, result.sha256,
       request.sha256.empty() ? std::to_string(*request.bytes) : request.sha256);
}

}  // namespace

FetchResult fetch_file(const FetchRequest& request) {
  const fs::path part = with_suffix(request.target, ".part");
  make_folder(fs::absolute(request.target).parent_path());
  const FileLock lock(part);
  FetchResult result;
  // Without a hash or the server's own mark nothing would tell that the rest is of another version.
  if (request.sha256.empty() && !request.bytes && !fs::exists(with_suffix(part, ".etag")))
    fs::remove(part);
  result.resumed_at = size_or_zero(part);
  const bool whole = request.bytes && result.resumed_at == *request.bytes;
  if (!whole) {
    Transfer rest(request, result.resumed_at);
    if (rest.run()) {
      result.resumed_at = rest.began_at();
    } else {
      fs::resize_file(part, 0);
      result.resumed_at = 0;
      (void)Transfer(request, 0).run();
    }
  }
  result.bytes = size_or_zero(part);
  result.sha256 = sha256_file(part);
  check_file(request, part, result);
  PendingPath pending(request.target);
  fs::rename(part, pending.path());
  pending.commit();
  fs::remove(with_suffix(part, ".etag"));
  return result;
}

}  // namespace skyglot
