// SPDX-License-Identifier: Apache-2.0
// Small copies of pictures.
#pragma once

#include "pictures/picture.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace skyglot {

/// `picture` made smaller so that neither side is longer than `side`; every target pixel is the
/// mean of the area it covers. A picture that fits stays as it is.
[[nodiscard]] Picture shrunk_to(const Picture& picture, int side);

/// `size` bytes from `offset` on. Throws Error(input) if the file is missing, Error(format) if it
/// ends before, Error(resource) past 64 MiB.
[[nodiscard]] std::string read_range(const std::filesystem::path& path, std::uint64_t offset,
                                     std::uint64_t size);

}  // namespace skyglot
