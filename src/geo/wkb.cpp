// SPDX-License-Identifier: Apache-2.0
#include "geo/wkb.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

namespace skyglot {
namespace {

static_assert(std::endian::native == std::endian::little);

enum Code : std::uint32_t {
  kPoint = 1,
  kLineString = 2,
  kPolygon = 3,
  kMultiPoint = 4,
  kMultiLineString = 5,
  kMultiPolygon = 6
};

class Writer {
 public:
  void header(std::uint32_t code) {
    bytes_.push_back(1);
    put(code);
  }
  void path(const Path& path) {
    put(static_cast<std::uint32_t>(path.size()));
    for (const Point& point : path) put(point);
  }
  template <typename Value>
  void put(const Value& value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  void part(GeometryKind kind, const std::vector<Path>& rings) {
    if (kind == GeometryKind::point) {
      header(kPoint);
      put(rings[0][0]);
    } else if (kind == GeometryKind::line) {
      header(kLineString);
      path(rings[0]);
    } else {
      header(kPolygon);
      put(static_cast<std::uint32_t>(rings.size()));
      for (const Path& ring : rings) path(ring);
    }
  }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Geometry geometry() {
    Geometry result;
    const std::uint32_t code = header();
    result.kind = kind_of(code);
    if (code <= kPolygon) {
      result.parts.push_back(part(code));
      return result;
    }
    const std::uint32_t count = counted(9);
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint32_t inner = header();
      if (inner + 3 != code) fail(ErrorKind::format, "WKB: part of another kind");
      result.parts.push_back(part(inner));
    }
    return result;
  }

 private:
  static GeometryKind kind_of(std::uint32_t code) {
    if (code < kPoint || code > kMultiPolygon)
      fail(ErrorKind::format, "WKB: geometry type {} is not supported", code);
    return static_cast<GeometryKind>((code - 1) % 3);
  }

  // Byte order, type and flags; returns the plain two-dimensional type code.
  std::uint32_t header() {
    swap_ = take<std::uint8_t>() == 0;
    std::uint32_t code = take<std::uint32_t>();
    dimensions_ = 2 + static_cast<int>((code >> 31) & 1) + static_cast<int>((code >> 30) & 1);
    if ((code & 0x20000000U) != 0) take<std::uint32_t>();
    code &= 0x0FFFFFFFU;
    constexpr std::array kExtra{0, 1, 1, 2};
    if (code / 1000 < kExtra.size()) dimensions_ += kExtra.at(code / 1000);
    return code % 1000;
  }

  std::vector<Path> part(std::uint32_t code) {
    if (code == kPoint) return {{point()}};
    if (code == kLineString) return {path()};
    std::vector<Path> rings(counted(4));
    for (Path& ring : rings) ring = path();
    return rings;
  }

  Path path() {
    Path result(counted(8 * static_cast<std::size_t>(dimensions_)));
    for (Point& next : result) next = point();
    return result;
  }

  Point point() {
    const Point result{take<double>(), take<double>()};
    for (int i = 2; i < dimensions_; ++i) take<double>();
    return result;
  }

  // A count is believed only if that many items could still follow.
  std::uint32_t counted(std::size_t item_bytes) {
    const auto count = take<std::uint32_t>();
    if (count > bytes_.size() / item_bytes) fail(ErrorKind::format, "WKB: count past the end");
    return count;
  }

  template <typename Value>
  Value take() {
    if (bytes_.size() < sizeof(Value)) fail(ErrorKind::format, "WKB: ended early");
    std::array<char, sizeof(Value)> raw{};
    std::copy_n(bytes_.data(), sizeof(Value), raw.data());
    if (swap_) std::ranges::reverse(raw);
    bytes_.remove_prefix(sizeof(Value));
    return std::bit_cast<Value>(raw);
  }

  std::string_view bytes_;
  bool swap_ = false;
  int dimensions_ = 2;
};

}  // namespace

std::string to_wkb(const Geometry& geometry) {
  Writer writer;
  const auto code = static_cast<std::uint32_t>(geometry.kind) + 1;
  if (geometry.parts.size() != 1) {
    writer.header(code + 3);
    writer.put(static_cast<std::uint32_t>(geometry.parts.size()));
  }
  for (const auto& part : geometry.parts) writer.part(geometry.kind, part);
  return writer.take();
}

Geometry from_wkb(std::string_view bytes) {
  return Reader(bytes).geometry();
}

}  // namespace skyglot
