// SPDX-License-Identifier: Apache-2.0
#include "eval/samples.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "eval/caption_list.hpp"
#include "eval/null_cells.hpp"
#include "records/picture_inputs.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

std::string extension_of(const fs::path& path) {
  return to_lower(path.extension().string());
}

bool is_table(const fs::path& path) {
  const std::string extension = extension_of(path);
  return extension == ".csv" || extension == ".tsv" || extension == ".txt";
}

bool is_listed(DataLayout layout) {
  return layout == DataLayout::csv || layout == DataLayout::karpathy || layout == DataLayout::coco;
}

// Where pictures come from and what says the truth of them.
struct Plan {
  std::vector<fs::path> inputs;
  SourceOptions options;
  std::optional<CaptionList> captions;
  fs::path list;
  bool table = false;
  bool list_missing = false;
};

// Paths in a table are relative to the images root or to the table's own folder: whichever has the
// first picture.
fs::path root_of_table(const fs::path& list, const fs::path& root, const SourceOptions& options) {
  SourceOptions names = options;
  names.contents = false;
  const auto first = open_pictures({list}, names)->next();
  return first && !fs::exists(root / first->id) && fs::exists(list.parent_path() / first->id)
             ? list.parent_path()
             : root;
}

Plan plan_for_list(const fs::path& list, const std::vector<fs::path>& images,
                   const SampleRequest& request) {
  if (!fs::is_regular_file(list))
    fail(ErrorKind::input, "no list of pictures at {}: no such file", list.string());
  Plan plan;
  plan.options.path_column = request.data.path_column;
  plan.list = list;
  if (is_table(list)) {
    plan.table = true;
    plan.inputs = {list};
    plan.options.root = root_of_table(list, images.front(), plan.options);
  } else if (extension_of(list) == ".json") {
    plan.inputs = images;
    plan.captions = read_caption_list(list, request.data.karpathy_split);
  } else {
    fail(ErrorKind::input, "{}: a list of pictures is a .csv, .tsv, .txt or .json", list.string());
  }
  return plan;
}

bool holds_tars(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder))
    if (extension_of(entry.path()) == ".tar") return true;
  return false;
}

[[noreturn]] void fail_without_list(const fs::path& root, const DataRules& data) {
  fail(ErrorKind::input,
       "no list '{}' below {}: unpack the benchmark as published and give the folder that holds "
       "'{}', or name the list with --list FILE",
       data.list, root.string(), data.list);
}

Plan plan_for_folder(const fs::path& root, const SampleRequest& request) {
  const DataRules& data = request.data;
  if (!data.list.empty() && fs::is_regular_file(root / data.list))
    return plan_for_list(root / data.list, {root}, request);
  if (is_listed(data.layout) && !holds_tars(root)) fail_without_list(root, data);
  Plan plan;
  plan.inputs = {root};
  plan.list_missing = !data.list.empty();
  return plan;
}

Plan make_plan(const SampleRequest& request) {
  const std::vector<fs::path>& images = request.images;
  if (images.empty()) fail(ErrorKind::usage, "no pictures were given; give --images PATH");
  if (!request.list.empty()) return plan_for_list(request.list, images, request);
  if (images.size() == 1 && fs::is_directory(images.front()))
    return plan_for_folder(images.front(), request);
  if (images.size() == 1 && (is_table(images.front()) || extension_of(images.front()) == ".json"))
    return plan_for_list(images.front(), {images.front().parent_path()}, request);
  Plan plan;
  plan.inputs = images;
  plan.list_missing = !request.data.list.empty();
  return plan;
}

std::string folder_of(const std::string& id) {
  const fs::path folder = fs::path(id).parent_path();
  return folder.filename().string();
}

// A caption that is null, as img2dataset writes it, is none.
void take_caption(const nlohmann::json& caption, PictureSample& sample) {
  if (!caption.is_null()) sample.captions.emplace_back(trim(caption.get_ref<const std::string&>()));
}

