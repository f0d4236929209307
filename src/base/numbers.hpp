// SPDX-License-Identifier: Apache-2.0
// Locale-free parsing and printing of numbers, and arithmetic on sizes nobody vouches for.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace skyglot {

/// The whole of `text` as a number, surrounding blanks allowed; nothing if it is anything else.
[[nodiscard]] std::optional<double> parse_double(std::string_view text);
[[nodiscard]] std::optional<std::int64_t> parse_int(std::string_view text);

/// Bytes from "512M", "2G", "1.5GiB", "4096"; nothing if it is anything else.
[[nodiscard]] std::optional<std::uint64_t> parse_bytes(std::string_view text);

/// Shortest text that reads back as the same double; "." whatever the locale.
[[nodiscard]] std::string format_double(double value);

/// `value` rounded to `decimals` places, trailing zeros dropped: 0.30 -> "0.3", 10.0 -> "10".
[[nodiscard]] std::string format_fixed(double value, int decimals);

/// 1234567 -> "1,234,567".
[[nodiscard]] std::string format_count(std::uint64_t value);
/// The same of what is counted with a sign.
[[nodiscard]] std::string format_count(std::signed_integral auto value) {
  const auto count = static_cast<std::int64_t>(value);
  return count < 0 ? "-" + format_count(0 - static_cast<std::uint64_t>(count))
                   : format_count(static_cast<std::uint64_t>(count));
}

/// 100 part / whole; 0 of nothing.
[[nodiscard]] inline double percent_of(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

/// 1536 -> "1.5 KiB".
[[nodiscard]] std::string format_bytes(std::uint64_t bytes);

/// Product of two untrusted sizes; throws Error(resource) naming `what` on overflow.
[[nodiscard]] std::size_t checked_product(std::size_t a, std::size_t b, std::string_view what);

}  // namespace skyglot
