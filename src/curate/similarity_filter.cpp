// SPDX-License-Identifier: Apache-2.0
#include "curate/similarity_filter.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/file_lock.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/linear_algebra.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "embed/job.hpp"
#include "embed/vectors.hpp"
#include "records/dataset_info.hpp"
#include "records/picture_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNameDigits = 16;  // of the hash that a run's folder is named by

struct Pair {
  std::string picture;       // id
  std::size_t title, multi;  // among the captions
};

struct Pairs {
  std::vector<Pair> pairs;
  std::vector<std::string> captions;  // each once
};

Pairs read_pairs(const fs::path& dataset) {
  Pairs all;
  std::unordered_map<std::string, std::size_t> places;
  const auto place_of = [&](std::string& caption) {
    const auto [found, added] = places.emplace(caption, all.captions.size());
    if (added) all.captions.push_back(std::move(caption));
    return found->second;
  };
  read_caption_rows(dataset, [&](CaptionRow&& row) {
    const std::string id = row.file.substr(row.file.rfind('/') + 1);
    const std::size_t title = place_of(row.title);
    all.pairs.push_back({id, title, place_of(row.title_multi_objects)});
  });
  if (all.pairs.empty())
    fail(ErrorKind::input, "{}: the data set has no pairs to compare", dataset.string());
  if (std::ranges::all_of(all.captions, [](const std::string& c) { return trim(c).empty(); }))
    fail(ErrorKind::input, "{}: no pair has a caption", dataset.string());
  return all;
}

EmbedJob job_of(const SimilarityFilter& filter, const fs::path& output) {
  EmbedJob job;
  job.output = output;
  job.about = filter.about;
  job.about["content"] = output.filename().string();
  job.inputs = {{"dataset", dataset_fingerprint(filter.dataset).value_or("")}};
  job.columns = filter.columns;
  job.options = filter.embed;
  job.overwrite = filter.overwrite;
  return job;
}

// One run, one folder: another model's or another data set's vectors are never taken for its own,
// and captions that were edited are others.
struct VectorFolders {
  fs::path pictures, captions;
};

VectorFolders folders_of(const SimilarityFilter& filter, const Pairs& all) {
  const auto short_hash = [](const std::string& text) {
    return sha256(text).substr(0, kNameDigits);
  };
  Json key = filter.about;
  key["dataset"] = dataset_fingerprint(filter.dataset).value_or("");
  const fs::path folder = filter.dataset / "similarity" / short_hash(json_text(key));
  return {folder / "pictures", folder / ("captions-" + short_hash(join(all.captions, "\n")))};
}

class VectorsById {
 public:
  explicit VectorsById(const fs::path& folder)
      : embeddings_(read_embeddings(folder)), rows_(embeddings_, folder.string()) {}
  /// Nothing where there is none of that id.
  [[nodiscard]] std::optional<Matrix> find(const std::string& id) const {
    const auto row = rows_.find(stored_id(id));
    if (!row) return std::nullopt;
    return embeddings_.vectors.block(*row, 1);
  }

 private:
  Embeddings embeddings_;
  IdIndex rows_;
};

// Of vectors of unit length.
float cosine(const Matrix& a, const std::optional<Matrix>& b) {
  if (!b) return std::numeric_limits<float>::quiet_NaN();
  return static_cast<float>(inner_product(a.values, b->values));
}

std::vector<PairSimilarity> similarities_of(const Pairs& all, const VectorsById& pictures,
                                            const VectorsById& captions) {
  std::vector<PairSimilarity> result(all.pairs.size());
  for (std::size_t i = 0; i < all.pairs.size(); ++i) {
    const Pair& pair = all.pairs[i];
    const std::optional<Matrix> picture = pictures.find(pair.picture);
    if (!picture) continue;
    result[i] = {cosine(*picture, captions.find(all.captions[pair.title])),
                 cosine(*picture, captions.find(all.captions[pair.multi]))};
  }
  return result;
}

bool is_finished(const fs::path& vectors) {
  return fs::exists(vectors / "embeddings.json");
}

