// SPDX-License-Identifier: Apache-2.0
// skyglot tags predict: a visibility table for tags that no table lists.
#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "cli/command.hpp"
#include "cli/options.hpp"
#include "weights/model_folder.hpp"

#include "curate/predict_tags.hpp"
#include <fmt/core.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class TagsPredict : public Command {
 public:
  [[nodiscard]] std::string name() const override { return "tags predict"; }
  [[nodiscard]] std::string summary() const override {
    return "Judge tags that no table lists by the words they are made of";
  }

  void setup(CLI::App& app) override {
    app.add_option("tags", tags_, "CSV with columns key and value, as 'tags stats --csv' writes it")
        ->required();
    app.add_option(
        "--classifier", classifier_,
        "Classifier, as 'tags train' writes it; default: the one that comes with --model");
    add_model(app, model_, "Model folder the classifier was trained on");
    app.add_option("--labels", labels_,
                   "Table whose tags are taken over; default: the one built in");
    app.add_flag("--all", all_, "Predict also what the table lists");
    add_output(app, output_, "Table to write (CSV), for 'build --visibility'");
    add_overwrite(app, overwrite_);
    common_.add_to(app);
  }

  int run() override {
    refuse_existing(output_, overwrite_);
    const std::vector<Tag> tags = read_tag_list(read_file(tags_), tags_.string());
    const auto judge = VisibilityClassifier::load(classifier());
    const Encoders encoders(model_, {Device::cpu, Precision::fp32, common_.thread_count()});
    const VisibilityTable known = table();
    const std::vector<JudgedTag> judged = judge_tags(
        tags, known, judge, text_model(encoders.text()), encoders.config().weights_sha256);
    std::vector<JudgedTag> all = judged;
    add_rest_of_table(all, known);
    write_file_atomically(output_, judged_csv(all));
    show(judged);
    return kDone;
  }

 private:
  [[nodiscard]] fs::path classifier() const {
    if (!classifier_.empty()) return classifier_;
    const fs::path beside = model_folder_of(model_) / "visibility.safetensors";
    if (fs::exists(beside)) return beside;
    fail(ErrorKind::usage,
         "{} comes with no classifier of tags; give --classifier FILE, as 'skyglot tags train' "
         "writes it",
         model_.string());
  }

  [[nodiscard]] VisibilityTable table() const {
    if (all_) return VisibilityTable::parse("key,value,visible,max_gsd_m\n", "an empty table");
    return labels_.empty() ? VisibilityTable::built_in()
                           : VisibilityTable::parse(read_file(labels_), labels_.string());
  }

  void show(const std::vector<JudgedTag>& judged) const {
    const auto labelled = std::ranges::count(judged, true, &JudgedTag::labelled);
    const auto visible = std::ranges::count_if(
        judged, [](const JudgedTag& tag) { return tag.max_gsd_m.has_value(); });
    if (common_.json)
      return print_json({{"output", output_.string()},
                         {"tags", judged.size()},
                         {"labelled", labelled},
                         {"predicted", std::ssize(judged) - labelled},
                         {"visible", visible}});
    fmt::print("{} tags, {} of them labelled, {} predicted; {} can be seen: {}\n",
               format_count(judged.size()), format_count(static_cast<std::uint64_t>(labelled)),
               format_count(judged.size() - static_cast<std::uint64_t>(labelled)),
               format_count(static_cast<std::uint64_t>(visible)), output_.string());
  }

  fs::path tags_, classifier_, model_, labels_, output_;
  bool all_ = false;
  bool overwrite_ = false;
  CommonOptions common_;
};

}  // namespace

std::unique_ptr<Command> make_tags_predict() {
  return std::make_unique<TagsPredict>();
}

}  // namespace skyglot
