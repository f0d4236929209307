// SPDX-License-Identifier: Apache-2.0
// skyglot filter: the pairs of a data set whose pictures fit their words.
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/version.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "embed/job.hpp"

#include "curate/similarity_filter.hpp"
#include <fmt/core.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class Filter : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "filter"; }
  [[nodiscard]] std::string summary() const override {
    return "Keep the pairs of a data set whose pictures fit their words";
  }

  void setup(CLI::App& app) override {
    app.add_option("DATASET", filter_.dataset, "Data set, as 'build' writes it")->required();
    app.add_option("--model", model_, "Model folder that compares")->required();
    app.add_option("--keep", filter_.keep, "Percent of the pairs to keep, one list each")
        ->delimiter(',')
        ->capture_default_str();
    app.add_flag("--multi", filter_.by_multi,
                 "Keep by the captions of several objects, not the single ones");
    app.add_option("--device", device_, "cpu or cuda")->capture_default_str();
    app.add_option("--precision", precision_, "fp32 or bf16")->capture_default_str();
    common_.add_to(app);
  }

  int run() override {
    filter_.validate();
    ComputeOptions compute{parse_device(device_), parse_precision(precision_),
                           common_.thread_count()};
    filter_.embed.threads = compute.threads;
    const Encoders encoders(model_, compute);
    filter_.columns = encoders.config().embedding_width;
    filter_.about = {{"skyglot", version()},
                     {"model", about_model(encoders.config())},
                     {"precision", computed_as(compute)},
                     {"computed_with", computed_with(compute)},
                     {"device", to_string(compute.device)}};
    show(filter_by_similarity(filter_, picture_model(encoders.image()),
                              text_model(encoders.text())));
    return kDone;
  }

 private:
  void show(const FilteredPairs& result) const {
    if (common_.json) return print_json(result_json(result));
    fmt::print("{} pairs compared{}, {} without a readable picture: {}\n",
               format_count(result.summary.pairs),
               result.resumed > 0
                   ? fmt::format(" ({} of their pictures embedded by an earlier run)",
                                 format_count(result.resumed))
                   : "",
               format_count(result.summary.unreadable), (filter_.dataset / "pairs.csv").string());
    fmt::print("mean similarity: {:.4f} single, {:.4f} several objects\n",
               result.summary.mean_title, result.summary.mean_title_multi_objects);
    std::vector<std::vector<std::string>> rows{{"kept", "pairs", "at least", "list"}};
    for (const SimilarityCut& cut : result.summary.cuts)
      rows.push_back({format_double(cut.percent) + "%", format_count(cut.kept),
                      fmt::format("{:.4f}", cut.least), (filter_.dataset / cut.list).string()});
    print_table(rows);
  }

  [[nodiscard]] Json result_json(const FilteredPairs& result) const {
    Json cuts = Json::array();
    for (const SimilarityCut& cut : result.summary.cuts)
      cuts.push_back({{"percent", cut.percent},
                      {"kept", cut.kept},
                      {"least", cut.least},
                      {"list", (filter_.dataset / cut.list).string()}});
    return {{"dataset", filter_.dataset.string()},
            {"pairs", result.summary.pairs},
            {"unreadable", result.summary.unreadable},
            {"resumed", result.resumed},
            {"mean_title", result.summary.mean_title},
            {"mean_title_multi_objects", result.summary.mean_title_multi_objects},
            {"cuts", cuts}};
  }

  fs::path model_;
  SimilarityFilter filter_;
  std::string device_ = "cpu";
  std::string precision_ = "fp32";
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_filter() {
  return std::make_unique<Filter>();
}

}  // namespace skyglot
