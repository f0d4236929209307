// SPDX-License-Identifier: Apache-2.0
// skyglot filter: the pairs of a data set whose pictures fit their words, or the pictures of a
// stream that were taken from above.
#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "base/version.hpp"
#include "cli/command.hpp"
#include "cli/compute_choice.hpp"
#include "cli/options.hpp"
#include "embed/job.hpp"

#include "curate/overhead_detector.hpp"
#include "curate/similarity_filter.hpp"
#include <fmt/core.h>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class Filter : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "filter"; }
  [[nodiscard]] std::string summary() const override {
    return "Keep the pairs whose pictures fit their words, or the pictures taken from above";
  }

  void setup(CLI::App& app) override {
    app.add_option("PATH", inputs_,
                   "Data set, as 'build' writes it; with --detector folders and tars of pictures")
        ->required();
    add_model(app, model_, "Model folder that compares");
    app.add_option("--keep", filter_.keep, "Percent of the pairs to keep, one list each")
        ->delimiter(',')
        ->capture_default_str();
    app.add_flag("--multi", filter_.by_multi,
                 "Keep by the captions of several objects, not the single ones");
    auto* detector =
        app.add_option("--detector", detector_,
                       "Keep what this takes for overhead imagery (see 'detector train')");
    app.add_option("--at-least", at_least_, "Probability that --detector must give")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str()
        ->needs(detector);
    app.add_option("--output", output_, "List to write with --detector (.csv)")->needs(detector);
    add_overwrite(app, overwrite_);
    compute_.add_to(app);
    common_.add_to(app);
  }

  int run() override {
    filter_.validate();
    require_fitting_options();
    const ComputeOptions compute = compute_.options(common_.thread_count());
    filter_.embed.threads = compute.threads;
    const Encoders encoders(model_, compute);
    if (!detector_.empty()) return detect(encoders);
    filter_.dataset = inputs_.front();
    filter_.overwrite = overwrite_;
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
  void require_fitting_options() const {
    if (detector_.empty() && inputs_.size() > 1)
      fail(ErrorKind::usage, "give one data set, or --detector to choose among pictures");
    if (detector_.empty()) return;
    if (output_.empty()) fail(ErrorKind::usage, "--detector writes a list: give --output LIST.csv");
    refuse_existing(output_, overwrite_);
  }

  int detect(const Encoders& encoders) const {
    const OverheadDetector detector = OverheadDetector::load(detector_);
    const auto model = detector.about.find("model_sha256");
    if (model == detector.about.end() || model->second != encoders.config().weights_sha256)
      fail(ErrorKind::input, "{} was learnt with another model than {}", detector_.string(),
           model_.string());
    AtomicFile list(output_);
    list.write(csv_line({"filepath", "title", "overhead"}) + "\n");
    std::uint64_t kept = 0;
    std::uint64_t seen = 0;
    std::uint64_t skipped = 0;
    detect_overhead(detector, inputs_, picture_model(encoders.image()), filter_.embed,
                    [&](const DetectedPicture& picture) {
                      ++seen;
                      if (!picture.skipped.empty()) {
                        ++skipped;
                        log_warning("{}: {}", picture.file, picture.skipped);
                      } else if (picture.probability >= at_least_) {
                        ++kept;
                        list.write(csv_line({picture.file, picture.title,
                                             format_fixed(picture.probability, 4)}) +
                                   "\n");
                      }
                    });
    list.commit();
    if (common_.json)
      print_json(
          {{"list", output_.string()}, {"pictures", seen}, {"kept", kept}, {"skipped", skipped}});
    else
      fmt::print("{} of {} pictures taken from above, {} not readable: {}\n", format_count(kept),
                 format_count(seen), format_count(skipped), output_.string());
    return kDone;
  }

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

  std::vector<fs::path> inputs_;
  fs::path model_, detector_, output_;
  double at_least_ = 0.5;
  bool overwrite_ = false;
  SimilarityFilter filter_;
  ComputeChoice compute_;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_filter() {
  return std::make_unique<Filter>();
}

}  // namespace skyglot
