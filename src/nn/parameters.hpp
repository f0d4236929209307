// SPDX-License-Identifier: Apache-2.0
// The tensors of a model by name, as libtorch trains them.
#pragma once

#include "weights/model_folder.hpp"

#include <torch/torch.h>

#include <cstddef>
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

namespace skyglot {

/// In the order of model_tensors(), then heads by name. A copy shares the tensors.
class Parameters {
 public:
  struct Entry {
    std::string name;
    torch::Tensor tensor;
  };

  /// Float32 copies on the CPU, without gradients; int8 rows become their values. Throws as
  /// check_tensors().
  explicit Parameters(const StoredModel& model);
  /// The same, but what the model holds as float32 is not copied: its tensors keep that memory, and
  /// may only be read.
  [[nodiscard]] static Parameters view(const StoredModel& model);

  [[nodiscard]] const ModelConfig& config() const { return config_; }
  /// See StoredModel.
  [[nodiscard]] const std::string& vocabulary() const { return vocabulary_; }
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] bool is_view() const { return is_view_; }
  [[nodiscard]] bool has(const std::string& name) const { return places_.contains(name); }
  /// Asking for what is not there is our own mistake: Error(internal) naming it.
  [[nodiscard]] const torch::Tensor& at(const std::string& name) const;
  /// Where the first tensor is, as all are.
  [[nodiscard]] torch::Device device() const;

  /// Adds a head, or puts it in the place of the one of its name. Throws Error(usage) for a name
  /// that is no head's (see is_head()).
  void set_head(const std::string& name, const torch::Tensor& values);
  /// Moves and converts all. What had gradients is then a new leaf, so an optimiser is made after.
  void to(torch::Device device, torch::ScalarType type);
  /// Tensors whose names `which` takes get gradients, all others have none. Those of a view are
  /// copied first.
  void require_gradients(const std::function<bool(const std::string& name)>& which);

  /// A copy as float32, to be saved with save_model_folder().
  [[nodiscard]] StoredModel stored() const;

 private:
  explicit Parameters(ModelConfig config) : config_(std::move(config)) {}
  void take(const StoredModel& model, bool share);
  void add(const std::string& name, torch::Tensor tensor);

  ModelConfig config_;
  std::string vocabulary_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::size_t> places_;
  bool is_view_ = false;
};

}  // namespace skyglot
