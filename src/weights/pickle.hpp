// SPDX-License-Identifier: Apache-2.0
// The part of Python's pickle format that weights are written in, read as a graph of plain values.
// Nothing is imported, called or executed: what a file asks to be built by code we do not know
// stays a name.
#pragma once

#include "weights/tensor.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

using PickleId = std::uint32_t;

/// Longer names, of a tensor with its modules or of a class, are nobody's.
inline constexpr std::size_t kMostNameBytes = 4096;

/// One value; others are named by their place in PickleGraph::values, so cycles do no harm.
struct PickleValue {
  enum class Kind : std::uint8_t {
    none,
    number,      ///< boolean, integer; a real has number 0
    text,        ///< text or bytes
    sequence,    ///< tuple, list or set
    dictionary,  ///< items: key, value, key, value
    global,      ///< text: "module.name", never looked up
    object,   ///< text: the global that would build it; items: its attributes like a dictionary's
    storage,  ///< number: place in PickleGraph::storages
    tensor    ///< number: place in PickleGraph::tensors
  };
  Kind kind = Kind::none;
  std::int64_t number = 0;
  std::string text;
  std::vector<PickleId> items;
};

/// Bytes that lie elsewhere in the file, by key.
struct PickleStorage {
  std::string key;
  std::string type_name;            ///< "torch.HalfStorage"
  std::optional<ElementType> type;  ///< nothing for types we have no tensors of
  std::int64_t count = 0;           ///< elements
  std::int64_t first = 0;  ///< legacy views: where this one begins in that of the key, in elements
};

struct PickleTensor {
  std::size_t storage = 0;  ///< place in PickleGraph::storages
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;  ///< as many as sides, in elements
};

struct PickleGraph {
  std::vector<PickleValue> values;
  std::vector<PickleStorage> storages;
  std::vector<PickleTensor> tensors;
  PickleId root = 0;
  std::size_t size = 0;  ///< bytes read, the STOP included

  [[nodiscard]] const PickleValue& top() const { return values[root]; }
  /// The value under a text key of a dictionary or object (the last, if given twice), or nullptr.
  [[nodiscard]] const PickleValue* find(const PickleValue& in, std::string_view key) const;
};

/// Reads one pickle at the start of `bytes` (protocols 2 to 5); the graph takes at most `memory`
/// bytes. Throws Error(format) naming `name`, the byte and what is wrong, Error(resource) where it
/// would take more.
[[nodiscard]] PickleGraph read_pickle(std::span<const std::byte> bytes, const std::string& name,
                                      std::size_t memory);

}  // namespace skyglot
