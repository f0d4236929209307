// SPDX-License-Identifier: Apache-2.0
#include "base/file_digest.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>

namespace skyglot {

std::string digest_of_ends(const std::filesystem::path& path) {
  constexpr std::uint64_t kEnds = 1 << 16;
  std::error_code code;
  const std::uint64_t size = std::filesystem::file_size(path, code);
  if (code) fail(ErrorKind::io, "cannot read {}: {}", path.string(), code.message());
  std::ifstream file(path, std::ios::binary);
  std::string bytes(std::min(kEnds, size), '\0');
  Sha256 hash;
  for (const std::uint64_t begin : {std::uint64_t{0}, size - bytes.size()}) {
    file.seekg(static_cast<std::streamoff>(begin));
    if (!file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())))
      fail(ErrorKind::io, "cannot read {}: it ended early, or its disk has a fault", path.string());
    hash.update(bytes);
  }
  return fmt::format("{} {}", size, hash.finish());
}

}  // namespace skyglot
