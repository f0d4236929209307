// SPDX-License-Identifier: Apache-2.0
#include "eval/picture_vectors.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/progress.hpp"
#include "embed/vectors.hpp"

#include <system_error>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

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
  hash.update(json_text(model));
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

void append(Matrix& matrix, const std::vector<float>& row) {
  if (matrix.rows == 0) matrix.cols = static_cast<std::int64_t>(row.size());
  expect(matrix.cols == static_cast<std::int64_t>(row.size()), "vectors of one length");
  matrix.values.insert(matrix.values.end(), row.begin(), row.end());
  ++matrix.rows;
}

[[noreturn]] void fail_on_change(const SampleSet& set) {
  fail(ErrorKind::input, "{}: the pictures changed while they were read; run the command again",
       set.inputs.front());
}

PictureVectors compute(const SampleSet& set, const PictureModel& tower,
                       const EmbedOptions& options) {
  PictureVectors result;
  Progress progress("pictures", set.samples.size());
  std::size_t next = 0;
  const auto source = set.open();
  embed_pictures(*source, tower, options, [&](const EmbeddedPicture& picture) {
    if (next == set.samples.size() || picture.id != set.samples[next].id) fail_on_change(set);
    if (picture.vector.empty()) {
      result.skipped.push_back({next, picture.skipped});
    } else {
      append(result.vectors, picture.vector);
      result.kept.push_back(next);
    }
    ++next;
    progress.advance();
  });
  if (next != set.samples.size()) fail_on_change(set);
  return result;
}

void store(const PictureVectors& result, const SampleSet& set, const fs::path& stem,
           const Json& model) {
  make_folder(stem.parent_path());
  Embeddings embeddings;
  embeddings.vectors = result.vectors;
  for (const std::size_t sample : result.kept) embeddings.ids.push_back(set.samples[sample].id);
  write_npy(stem.string() + ".npy", embeddings);
  Json skipped = Json::array();
  for (const SkippedPicture& picture : result.skipped)
    skipped.push_back({picture.sample, picture.reason});
  write_file_atomically(
      stem.string() + ".json",
      json_text(Json{{"model", model}, {"inputs", set.inputs}, {"skipped", skipped}}, 2) + "\n");
}

PictureVectors restore(const SampleSet& set, const fs::path& stem) {
  const std::string file = stem.string() + ".json";
  PictureVectors result;
  result.from_cache = true;
  reading_json(file, "remove it from the cache", [&] {
    const auto json = parse_json(read_file(file));
    for (const auto& entry : json.at("skipped"))
      result.skipped.push_back({entry.at(0).get<std::size_t>(), entry.at(1).get<std::string>()});
  });
  auto skipped = result.skipped.begin();
  for (std::size_t i = 0; i < set.samples.size(); ++i) {
    if (skipped != result.skipped.end() && skipped->sample == i)
      ++skipped;
    else
      result.kept.push_back(i);
  }
  result.vectors = read_embeddings(stem.string() + ".npy").vectors;
  if (result.vectors.rows != static_cast<std::int64_t>(result.kept.size()))
    fail(ErrorKind::format, "{}.npy: {} rows for {} pictures; remove it from the cache",
         stem.string(), result.vectors.rows, result.kept.size());
  return result;
}

[[noreturn]] void fail_without_vectors(const PictureVectors& result, const SampleSet& set) {
  const SkippedPicture& first = result.skipped.front();
  const std::string& id = set.samples[first.sample].id;
  const bool named = first.reason.find(id) != std::string::npos;
  fail(ErrorKind::input, "none of the {} pictures could be read; the first: {}{}",
       set.samples.size(), named ? "" : id + ": ", first.reason);
}

}  // namespace

PictureVectors embed_samples(const SampleSet& set, const PictureModel& tower,
                             const PictureVectorOptions& options) {
  PictureVectors result;
  if (options.cache.empty()) {
    result = compute(set, tower, options.embed);
  } else {
    const fs::path stem = options.cache / key_of(set, options.model);
    if (fs::exists(stem.string() + ".json")) {
      result = restore(set, stem);
    } else {
      result = compute(set, tower, options.embed);
      if (result.vectors.rows > 0) store(result, set, stem, options.model);
    }
  }
  if (result.vectors.rows == 0) fail_without_vectors(result, set);
  return result;
}

}  // namespace skyglot
