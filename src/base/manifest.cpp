// SPDX-License-Identifier: Apache-2.0
#include "base/manifest.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/fail_point.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <unistd.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSumLength = 16;

std::string checksum(std::string_view line) {
  return fmt::format("{:016x}", stable_hash(line));
}

std::optional<nlohmann::json> parse_line(std::string_view line) {
  if (line.size() < kSumLength + 1 || line[kSumLength] != ' ') return std::nullopt;
  const std::string_view body = line.substr(kSumLength + 1);
  if (line.substr(0, kSumLength) != checksum(body)) return std::nullopt;
  return nlohmann::json::parse(body, nullptr, false);
}

bool write_all(int descriptor, std::string_view bytes) {
  return ::write(descriptor, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
}

// One write, so that lines never mix; a test may tear it in two.
bool write_line(int descriptor, std::string_view line) {
  if (!is_armed("mid_manifest")) return write_all(descriptor, line);
  const std::size_t half = line.size() / 2;
  return write_all(descriptor, line.substr(0, half)) && fail_point("mid_manifest") == 0 &&
         write_all(descriptor, line.substr(half));
}

struct Lines {
  std::vector<nlohmann::json> records;
  std::size_t whole_bytes = 0;
};

Lines parse_lines(const fs::path& path) {
  Lines result;
  if (!fs::exists(path)) return result;
  const std::string text = read_file(path);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string::npos) break;
    auto record = parse_line(std::string_view(text).substr(begin, end - begin));
    const bool last = end + 1 == text.size();
    if (!record && last) break;
    if (!record)
      fail(ErrorKind::format, "{}: damaged line at byte {}; remove the file to start over",
           path.string(), begin);
    result.records.push_back(std::move(*record));
    begin = result.whole_bytes = end + 1;
  }
  return result;
}

}  // namespace

Manifest::Manifest(fs::path path) : path_(std::move(path)), lock_(path_) {
  const std::size_t whole = parse_lines(path_).whole_bytes;
  if (fs::file_size(path_) != whole) fs::resize_file(path_, whole);
}

void Manifest::append(const nlohmann::json& record) {
  const std::string body = json_text(record);
  const std::string line = checksum(body) + " " + body + "\n";
  const int descriptor = open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  if (descriptor < 0) fail(ErrorKind::io, "cannot write {}: {}", path_.string(), errno_text(errno));
  const bool good = write_line(descriptor, line) && fsync(descriptor) == 0;
  const int code = good ? 0 : (errno != 0 ? errno : EIO);
  close(descriptor);
  if (code != 0) fail(ErrorKind::io, "cannot write {}: {}", path_.string(), errno_text(code));
}

std::vector<nlohmann::json> read_manifest(const fs::path& path) {
  return parse_lines(path).records;
}

}  // namespace skyglot
