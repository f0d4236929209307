// SPDX-License-Identifier: Apache-2.0
// skyglot eval retrieval: captions found by pictures and pictures by captions.
#include "cli/eval_options.hpp"

namespace skyglot {
namespace {

class EvalRetrieval : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "eval retrieval"; }
  [[nodiscard]] std::string summary() const override {
    return "Find pictures by captions and captions by pictures";
  }

  void setup(CLI::App& app) override {
    options_.add_to(app);
    options_.add_text_embeddings(app);
    options_.add_captions(app);
    app.add_flag("--every-caption,!--no-every-caption", options_.request.every_caption,
                 "Count equal captions one by one (RemoteCLIP) in place of once (SkyScript)");
  }

  int run() override {
    options_.prepare();
    return options_.report(evaluate_retrieval(options_.request));
  }

 private:
  EvalOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_eval_retrieval() {
  return std::make_unique<EvalRetrieval>();
}

}  // namespace skyglot