void take_captions(const nlohmann::json& json, PictureSample& sample) {
  if (json.contains("captions") && !json.at("captions").is_null())
    for (const auto& caption : json.at("captions")) take_caption(caption, sample);
  else if (json.contains("caption"))
    take_caption(json.at("caption"), sample);
}

void take_json(const std::string& text, PictureSample& sample) {
  reading_json("the .json beside " + sample.id, "write the archive again", [&] {
    const auto json = parse_json(text);
    if (json.contains("label") && !json.at("label").is_null()) {
      sample.label =
          scalar_text(json.at("label"), "the \"label\" in the .json beside " + sample.id);
      sample.number = json.at("label").is_number();
    }
    take_captions(json, sample);
  });
}

void take_lines(const std::string& text, PictureSample& sample) {
  for (const std::string_view line : split(text, '\n'))
    if (!trim(line).empty()) sample.captions.emplace_back(trim(line));
}

// Turns what a source gives into samples.
class SampleReader {
 public:
  SampleReader(const Plan& plan, const SampleRequest& request) : plan_(plan), request_(request) {}

  [[nodiscard]] PictureSample read(SourcePicture picture) {
    PictureSample sample{.id = std::move(picture.id)};
    if (plan_.table)
      take_row(picture.beside, sample);
    else if (plan_.captions)
      take_entry(sample);
    else
      take_beside(picture.beside, sample);
    return sample;
  }

  [[nodiscard]] bool is_complete(const PictureSample& sample) const {
    const bool labelled = request_.truth == Truth::captions || !sample.label.empty();
    return labelled && (request_.truth == Truth::labels || !sample.captions.empty());
  }
  /// Entries of the caption list that are no picture here.
  [[nodiscard]] std::int64_t missing() const {
    const std::size_t listed = plan_.captions ? plan_.captions->files().size() : 0;
    return static_cast<std::int64_t>(listed - found_.size());
  }
  [[nodiscard]] bool saw_beside() const { return saw_beside_; }

 private:
  void take_row(const std::map<std::string, std::string>& row, PictureSample& sample) const {
    if (request_.truth != Truth::captions) {
      const std::string& label = cell(row, request_.data.label_column);
      if (!is_null_cell(label)) sample.label = trim(label);
    }
    if (request_.truth == Truth::labels) return;
    const std::string& caption = cell(row, request_.data.caption_column);
    if (!is_null_cell(caption)) sample.captions.emplace_back(trim(caption));
  }

  [[nodiscard]] const std::string& cell(const std::map<std::string, std::string>& row,
                                        const std::string& column) const {
    const auto found = row.find(column);
    if (found != row.end()) return found->second;
    std::vector<std::string> names;
    for (const auto& [name, value] : row) names.push_back(name);
    fail(ErrorKind::input,
         "{}: no column '{}'; beside the path there are: {}. Name the column with {}",
         plan_.inputs.front().string(), column, some_of(names),
         column == request_.data.caption_column ? "--caption-column" : "--label-column");
  }

  void take_entry(PictureSample& sample) {
    const auto entry = plan_.captions->find(sample.id);
    if (!entry) return;
    found_.insert(*entry);
    sample.captions = plan_.captions->files()[*entry].captions;
    sample.label = folder_of(sample.id);
  }

  void take_beside(const std::map<std::string, std::string>& beside, PictureSample& sample) {
    saw_beside_ = saw_beside_ || !beside.empty();
    sample.label = folder_of(sample.id);
    if (const auto cls = beside.find("cls"); cls != beside.end()) {
      sample.label = trim(cls->second);
      sample.number = parse_int(sample.label).has_value();
    }
    if (const auto txt = beside.find("txt"); txt != beside.end()) take_lines(txt->second, sample);
    if (const auto json = beside.find("json"); json != beside.end()) {
      const auto lines = std::exchange(sample.captions, {});
      take_json(json->second, sample);
      if (sample.captions.empty()) sample.captions = lines;
    }
  }

  const Plan& plan_;
  const SampleRequest& request_;
  std::set<std::size_t> found_;
  bool saw_beside_ = false;
};

