// SPDX-License-Identifier: Apache-2.0
#include "search/contact_sheet.hpp"

#include "pictures/resize.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string>

namespace skyglot {
namespace {

constexpr std::uint8_t kPaper = 250;
constexpr int kDot = 3;  // pixels of a digit's dot
constexpr int kDigitWidth = 3;
constexpr int kDigitHeight = 5;

// Rows of three dots from the top, the left one the highest bit.
constexpr std::array<std::array<std::uint8_t, kDigitHeight>, 10> kDotDigits{{{7, 5, 5, 5, 7},
                                                                             {2, 6, 2, 2, 7},
                                                                             {7, 1, 7, 4, 7},
                                                                             {7, 1, 7, 1, 7},
                                                                             {5, 5, 7, 1, 1},
                                                                             {7, 4, 7, 1, 7},
                                                                             {7, 4, 7, 5, 7},
                                                                             {7, 1, 1, 2, 2},
                                                                             {7, 5, 7, 5, 7},
                                                                             {7, 5, 7, 1, 7}}};

void fill(Picture& sheet, int x, int y, int width, int height, std::uint8_t value) {
  for (int row = std::max(y, 0); row < std::min(y + height, sheet.height); ++row) {
    const int end = std::min(x + width, sheet.width);
    if (end > x)
      std::memset(sheet.row(row) + std::ptrdiff_t{3} * x, value,
                  std::size_t{3} * static_cast<std::size_t>(end - x));
  }
}

void draw_digit(Picture& sheet, int digit, int x, int y) {
  for (int row = 0; row < kDigitHeight; ++row)
    for (int column = 0; column < kDigitWidth; ++column) {
      const auto dots =
          kDotDigits.at(static_cast<std::size_t>(digit)).at(static_cast<std::size_t>(row));
      if ((dots >> (kDigitWidth - 1 - column) & 1) != 0)
        fill(sheet, x + column * kDot, y + row * kDot, kDot, kDot, 255);
    }
}

void draw_number(Picture& sheet, std::size_t number, int x, int y) {
  const std::string digits = std::to_string(number);
  const int width = (static_cast<int>(digits.size()) * (kDigitWidth + 1) + 1) * kDot;
  fill(sheet, x, y, width, (kDigitHeight + 2) * kDot, 0);
  for (const char digit : digits) {
    x += kDot;
    draw_digit(sheet, digit - '0', x, y + kDot);
    x += kDigitWidth * kDot;
  }
}

Picture fitted(const Picture& picture, int side) {
  const double scale = static_cast<double>(side) / std::max(picture.width, picture.height);
  const auto sized = [&](int length) {
    return std::max(1, static_cast<int>(std::lround(length * scale)));
  };
  return resize_bicubic(picture, sized(picture.width), sized(picture.height));
}

void paste(const Picture& picture, int x, int y, Picture& sheet) {
  for (int row = 0; row < picture.height; ++row)
    std::memcpy(sheet.row(y + row) + std::ptrdiff_t{3} * x, picture.row(row),
                std::size_t{3} * static_cast<std::size_t>(picture.width));
}

}  // namespace

Picture contact_sheet(std::span<const Picture> pictures, const SheetLayout& layout) {
  const int count = std::max(1, static_cast<int>(pictures.size()));
  const int columns = std::clamp(count, 1, layout.columns);
  const int rows = (count + columns - 1) / columns;
  const int step = layout.side + layout.gap;
  Picture sheet{columns * step + layout.gap, rows * step + layout.gap, 3, {}};
  sheet.pixels.assign(std::size_t{3} * static_cast<std::size_t>(sheet.width) *
                          static_cast<std::size_t>(sheet.height),
                      kPaper);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const int x = layout.gap + static_cast<int>(i) % columns * step;
    const int y = layout.gap + static_cast<int>(i) / columns * step;
    const Picture small = fitted(pictures[i], layout.side);
    paste(small, x + (layout.side - small.width) / 2, y + (layout.side - small.height) / 2, sheet);
    draw_number(sheet, i + 1, x, y);
  }
  return sheet;
}

}  // namespace skyglot