// Pictures that an earlier run had embedded.
std::uint64_t embed_both(const SimilarityFilter& filter, const Pairs& all, const VectorFolders& to,
                         const PictureModel& pictures, const TextModel& texts) {
  make_folder(to.pictures.parent_path());
  std::uint64_t resumed = all.pairs.size();
  if (filter.overwrite || !is_finished(to.pictures)) {
    const auto source = open_picture_inputs({filter.dataset});
    resumed = run_picture_job(*source, pictures, job_of(filter, to.pictures)).resumed;
  }
  if (filter.overwrite || !is_finished(to.captions))
    (void)run_text_job(all.captions, texts, job_of(filter, to.captions));
  return resumed;
}

// Pairs with a similarity, the most similar first.
std::vector<std::size_t> ranked(const std::vector<float>& values) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < values.size(); ++i)
    if (std::isfinite(values[i])) order.push_back(i);
  std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t i) { return values[i]; });
  return order;
}

double mean(const std::vector<float>& values) {
  double sum = 0;
  std::size_t count = 0;
  for (const float value : values)
    if (std::isfinite(value)) sum += double{value}, ++count;
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

std::vector<float> column(const std::vector<PairSimilarity>& similarities,
                          float PairSimilarity::*which) {
  std::vector<float> values;
  values.reserve(similarities.size());
  for (const PairSimilarity& s : similarities) values.push_back(s.*which);
  return values;
}

struct Kept {
  std::vector<KeptList> lists;
  std::vector<SimilarityCut> cuts;
};

Kept keep_best(std::vector<double> percents, const std::vector<float>& values) {
  const std::vector<std::size_t> order = ranked(values);
  std::ranges::sort(percents);
  percents.erase(std::ranges::unique(percents).begin(), percents.end());
  Kept kept;
  for (const double percent : percents) {
    const auto wanted =
        static_cast<std::size_t>(std::llround(percent / 100 * static_cast<double>(values.size())));
    const std::size_t count = std::min(wanted, order.size());
    KeptList list{kept_list_name(percent), std::vector<bool>(values.size(), false)};
    for (std::size_t i = 0; i < count; ++i) list.kept[order[i]] = true;
    kept.cuts.push_back(
        {percent, count, count == 0 ? 0 : double{values[order[count - 1]]}, list.name});
    kept.lists.push_back(std::move(list));
  }
  return kept;
}

}  // namespace

std::string kept_list_name(double percent) {
  return "kept_" + format_double(percent) + ".csv";
}

void SimilarityFilter::validate() const {
  std::vector<std::string> problems;
  for (const double percent : keep)
    if (!(percent > 0 && percent <= 100))
      problems.push_back(fmt::format("{} (above 0, at most 100)", percent));
  if (!problems.empty()) fail(ErrorKind::usage, "percent to keep: {}", join(problems, ", "));
}

FilteredPairs filter_by_similarity(const SimilarityFilter& filter, const PictureModel& pictures,
                                   const TextModel& texts) {
  filter.validate();
  make_folder(filter.dataset / "similarity");
  const FileLock lock(filter.dataset / "similarity" / ".lock");
  const Pairs all = read_pairs(filter.dataset);
  const VectorFolders vectors = folders_of(filter, all);
  const std::uint64_t resumed = embed_both(filter, all, vectors, pictures, texts);
  const std::vector<PairSimilarity> similarities =
      similarities_of(all, VectorsById(vectors.pictures), VectorsById(vectors.captions));
  const std::vector<float> titles = column(similarities, &PairSimilarity::title);
  const std::vector<float> multis = column(similarities, &PairSimilarity::title_multi_objects);
  const Kept kept = keep_best(filter.keep, filter.by_multi ? multis : titles);
  const SimilaritySummary summary{filter.by_multi ? "title_multi_objects" : "title",
                                  all.pairs.size(),
                                  static_cast<std::uint64_t>(std::ranges::count_if(
                                      titles, [](float value) { return !std::isfinite(value); })),
                                  mean(titles),
                                  mean(multis),
                                  kept.cuts,
                                  filter.about};
  // Until the summary is there again nothing says which model made the lists.
  remove_similarity_summary(filter.dataset);
  write_similarities(filter.dataset, similarities, kept.lists);
  write_similarity_summary(filter.dataset, summary);
  return {summary, resumed};
}

}  // namespace skyglot
