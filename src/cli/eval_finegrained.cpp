// SPDX-License-Identifier: Apache-2.0
// skyglot eval finegrained: attributes of one kind of object told by prompts.
#include "cli/eval_options.hpp"

namespace skyglot {
namespace {

class EvalFinegrained : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "eval finegrained"; }
  [[nodiscard]] std::string summary() const override {
    return "Tell attributes apart by words: roof shape, road surface";
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
    return options_.report(evaluate_zeroshot(options_.request, Task::finegrained));
  }

 private:
  EvalOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_eval_finegrained() {
  return std::make_unique<EvalFinegrained>();
}

}  // namespace skyglot
