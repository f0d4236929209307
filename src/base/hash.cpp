// SPDX-License-Identifier: Apache-2.0
#include "base/hash.hpp"

#include "base/error.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <vector>

namespace skyglot {

struct Sha256::State {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  expect(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1, "SHA-256 start");
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size());
}

std::string Sha256::finish() {
  std::array<unsigned char, 32> digest{};
  EVP_DigestFinal_ex(state_->context.get(), digest.data(), nullptr);
  std::string hex;
  for (const unsigned char byte : digest) hex += fmt::format("{:02x}", byte);
  return hex;
}

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

namespace {

std::ifstream opened(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(ErrorKind::io, "cannot read {}: {}", path.string(), errno_text(errno));
  return file;
}

[[noreturn]] void fail_reading(const std::filesystem::path& path) {
  fail(ErrorKind::io, "cannot read {}: it ended early, or its disk has a fault", path.string());
}

}  // namespace

std::string sha256_file(const std::filesystem::path& path) {
  std::ifstream file = opened(path);
  Sha256 hash;
  std::vector<char> buffer(1 << 20);
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    hash.update({buffer.data(), static_cast<std::size_t>(file.gcount())});
  }
  // What was read before a fault of the disk is not the file.
  if (file.bad()) fail_reading(path);
  return hash.finish();
}

std::string digest_of_ends(const std::filesystem::path& path) {
  constexpr std::uint64_t kEnds = 1 << 16;
  std::ifstream file = opened(path);
  std::error_code code;
  const std::uint64_t size = std::filesystem::file_size(path, code);
  if (code) fail(ErrorKind::io, "cannot read {}: {}", path.string(), code.message());
  std::string bytes(std::min(kEnds, size), '\0');
  Sha256 hash;
  for (const std::uint64_t begin : {std::uint64_t{0}, size - bytes.size()}) {
    file.seekg(static_cast<std::streamoff>(begin));
    if (!file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) fail_reading(path);
    hash.update(bytes);
  }
  return fmt::format("{} {}", size, hash.finish());
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) noexcept {
  std::uint64_t z = a + 0x9E3779B97F4A7C15ULL * (b + 1);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31);
}

std::uint64_t stable_hash(std::string_view bytes) noexcept {
  std::uint64_t hash = 0xCBF29CE484222325ULL;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
  return mix(hash, bytes.size());
}

}  // namespace skyglot
