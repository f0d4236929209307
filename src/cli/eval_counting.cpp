// SPDX-License-Identifier: Apache-2.0
// skyglot eval counting: which of ten captions that differ in the number fits.
#include "cli/eval_options.hpp"

namespace skyglot {
namespace {

class EvalCounting : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "eval counting"; }
  [[nodiscard]] std::string summary() const override {
    return "Count objects by captions that differ in the number";
  }

  void setup(CLI::App& app) override {
    options_.add_to(app);
    options_.add_text_embeddings(app);
    options_.add_captions(app);
    options_.add_confusion(app);
    app.add_option("--label-column", options_.request.label_column,
                   "Column of a list that holds the number of objects");
    app.add_option("--template", options_.request.templates,
                   "Caption for all pictures, with {n} where the number goes");
    app.add_flag("--digits", options_.request.digits, "Write numbers in digits, not words");
  }

  int run() override {
    options_.prepare();
    return options_.report(evaluate_counting(options_.request));
  }

 private:
  EvalOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_eval_counting() {
  return std::make_unique<EvalCounting>();
}

}  // namespace skyglot
