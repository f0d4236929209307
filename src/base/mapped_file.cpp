// SPDX-License-Identifier: Apache-2.0
#include "base/mapped_file.hpp"

#include "base/error.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace skyglot {
namespace {

[[noreturn]] void fail_reading(const std::filesystem::path& path, const std::string& why) {
  fail(ErrorKind::io, "cannot read {}: {}", path.string(), why);
}

class Descriptor {
 public:
  explicit Descriptor(const std::filesystem::path& path)
      : number_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (number_ < 0) fail_reading(path, errno_text(errno));
  }
  ~Descriptor() { close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  int number_;
};

std::size_t regular_size(const Descriptor& file, const std::filesystem::path& path) {
  struct stat facts {};
  if (fstat(file.number(), &facts) != 0) fail_reading(path, errno_text(errno));
  if (S_ISDIR(facts.st_mode)) fail_reading(path, "it is a folder");
  if (!S_ISREG(facts.st_mode)) fail_reading(path, "it is no regular file");
  return static_cast<std::size_t>(facts.st_size);
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path) {
  const Descriptor file(path);
  const std::size_t size = regular_size(file, path);
  if (size == 0) return;
  void* start = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (start == MAP_FAILED) fail_reading(path, errno_text(errno));
  bytes_ = {static_cast<const std::byte*>(start), size};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

}  // namespace skyglot
