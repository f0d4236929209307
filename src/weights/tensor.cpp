// SPDX-License-Identifier: Apache-2.0
#include "weights/tensor.hpp"

#include "base/error.hpp"
#include "base/half.hpp"

#include <array>
#include <cstring>
#include <utility>

namespace skyglot {
namespace {

constexpr std::array<std::pair<std::string_view, std::size_t>, 10> kTypes{{{"F64", 8},
                                                                           {"F32", 4},
                                                                           {"F16", 2},
                                                                           {"BF16", 2},
                                                                           {"I64", 8},
                                                                           {"I32", 4},
                                                                           {"I16", 2},
                                                                           {"I8", 1},
                                                                           {"U8", 1},
                                                                           {"BOOL", 1}}};

template <typename T>
T element_at(std::span<const std::byte> bytes, std::size_t index) {
  T value;
  std::memcpy(&value, bytes.data() + index * sizeof(T), sizeof(T));
  return value;
}

float from_bits(std::uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

template <typename T, typename Convert>
std::vector<float> converted(const TensorView& tensor, Convert convert) {
  const auto count = static_cast<std::size_t>(tensor.element_count());
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = convert(element_at<T>(tensor.bytes, i));
  return values;
}

template <typename T>
std::vector<float> converted(const TensorView& tensor) {
  return converted<T>(tensor, [](T value) { return static_cast<float>(value); });
}

std::vector<float> widened(const TensorView& halves) {
  std::vector<float> values(static_cast<std::size_t>(halves.element_count()));
  widen_halves(halves.bytes, values);
  return values;
}

}  // namespace

std::size_t element_size(ElementType type) noexcept {
  return kTypes[static_cast<std::size_t>(type)].second;
}

std::string_view to_string(ElementType type) noexcept {
  return kTypes[static_cast<std::size_t>(type)].first;
}

std::int64_t TensorView::element_count() const noexcept {
  std::int64_t count = 1;
  for (const std::int64_t side : shape) count *= side;
  return count;
}

std::size_t byte_count(ElementType type, std::span<const std::int64_t> shape,
                       const std::string& name) {
  auto bytes = static_cast<std::int64_t>(element_size(type));
  for (const std::int64_t side : shape)
    if (side < 0 || __builtin_mul_overflow(bytes, side, &bytes))
      fail(ErrorKind::format, "{}: tensor of impossible shape {}", name, shape_text(shape));
  return static_cast<std::size_t>(bytes);
}

std::optional<ElementType> parse_element_type(std::string_view word) noexcept {
  for (std::size_t i = 0; i < kTypes.size(); ++i)
    if (kTypes[i].first == word) return static_cast<ElementType>(i);
  return std::nullopt;
}

std::string shape_text(std::span<const std::int64_t> shape) {
  return shape.empty() ? "scalar" : fmt::format("{}", fmt::join(shape, " x "));
}

std::vector<float> to_floats(const TensorView& tensor) {
  switch (tensor.type) {
    case ElementType::f64:
      return converted<double>(tensor);
    case ElementType::f32:
      return converted<float>(tensor);
    case ElementType::f16:
      return widened(tensor);
    case ElementType::bf16:
      return converted<std::uint16_t>(
          tensor, [](std::uint16_t bits) { return from_bits(std::uint32_t{bits} << 16); });
    case ElementType::i64:
      return converted<std::int64_t>(tensor);
    case ElementType::i32:
      return converted<std::int32_t>(tensor);
    case ElementType::i16:
      return converted<std::int16_t>(tensor);
    case ElementType::i8:
      return converted<std::int8_t>(tensor);
    case ElementType::u8:
    case ElementType::boolean:
      return converted<std::uint8_t>(tensor);
  }
  fail(ErrorKind::internal, "unknown element type {}", static_cast<int>(tensor.type));
}

TensorView make_tensor(std::span<const float> values, std::vector<std::int64_t> shape) {
  const auto copy = std::make_shared<std::vector<float>>(values.begin(), values.end());
  return {ElementType::f32, std::move(shape), std::as_bytes(std::span(*copy)), copy};
}

}  // namespace skyglot