[[noreturn]] void fail_without_truth(const SampleRequest& request) {
  const bool folders = std::ranges::all_of(
      request.images, [](const fs::path& path) { return fs::is_directory(path); });
  if (request.truth == Truth::labels && folders && request.images.size() > 1)
    fail(ErrorKind::input,
         "none of the pictures has a label: for class folders give the one folder that holds them "
         "(--images {})",
         fs::absolute(request.images.front()).lexically_normal().parent_path().string());
  if (request.truth == Truth::labels)
    fail(ErrorKind::input,
         "none of the pictures has a label: put them into a folder a class, give a list with a "
         "column of labels (--list FILE.csv), or a tar with a .json or .cls beside each picture");
  fail(ErrorKind::input,
       "none of the pictures has a caption: give a list with a column of captions or a Karpathy or "
       "COCO file (--list FILE), or a tar with a .json or .txt beside each picture");
}

std::string layout_of(const Plan& plan, const SampleReader& reader) {
  if (plan.table) return "csv";
  if (plan.captions) return "karpathy or coco";
  return reader.saw_beside() ? "webdataset" : "folders";
}

// Where a sample went.
enum class Place { own, merged, dropped };

// Rows of a table that name the same picture become one sample when captions are wanted.
class Collector {
 public:
  explicit Collector(bool merge) : merge_(merge) {}

  Place add(PictureSample sample) {
    if (merge_) {
      const auto [at, is_new] = by_path_.emplace(sample.id, samples.size());
      if (!is_new) {
        std::ranges::move(sample.captions, std::back_inserter(samples[at->second].captions));
        return Place::merged;
      }
    }
    samples.push_back(std::move(sample));
    return Place::own;
  }

  std::vector<PictureSample> samples;

 private:
  bool merge_;
  std::unordered_map<std::string, std::size_t> by_path_;
};

void describe(const Plan& plan, const SampleReader& reader, SampleSet& set) {
  set.missing = reader.missing();
  set.layout = layout_of(plan, reader);
  set.list_missing = plan.list_missing;
  for (const fs::path& input : plan.inputs) set.inputs.push_back(input.string());
  set.list = plan.list;
  if (plan.captions) set.split = plan.captions->split();
  set.root = plan.options.root;
}

}  // namespace

SampleSet read_samples(const SampleRequest& request) {
  const Plan plan = make_plan(request);
  SampleSet set;
  set.paths_ = plan.inputs;
  set.options_ = plan.options;
  SourceOptions names = plan.options;
  names.contents = false;
  const auto source = open_picture_inputs(plan.inputs, names);
  SampleReader reader(plan, request);
  Collector collector(plan.table && request.truth == Truth::captions);
  while (auto picture = source->next()) {
    PictureSample sample = reader.read(std::move(*picture));
    Place place = Place::dropped;
    if (reader.is_complete(sample))
      place = collector.add(std::move(sample));
    else
      ++(plan.captions ? set.unlisted : set.unlabelled);
    set.used_.push_back(place == Place::own);
  }
  if (collector.samples.empty()) fail_without_truth(request);
  set.samples = std::move(collector.samples);
  describe(plan, reader, set);
  return set;
}

void SampleSet::drop(const std::vector<bool>& dropped) {
  std::vector<PictureSample> kept;
  std::size_t at = 0;
  for (auto used = used_.begin(); used != used_.end(); ++used) {
    if (!*used) continue;
    if (dropped[at])
      *used = false;
    else
      kept.push_back(std::move(samples[at]));
    ++at;
  }
  unlabelled += static_cast<std::int64_t>(samples.size() - kept.size());
  samples = std::move(kept);
}

Labels labels_of(std::span<const PictureSample> samples) {
  Labels labels;
  labels.numbers = std::ranges::all_of(samples, &PictureSample::number);
  for (const PictureSample& sample : samples) labels.words.push_back(sample.label);
  return labels;
}

std::unique_ptr<PictureSource> SampleSet::open() const {
  SourceOptions options = options_;
  options.wanted = [this, place = std::size_t{0}](const std::string&) mutable {
    return place < used_.size() && used_[place++];
  };
  return open_picture_inputs(paths_, options);
}

}  // namespace skyglot
