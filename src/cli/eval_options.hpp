// SPDX-License-Identifier: Apache-2.0
// What the commands of evaluation share: options in, tables or one JSON object out.
#pragma once

#include "cli/command.hpp"
#include "cli/compute_choice.hpp"
#include "cli/options.hpp"
#include "eval/evaluation.hpp"

#include <tbb/global_control.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace skyglot {

/// Options of every evaluation, and of the kinds a command asks for.
class EvalOptions {
 public:
  EvaluationRequest request;

  /// --benchmark, --model, --images and all that every evaluation has.
  void add_to(CLI::App& app);
  /// --text-embeddings.
  void add_text_embeddings(CLI::App& app);
  /// --template, --templates, --averaging, --wording.
  void add_prompts(CLI::App& app);
  /// --classes, --label-column.
  void add_classes(CLI::App& app);
  /// --caption-column, --prefix, --capitalise, --split.
  void add_captions(CLI::App& app);
  /// --train and its like.
  void add_train(CLI::App& app);
  /// --confusion.
  void add_confusion(CLI::App& app);

  /// Reads the manifest and settles what options say about outputs. Throws Error(usage or input)
  /// before anything is computed.
  void prepare();
  /// Prints the result, writes the files asked for. Returns the exit code.
  [[nodiscard]] int report(const EvaluationResult& result) const;

 private:
  CommonOptions common_;
  std::optional<tbb::global_control> threads_;  // of the products that need no model
  std::string benchmark_;
  ComputeChoice compute_;
  std::string resize_;
  std::string averaging_;
  std::string wording_;
  std::filesystem::path confusion_;
  std::filesystem::path predictions_;
  std::uint64_t seed_ = 0;
  std::uint64_t max_skipped_ = UINT64_MAX;
  bool overwrite_ = false;
};

}  // namespace skyglot
