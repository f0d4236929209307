// SPDX-License-Identifier: Apache-2.0
// Half-precision numbers as embeddings are stored.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace skyglot {

/// IEEE 754 binary16, rounded to nearest even; too large becomes infinite.
[[nodiscard]] std::uint16_t to_half(float value) noexcept;

/// Little-endian bytes of all values.
[[nodiscard]] std::string half_bytes(std::span<const float> values);

}  // namespace skyglot
