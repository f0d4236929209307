// SPDX-License-Identifier: Apache-2.0
#include "captions/colours.hpp"

#include <charconv>
#include <cstddef>
#include <limits>

namespace skyglot {
namespace {

// Two hexadecimal digits, or one that stands for itself twice.
std::optional<int> channel(std::string_view digits) {
  int value = 0;
  const char* end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, value, 16);
  if (parsed.ec != std::errc() || parsed.ptr != end || value < 0) return std::nullopt;
  return digits.size() == 1 ? value * 17 : value;
}

// Distance in brightness and in hue (luma and colour differences of BT.601): a
// warm grey is nearer to grey than to a pale green of its brightness.
double squared_distance(const std::array<int, 3>& a, const std::array<int, 3>& b) {
  const auto luma = [](const std::array<int, 3>& c) {
    return 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2];
  };
  const double brightness = luma(a) - luma(b);
  const double red = (a[0] - luma(a)) - (b[0] - luma(b));
  const double blue = (a[2] - luma(a)) - (b[2] - luma(b));
  return brightness * brightness + red * red + blue * blue;
}

}  // namespace

std::optional<std::array<int, 3>> parse_colour(std::string_view text) {
  if (!text.starts_with('#') || (text.size() != 4 && text.size() != 7)) return std::nullopt;
  const std::size_t width = (text.size() - 1) / 3;
  std::array<int, 3> colour{};
  for (std::size_t i = 0; i < colour.size(); ++i) {
    const auto value = channel(text.substr(1 + i * width, width));
    if (!value) return std::nullopt;
    colour[i] = *value;
  }
  return colour;
}

std::string nearest_colour(std::string_view text,
                           const std::map<std::string, std::string>& colours) {
  const auto wanted = parse_colour(text);
  if (!wanted) return "";
  std::string nearest;
  double least = std::numeric_limits<double>::infinity();
  for (const auto& [name, hex] : colours) {
    const auto colour = parse_colour(hex);
    if (!colour || squared_distance(*wanted, *colour) >= least) continue;
    least = squared_distance(*wanted, *colour);
    nearest = name;
  }
  return nearest;
}

}  // namespace skyglot
