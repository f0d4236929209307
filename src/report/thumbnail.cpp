// SPDX-License-Identifier: Apache-2.0
#include "report/thumbnail.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>

namespace skyglot {
namespace {

constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 20;

// Which source samples one target sample covers, and how much of each.
struct Span {
  int first = 0;
  std::vector<float> weights;
};

std::vector<Span> spans(int source, int target) {
  const double scale = static_cast<double>(source) / target;
  std::vector<Span> result;
  for (int i = 0; i < target; ++i) {
    const double low = i * scale;
    const double high = std::min<double>(source, (i + 1) * scale);
    Span span{static_cast<int>(low), {}};
    for (int k = span.first; k < std::min(source, static_cast<int>(std::ceil(high - 1e-9))); ++k)
      span.weights.push_back(
          static_cast<float>((std::min(high, k + 1.0) - std::max<double>(low, k)) / scale));
    result.push_back(std::move(span));
  }
  return result;
}

// One target row as sums over its source rows, still as wide as the source.
std::vector<float> mixed_rows(const Picture& picture, const Span& span) {
  std::vector<float> mixed(static_cast<std::size_t>(picture.width * picture.channels), 0.0F);
  for (std::size_t k = 0; k < span.weights.size(); ++k) {
    const std::uint8_t* row = picture.row(span.first + static_cast<int>(k));
    for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] += span.weights[k] * row[i];
  }
  return mixed;
}

std::uint8_t mixed_pixel(const std::vector<float>& row, const Span& span, int channel,
                         int channels) {
  float sum = 0;
  for (std::size_t k = 0; k < span.weights.size(); ++k)
    sum += span.weights[k] *
           row[static_cast<std::size_t>((span.first + static_cast<int>(k)) * channels + channel)];
  return static_cast<std::uint8_t>(std::clamp(std::lround(sum), 0L, 255L));
}

}  // namespace

Picture shrunk_to(const Picture& picture, int side) {
  const double scale = static_cast<double>(side) / std::max(picture.width, picture.height);
  if (scale >= 1) return picture;
  Picture small{std::max(1, static_cast<int>(std::lround(picture.width * scale))),
                std::max(1, static_cast<int>(std::lround(picture.height * scale))),
                picture.channels,
                {}};
  const auto columns = spans(picture.width, small.width);
  for (const Span& rows : spans(picture.height, small.height)) {
    const std::vector<float> row = mixed_rows(picture, rows);
    for (const Span& column : columns)
      for (int c = 0; c < picture.channels; ++c)
        small.pixels.push_back(mixed_pixel(row, column, c, picture.channels));
  }
  return small;
}

std::string read_range(const std::filesystem::path& path, std::uint64_t offset,
                       std::uint64_t size) {
  if (size > kMostBytes)
    fail(ErrorKind::resource, "{}: a picture claims {} bytes", path.string(), size);
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) fail(ErrorKind::input, "{}: cannot be opened", path.string());
  const auto end = static_cast<std::uint64_t>(file.tellg());
  if (offset > end || size > end - offset)
    fail(ErrorKind::format, "{}: ends before the picture at byte {}", path.string(), offset);
  std::string bytes(size, '\0');
  file.seekg(static_cast<std::streamoff>(offset));
  if (!file.read(bytes.data(), static_cast<std::streamsize>(size)))
    fail(ErrorKind::io, "{}: cannot be read", path.string());
  return bytes;
}

}  // namespace skyglot
