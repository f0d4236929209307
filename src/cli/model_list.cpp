// SPDX-License-Identifier: Apache-2.0
// skyglot model list: the public checkpoints we know of.
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "weights/catalogue.hpp"

namespace skyglot {
namespace {

Json entry_json(const CatalogueEntry& e) {
  return {{"name", e.name},
          {"family", e.family},
          {"architecture", e.architecture},
          {"activation", to_string(e.activation)},
          {"normalisation", to_string(e.normalisation)},
          {"url", e.url},
          {"file", e.file},
          {"bytes", e.bytes ? Json(*e.bytes) : Json(nullptr)},
          {"size", e.size},
          {"sha256", e.sha256},
          {"licence", e.licence},
          {"published_as", e.published_as},
          {"notes", e.notes}};
}

std::string or_dash(const std::string& text) {
  return text.empty() ? "-" : text;
}

class ModelList : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "model list"; }
  [[nodiscard]] std::string summary() const override {
    return "Show the public checkpoints that can be fetched";
  }

  void setup(CLI::App& app) override { common_.add_to(app); }

  int run() override {
    if (common_.json) {
      for (const CatalogueEntry& entry : model_catalogue()) print_json(entry_json(entry));
      return kDone;
    }
    std::vector<std::vector<std::string>> rows{
        {"name", "family", "architecture", "activation", "size", "sha256", "licence", "notes"}};
    for (const CatalogueEntry& e : model_catalogue())
      rows.push_back({e.name, e.family, e.architecture, to_string(e.activation), or_dash(e.size),
                      or_dash(e.sha256.substr(0, 8)), or_dash(e.licence), e.notes});
    print_table(rows);
    return kDone;
  }

 private:
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_model_list() {
  return std::make_unique<ModelList>();
}

}  // namespace skyglot
