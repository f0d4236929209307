// SPDX-License-Identifier: Apache-2.0
// Files of torch.save and TorchScript: the graph of their pickle, and tensors made from it.
#pragma once

#include "weights/checkpoint.hpp"
#include "weights/pickle.hpp"

#include <functional>
#include <memory>
#include <span>
#include <string>

namespace skyglot {

/// An opened file; tensors are only looked at when they are asked for.
struct TorchFile {
  Container container = Container::torch_zip;
  std::string name;  ///< what messages call it
  PickleGraph graph;
  /// Bytes of a storage: at least `count` elements from `first`. Throws Error(format).
  std::function<std::span<const std::byte>(const PickleStorage&)> bytes_of;
  std::shared_ptr<const void> owner;
  std::size_t view_budget = 0;  ///< bytes that all tensors asked for may take together

  /// The tensor, contiguous. Throws Error(format) naming `what` if it reaches outside its storage,
  /// Error(resource) past the budget: a small storage seen through many tensors is widened and
  /// copied as often later on.
  [[nodiscard]] TensorView tensor(const PickleTensor& tensor, const std::string& what);
};

/// Whether the bytes begin as torch.save wrote before 1.6.
[[nodiscard]] bool looks_like_legacy_torch(std::span<const std::byte> bytes);

/// torch.save since 1.6 and TorchScript. `owner` keeps `bytes`. Throws Error(format) naming `name`.
[[nodiscard]] TorchFile open_torch_zip(std::span<const std::byte> bytes, const std::string& name,
                                       std::shared_ptr<const void> owner);
/// torch.save before 1.6.
[[nodiscard]] TorchFile open_torch_legacy(std::span<const std::byte> bytes, const std::string& name,
                                          std::shared_ptr<const void> owner);

}  // namespace skyglot
