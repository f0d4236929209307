// SPDX-License-Identifier: Apache-2.0
#include "eval/picture_vectors.hpp"

#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/half.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/progress.hpp"
#include "base/version.hpp"
#include "embed/job.hpp"
#include "embed/tensor_rows.hpp"
#include "embed/vectors.hpp"

#include <memory>
#include <optional>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

// Size and time of a file, or of the tar that a path leads into, so that a changed one gives
// another key.
std::string state_of(fs::path path) {
  std::error_code code;
  while (!fs::exists(path, code) && path.has_relative_path()) path = path.parent_path();
  if (!fs::is_regular_file(path, code)) return "-";
  return fmt::format("{}:{}", fs::file_size(path, code),
                     fs::last_write_time(path, code).time_since_epoch().count());
}

std::string key_of(const SampleSet& set, const Json& model) {
  Sha256 hash;
  hash.update(std::string(version()) + "\n" + json_text(model));
  for (const std::string& input : set.inputs)
    hash.update(fs::absolute(input).string() + "\n" + state_of(input) + "\n");
  if (!set.list.empty()) hash.update(fs::absolute(set.list).string() + "\n" + state_of(set.list));
  if (!set.root.empty()) hash.update("\n" + fs::absolute(set.root).string() + "\n");
  for (const PictureSample& sample : set.samples) {
    hash.update(sample.id + "\n");
    for (const std::string& input : set.inputs)
      if (fs::is_directory(input)) hash.update(state_of(fs::path(input) / sample.id));
    if (!set.root.empty()) hash.update(state_of(set.root / sample.id));
  }
  return hash.finish().substr(0, 32);
}

[[noreturn]] void fail_on_change(const SampleSet& set) {
  fail(ErrorKind::input, "{}: the pictures changed while they were read; run the command again",
       set.inputs.front());
}

// Names that vectors are kept under: several inputs may share ids, a list may name a picture twice.
std::vector<std::string> names_of(const SampleSet& set) {
  std::unordered_map<std::string, int> times;
  std::vector<std::string> names;
  for (const PictureSample& sample : set.samples) {
    const std::string id = stored_id(sample.id);
    const int time = ++times[id];
    names.push_back(time == 1 ? id : fmt::format("{}\t{}", id, time));
  }
  return names;
}

// The pictures of the samples under those names.
class NamedSource : public PictureSource {
 public:
  NamedSource(const SampleSet& set, const std::vector<std::string>& names)
      : set_(set), names_(names), source_(set.open()) {}

  std::optional<SourcePicture> next() override {
    auto picture = source_->next();
    if (picture.has_value() != (at_ < names_.size())) fail_on_change(set_);
    if (!picture) return picture;
    if (picture->id != set_.samples[at_].id) fail_on_change(set_);
    picture->id = names_[at_++];
    return picture;
  }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return names_.size(); }

 private:
  const SampleSet& set_;
  const std::vector<std::string>& names_;
  std::unique_ptr<PictureSource> source_;
  std::size_t at_ = 0;
};

PictureVectors compute(const SampleSet& set, const PictureModel& tower,
                       const PictureVectorOptions& options) {
  PictureVectors result;
  const auto halves = std::make_shared<std::string>();
  Progress progress("pictures", set.samples.size());
  std::size_t next = 0;
  const std::vector<std::string> names = names_of(set);
  NamedSource source(set, names);
  embed_pictures(source, tower, options.embed, [&](const EmbeddedPicture& picture) {
    if (picture.vector.empty()) {
      result.skipped.push_back({next, picture.skipped});
    } else {
      *halves += half_bytes(picture.vector);
      result.kept.push_back(next);
    }
    ++next;
    progress.advance();
  });
  result.vectors = tensor_rows({ElementType::f16,
                                {std::ssize(result.kept), options.columns},
                                std::as_bytes(std::span(*halves)),
                                halves});
  return result;
}

// Why pictures were skipped, by their names.
std::unordered_map<std::string, std::string> reasons_in(const fs::path& folder) {
  std::unordered_map<std::string, std::string> reasons;
  const fs::path file = folder / "skipped.csv";
  if (!fs::exists(file)) return reasons;
  for (auto& row : parse_csv(read_file(file), file.string()).rows)
    reasons.emplace(row.at(0), row.at(1));
  return reasons;
}

PictureVectors restore(const SampleSet& set, const fs::path& folder) {
  const Embeddings embeddings = read_embeddings(folder);
  const auto reasons = reasons_in(folder);
  const std::vector<std::string> names = names_of(set);
  PictureVectors result;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::size_t row = result.kept.size();
    const auto reason = reasons.find(names[i]);
    if (row < embeddings.ids.size() && embeddings.ids[row] == names[i])
      result.kept.push_back(i);
    else if (reason != reasons.end())
      result.skipped.push_back({i, reason->second});
    else
      fail(ErrorKind::format, "{}: holds other pictures", folder.string());
  }
  result.vectors = embeddings.vectors;
  return result;
}

void embed_into(const fs::path& folder, const SampleSet& set, const PictureModel& tower,
                const PictureVectorOptions& options, bool overwrite) {
  EmbedJob job;
  job.output = folder;
  job.overwrite = overwrite;
  job.about = {{"skyglot", version()}, {"model", options.model}};
  job.inputs = set.inputs;
  job.columns = options.columns;
  job.options = options.embed;
  const std::vector<std::string> names = names_of(set);
  NamedSource source(set, names);
  (void)run_picture_job(source, tower, job);
}

PictureVectors through_cache(const SampleSet& set, const PictureModel& tower,
                             const PictureVectorOptions& options) {
  const fs::path folder = options.cache / key_of(set, options.model);
  bool damaged = false;
  if (fs::exists(folder / "embeddings.json")) try {
      PictureVectors result = restore(set, folder);
      result.from_cache = true;
      return result;
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::format) throw;
      log_warning("{}; the pictures are embedded anew", error.what());
      damaged = true;
    }
  make_folder(options.cache);
  embed_into(folder, set, tower, options, damaged);
  return restore(set, folder);
}

[[noreturn]] void fail_without_vectors(const PictureVectors& result, const SampleSet& set) {
  const SkippedPicture& first = result.skipped.front();
  const std::string& id = set.samples[first.sample].id;
  const bool named = first.reason.find(id) != std::string::npos;
  fail(ErrorKind::input, "none of the {} pictures could be embedded; the first, {}{}",
       set.samples.size(), named ? "" : id + ": ", first.reason);
}

}  // namespace

PictureVectors embed_samples(const SampleSet& set, const PictureModel& tower,
                             const PictureVectorOptions& options) {
  PictureVectors result =
      options.cache.empty() ? compute(set, tower, options) : through_cache(set, tower, options);
  if (result.vectors.rows() == 0) fail_without_vectors(result, set);
  return result;
}

}  // namespace skyglot
