// SPDX-License-Identifier: Apache-2.0
#include "weights/fetch.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/file_lock.hpp"
#include "base/hash.hpp"
#include "base/progress.hpp"
#include "base/strings.hpp"

#include <fstream>
#include <memory>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr long kPartial = 206;
constexpr long kRangeRefused = 416;
constexpr std::uint64_t kLongest = std::uint64_t{64} << 30;  // of a file whose size nobody says
constexpr std::uint64_t kUnit = 1 << 20;                     // progress counts MiB

fs::path with_suffix(const fs::path& path, const char* suffix) {
  return fs::path(path.string() + suffix);
}

std::uint64_t size_or_zero(const fs::path& path) {
  std::error_code code;
  const std::uintmax_t size = fs::file_size(path, code);
  return code ? 0 : size;
}

// Takes the file from `offset` on; it grows as bytes come.
class PartReceiver : public HttpReceiver {
 public:
  PartReceiver(const FetchRequest& request, std::uint64_t offset)
      : request_(request), part_(with_suffix(request.target, ".part")), offset_(offset) {}

  void begin(const HttpAnswer& answer) override;
  void take(std::string_view bytes) override;
  /// Everything is on the disk; throws Error(resource) where it is not.
  void finish();

  /// Where the bytes that were sent begin: 0 where the server sent the whole.
  [[nodiscard]] std::uint64_t began_at() const { return offset_; }
  [[nodiscard]] std::uint64_t received() const { return received_; }

 private:
  void check_kind(const HttpAnswer& answer) const;
  void check_partial(const HttpAnswer& answer) const;
  void demand_room(std::size_t more) const;
  void demand_written() const;

  const FetchRequest& request_;
  fs::path part_;
  std::uint64_t offset_;
  std::uint64_t received_ = 0;
  std::ofstream file_;
  std::unique_ptr<Progress> progress_;
};

void PartReceiver::check_kind(const HttpAnswer& answer) const {
  if (to_lower(answer.content_type).starts_with("text/html"))
    fail(ErrorKind::io,
         "cannot fetch {}: the server sent a web page instead of the file (a consent or an error "
         "page); open the address in a browser",
         request_.url);
}

void PartReceiver::check_partial(const HttpAnswer& answer) const {
  if (!answer.content_range.starts_with(fmt::format("bytes {}-", offset_)))
    fail(ErrorKind::io,
         "cannot fetch {}: asked for the bytes from {} on, the server sent \"{}\"; remove {} and "
         "try again",
         request_.url, offset_, answer.content_range, part_.string());
}

// Before the first byte is kept: is this the file, and if it is only the rest, does it fit?
void PartReceiver::begin(const HttpAnswer& answer) {
  check_kind(answer);
  if (answer.status == kPartial)
    check_partial(answer);
  else
    offset_ = 0;
  const std::uint64_t total = answer.bytes ? offset_ + *answer.bytes : 0;
  if (request_.bytes && answer.bytes && total != *request_.bytes)
    fail(ErrorKind::format, "cannot fetch {}: it measures {} bytes where the catalogue says {}",
         request_.url, total, *request_.bytes);
  if (!answer.etag.empty() && !answer.etag.starts_with("W/"))
    write_file_atomically(with_suffix(part_, ".etag"), answer.etag);
  file_.open(part_, std::ios::binary | (offset_ > 0 ? std::ios::app : std::ios::trunc));
  progress_ = std::make_unique<Progress>("MiB", total / kUnit);
}

// A server may send more than it announced, or without end.
void PartReceiver::demand_room(std::size_t more) const {
  const std::uint64_t limit = request_.bytes.value_or(kLongest);
  if (offset_ + received_ + more > limit)
    fail(ErrorKind::format,
         "cannot fetch {}: the server sends more than the {} bytes {}; remove {}", request_.url,
         limit, request_.bytes ? "that the catalogue says" : "of any known model", part_.string());
}

void PartReceiver::demand_written() const {
  if (!file_)
    fail(ErrorKind::resource, "cannot write {}: {}; free some space and run the same command again",
         part_.string(), errno_text(errno));
}

void PartReceiver::finish() {
  file_.close();
  demand_written();
}

void PartReceiver::take(std::string_view bytes) {
  demand_room(bytes.size());
  file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  demand_written();
  const std::uint64_t before = received_ / kUnit;
  received_ += bytes.size();
  progress_->advance(received_ / kUnit - before);
}

// A server that changed the file since sends all of it.
std::vector<std::string> conditions(const fs::path& part, std::uint64_t offset) {
  const fs::path etag = with_suffix(part, ".etag");
  if (offset == 0 || !fs::exists(etag)) return {};
  return {"If-Range: " + read_file(etag, 4096)};
}

// One try from where the part ends; `began_at` becomes where the bytes of this run begin.
std::optional<HttpFailure> fetch_rest(const FetchRequest& request, const fs::path& part,
                                      std::optional<std::uint64_t>& began_at) {
  const std::uint64_t offset = size_or_zero(part);
  PartReceiver receiver(request, offset);
  auto failure = exchange_http(
      {.url = request.url, .headers = conditions(part, offset), .offset = offset}, receiver);
  if (failure && failure->status == kRangeRefused && offset > 0) {
    fs::resize_file(part, 0);
    return fetch_rest(request, part, began_at);
  }
  if (!began_at || receiver.began_at() == 0) began_at = receiver.began_at();
  if (failure)
    failure->advanced = receiver.received() >= kUnit;
  else
    receiver.finish();
  return failure;
}

// Where the bytes that came in this run begin.
std::uint64_t fetch_part(const FetchRequest& request, const fs::path& part) {
  std::optional<std::uint64_t> began_at;
  const auto failure =
      try_patiently(request.patience, [&] { return fetch_rest(request, part, began_at); });
  if (failure)
    fail(ErrorKind::io, "cannot fetch {}: {}{}{}", request.url, failure->text, remedy_of(*failure),
         failure->passing ? ", it goes on where it stopped" : "");
  return began_at.value_or(0);
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
  if (!whole) result.resumed_at = fetch_part(request, part);
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
