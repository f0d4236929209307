// SPDX-License-Identifier: Apache-2.0
// skyglot eval zeroshot and finegrained: scenes, or attributes of one kind of object, told by
// prompts.
#include "cli/eval_options.hpp"

#include <utility>

namespace skyglot {
namespace {

class EvalByPrompts : public Command {
 public:
  EvalByPrompts(Task task, std::string summary) : task_(task), summary_(std::move(summary)) {}
  [[nodiscard]] std::string name() const override { return "eval " + to_string(task_); }
  [[nodiscard]] std::string summary() const override { return summary_; }

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
    return options_.report(evaluate_zeroshot(options_.request, task_));
  }

 private:
  Task task_;
  std::string summary_;
  EvalOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_eval_zeroshot() {
  return std::make_unique<EvalByPrompts>(
      Task::zeroshot, "Name scenes by words alone and count how often it is right");
}

std::unique_ptr<Command> make_eval_finegrained() {
  return std::make_unique<EvalByPrompts>(
      Task::finegrained, "Tell attributes apart by words: roof shape, road surface");
}

}  // namespace skyglot
