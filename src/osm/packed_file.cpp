// SPDX-License-Identifier: Apache-2.0
#include "osm/packed_file.hpp"

#include "base/error.hpp"

#include <array>
#include <bzlib.h>
#include <cerrno>
#include <cstdio>
#include <stdexcept>
#include <zlib.h>

namespace skyglot {
namespace {

[[noreturn]] void fail_open(const std::filesystem::path& path) {
  fail(ErrorKind::io, "cannot read {}: {}", path.string(), errno_text(errno));
}

// zlib reads plain files through the same calls.
class GzipFile : public PackedFile {
 public:
  explicit GzipFile(const std::filesystem::path& path) : file_(gzopen(path.c_str(), "rbe")) {
    if (file_ == nullptr) fail_open(path);
    gzbuffer(file_, 1U << 17);
  }
  ~GzipFile() override { gzclose_r(file_); }
  GzipFile(const GzipFile&) = delete;
  GzipFile& operator=(const GzipFile&) = delete;

  std::size_t read(std::span<char> room) override {
    const int count = gzread(file_, room.data(), static_cast<unsigned>(room.size()));
    int code = Z_OK;
    const char* message = gzerror(file_, &code);
    if (count < 0 || code == Z_BUF_ERROR)
      throw std::runtime_error(code == Z_BUF_ERROR ? "gzip: the file ends too early" : message);
    return static_cast<std::size_t>(count);
  }
  std::uint64_t offset() const override { return static_cast<std::uint64_t>(gzoffset(file_)); }

 private:
  gzFile file_;
};

class Bzip2File : public PackedFile {
 public:
  explicit Bzip2File(const std::filesystem::path& path) : file_(std::fopen(path.c_str(), "rbe")) {
    if (file_ == nullptr) fail_open(path);
  }
  ~Bzip2File() override {
    if (in_stream_) BZ2_bzDecompressEnd(&stream_);
    std::fclose(file_);
  }
  Bzip2File(const Bzip2File&) = delete;
  Bzip2File& operator=(const Bzip2File&) = delete;

  std::size_t read(std::span<char> room) override {
    stream_.next_out = room.data();
    stream_.avail_out = static_cast<unsigned>(room.size());
    while (stream_.avail_out > 0 && (stream_.avail_in > 0 || refill())) unpack();
    return room.size() - stream_.avail_out;
  }
  std::uint64_t offset() const override { return bytes_read_ - stream_.avail_in; }

 private:
  // False at the end of the file, which must be the end of a stream.
  bool refill() {
    stream_.next_in = packed_.data();
    stream_.avail_in = static_cast<unsigned>(std::fread(packed_.data(), 1, packed_.size(), file_));
    bytes_read_ += stream_.avail_in;
    if (std::ferror(file_) != 0) throw std::runtime_error("bzip2: " + errno_text(errno));
    if (stream_.avail_in == 0 && in_stream_)
      throw std::runtime_error("bzip2: the file ends too early");
    return stream_.avail_in > 0;
  }
  void unpack() {
    if (!in_stream_ && BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) throw std::bad_alloc();
    in_stream_ = true;
    const int code = BZ2_bzDecompress(&stream_);
    if (code == BZ_MEM_ERROR) throw std::bad_alloc();
    if (code != BZ_OK && code != BZ_STREAM_END) throw std::runtime_error("bzip2: damaged data");
    if (code == BZ_STREAM_END) {
      BZ2_bzDecompressEnd(&stream_);
      in_stream_ = false;
    }
  }

  std::FILE* file_;
  std::array<char, std::size_t{1} << 17> packed_;
  bz_stream stream_{};
  bool in_stream_ = false;
  std::uint64_t bytes_read_ = 0;
};

}  // namespace

std::unique_ptr<PackedFile> PackedFile::open(const std::filesystem::path& path) {
  if (path.extension() == ".bz2") return std::make_unique<Bzip2File>(path);
  return std::make_unique<GzipFile>(path);
}

}  // namespace skyglot
