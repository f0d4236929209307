// SPDX-License-Identifier: Apache-2.0
// Tensors as they lie in a file: names, element types, shapes and bytes, without a tensor library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

enum class ElementType { f64, f32, f16, bf16, i64, i32, i16, i8, u8, boolean };

/// Bytes of one element.
[[nodiscard]] std::size_t element_size(ElementType type) noexcept;
/// "F32", "BF16", ... as safetensors writes them.
[[nodiscard]] std::string_view to_string(ElementType type) noexcept;

/// A contiguous row-major little-endian tensor. `owner` keeps the bytes (a mapped file, a buffer)
/// alive; the bytes need not be aligned.
struct TensorView {
  ElementType type = ElementType::f32;
  std::vector<std::int64_t> shape;  ///< empty: a scalar
  std::span<const std::byte> bytes;
  std::shared_ptr<const void> owner;

  /// Product of the shape; 1 for a scalar.
  [[nodiscard]] std::int64_t element_count() const noexcept;
};

/// Bytes that a tensor of that type and shape takes. Throws Error(format) naming `name` if a side
/// is negative or the product does not fit into 63 bits.
[[nodiscard]] std::size_t byte_count(ElementType type, std::span<const std::int64_t> shape,
                                     const std::string& name);
/// The type that safetensors calls `word`, if it is one of ours.
[[nodiscard]] std::optional<ElementType> parse_element_type(std::string_view word) noexcept;
/// "512 x 77", "scalar".
[[nodiscard]] std::string shape_text(std::span<const std::int64_t> shape);

/// Every element as float, f16 and bf16 widened, f64 and integers converted.
[[nodiscard]] std::vector<float> to_floats(const TensorView& tensor);
/// A float32 tensor that owns a copy of `values`.
[[nodiscard]] TensorView make_tensor(std::span<const float> values,
                                     std::vector<std::int64_t> shape);

/// Tensors by name.
using TensorMap = std::map<std::string, TensorView>;

}  // namespace skyglot
