// SPDX-License-Identifier: Apache-2.0
// libFuzzer: any bytes as a tar are an Error or an index whose every picture can be read, or says
// why not. Read by places and read member by member, a tar holds the same.
#include "base/error.hpp"
#include "pictures/shard.hpp"
#include "pictures/source.hpp"
#include "pictures/tar_index.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

void demand(bool condition) {
  if (!condition) __builtin_trap();
}

void read_members(const fs::path& path) {
  const skyglot::TarIndex index(path);
  const skyglot::TarFile file(path);
  auto member = index.members().begin();
  skyglot::read_shard(path, [&](const std::string& name, std::string_view bytes) {
    demand(member != index.members().end() && member->name == name);
    demand(file.read(*member) == bytes);
    ++member;
    return true;
  });
  demand(member == index.members().end());
}

void read_pictures(const fs::path& path) {
  const auto index = skyglot::index_pictures({path});
  for (std::uint64_t i = 0; i < index->size(); ++i) {
    const skyglot::SourcePicture picture = index->read(i);
    demand(picture.bytes.empty() != picture.problem.empty() && picture.id == index->id(i));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fs::path path =
      fs::temp_directory_path() / ("fuzz-" + std::to_string(getpid()) + ".tar");
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  try {
    read_members(path);
    read_pictures(path);
  } catch (const skyglot::Error&) {
  }
  return 0;
}
