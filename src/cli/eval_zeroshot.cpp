// SPDX-License-Identifier: Apache-2.0
// skyglot eval zeroshot: scenes classified by prompts.
#include "cli/eval_options.hpp"

namespace skyglot {
namespace {

class EvalZeroshot : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "eval zeroshot"; }
  [[nodiscard]] std::string summary() const override {
    return "Name scenes by words alone and count how often it is right";
  }

  void setup(CLI::App& app) override {
    options_.add_to(app);
    options_.add_text_embeddings(app);
    options_.add_prompts(app);
    options_.add_classes(app);
    options_.add_confusion(app);
    app.add_flag("--transductive", options_.request.transductive,
                 "Look at all pictures at once, still without labels (RS-TransCLIP)");
  }

  int run() override {
    options_.prepare();
    return options_.report(evaluate_zeroshot(options_.request, Task::zeroshot));
  }

 private:
  EvalOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_eval_zeroshot() {
  return std::make_unique<EvalZeroshot>();
}

}  // namespace skyglot
