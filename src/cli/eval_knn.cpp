// SPDX-License-Identifier: Apache-2.0
// skyglot eval knn: classification by the nearest labelled neighbours.
#include "cli/eval_options.hpp"

namespace skyglot {
namespace {

class EvalKnn : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "eval knn"; }
  [[nodiscard]] std::string summary() const override {
    return "Name scenes by their nearest neighbours among labelled ones";
  }

  void setup(CLI::App& app) override {
    options_.add_to(app);
    options_.add_classes(app);
    options_.add_train(app);
    options_.add_confusion(app);
    app.add_option("--neighbours", options_.request.knn.k, "Neighbours that vote")
        ->capture_default_str();
    app.add_option("--temperature", options_.request.knn.temperature,
                   "Of a vote's weight exp(similarity / temperature)")
        ->capture_default_str();
  }

  int run() override {
    options_.prepare();
    return options_.report(evaluate_knn(options_.request));
  }

 private:
  EvalOptions options_;
};

}  // namespace

std::unique_ptr<Command> make_eval_knn() {
  return std::make_unique<EvalKnn>();
}

}  // namespace skyglot
