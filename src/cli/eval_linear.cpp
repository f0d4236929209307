// SPDX-License-Identifier: Apache-2.0
// skyglot eval linear: a linear classifier on picture embeddings.
#include "base/numbers.hpp"
#include "cli/eval_options.hpp"

namespace skyglot {
namespace {

// CLI::PositiveNumber answers with a range of 309 digits.
std::string positive_number(const std::string& text) {
  const auto number = parse_double(text);
  return number && *number > 0 ? "" : "must be a number above 0";
}

class EvalLinear : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "eval linear"; }
  [[nodiscard]] std::string summary() const override {
    return "Name scenes by a linear probe on frozen embeddings";
  }

  void setup(CLI::App& app) override {
    options_.add_to(app);
    options_.add_classes(app);
    options_.add_train(app);
    options_.add_confusion(app);
    app.add_option("--c", options_.request.probe_c,
                   "Inverse strength of the penalty; found by search unless given")
        ->check(positive_number);
    app.add_option("--max-iterations", options_.request.probe.fit.max_iterations,
                   "Of the optimiser")
        ->capture_default_str();
  }

  int run() override {
    options_.prepare();
    return options_.report(evaluate_linear(options_.request));
  }

 private:
  EvalOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_eval_linear() {
  return std::make_unique<EvalLinear>();
}

}  // namespace skyglot
