// SPDX-License-Identifier: Apache-2.0
#include "train/training_data.hpp"

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/pipeline.hpp"
#include "base/random.hpp"
#include "pictures/decode.hpp"
#include "records/picture_inputs.hpp"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <optional>
#include <utility>

namespace skyglot {
namespace {

constexpr int kAttempts = 1000;  // at another picture in the place of one that cannot be used
constexpr std::uint64_t kLookedAt = 64;  // pictures of a source, for captions, before it begins

struct Usable {
  Picture picture;
  std::string caption;
  std::string meaning;
};

}  // namespace

struct TrainingData::Source {
  TrainingSource from;
  std::shared_ptr<const PictureIndex> index;
  SampleStream stream;

  [[nodiscard]] std::uint64_t next() {
    for (;;) {
      if (const auto number = stream.next()) return *number;
      stream.begin_epoch(stream.position().epoch + 1);
    }
  }

  // Nothing where it cannot be used.
  [[nodiscard]] std::optional<Usable> read(std::uint64_t number, const BatchOptions& options,
                                           RandomStream& random) const {
    const SourcePicture picture = index->read(number);
    if (picture.missing)
      fail(ErrorKind::io,
           "{} of {} is gone ({}); put it back, or take it out of the list and begin anew",
           picture.id, from.images.front().string(), picture.problem);
    if (!picture.problem.empty()) return std::nullopt;
    try {
      const PictureCaptions captions = captions_of(picture, from);
      if (captions.texts.empty()) return std::nullopt;
      const Picture decoded = decode_picture(picture.bytes, picture.id, options.max_pixels);
      const std::string& caption = captions.texts[random.index(captions.texts.size())];
      return Usable{augment(decoded, options.augmentation, options.side, random), caption,
                    captions.label.empty() ? caption : "label " + captions.label};
    } catch (const Error&) {
      return std::nullopt;
    }
  }

  // A source whose first pictures have no caption at all is a mistake of the recipe.
  void require_captions() const {
    const std::uint64_t looked_at = std::min(kLookedAt, index->size());
    for (std::uint64_t i = 0; i < looked_at; ++i)
      if (!captions_of(index->read(i * index->size() / looked_at), from).texts.empty()) return;
    fail(ErrorKind::input,
         "{}: none of {} pictures looked at has a caption{} in UTF-8; name where captions stand "
         "(caption = \"...\"), or give templates with {{label}} for pictures in class folders",
         from.images.front().string(), looked_at,
         from.caption.empty() ? "" : fmt::format(" under \"{}\"", from.caption));
  }
};

struct TrainingData::Drawn {
  std::size_t source = 0;
  std::uint64_t number = 0;
};

TrainingData::TrainingData(const std::vector<TrainingSource>& sources, const BatchOptions& options)
    : options_(options) {
  if (sources.empty()) fail(ErrorKind::usage, "a training needs data: name at least one source");
  for (const TrainingSource& source : sources) {
    if (!(source.weight > 0) || !std::isfinite(source.weight))
      fail(ErrorKind::usage,
           "the source {} has weight {}: nothing of it would be read; give it a weight above 0 or "
           "leave it out",
           source.images.empty() ? "?" : source.images.front().string(), source.weight);
    SourceOptions how;
    how.root = source.root;
    auto index = index_picture_inputs(source.images, how);
    SampleStreamOptions order;
    order.seed = mix(options.seed, sources_.size());
    const SampleStream stream(index->size(), order);
    sources_.push_back({source, std::move(index), stream});
    sources_.back().require_captions();
  }
}

TrainingData::~TrainingData() {
  if (coming_.valid()) coming_.wait();
}

std::uint64_t TrainingData::size() const {
  std::uint64_t pictures = 0;
  for (const Source& source : sources_) pictures += source.index->size();
  return pictures;
}

std::size_t TrainingData::pick(std::uint64_t item) const {
  double total = 0;
  for (const Source& source : sources_) total += source.from.weight;
  RandomStream random(options_.seed, "source", {number_, item});
  double at = random.uniform(0, total);
  for (std::size_t i = 0; i + 1 < sources_.size(); ++i) {
    if (at < sources_[i].from.weight) return i;
    at -= sources_[i].from.weight;
  }
  return sources_.size() - 1;
}

// Every rank draws all of a batch, so that they stay in step whatever their number.
std::vector<TrainingData::Drawn> TrainingData::draw() {
  std::vector<Drawn> drawn;
  for (std::int64_t item = 0; item < options_.batch; ++item) {
    const std::size_t source = pick(static_cast<std::uint64_t>(item));
    drawn.push_back({source, sources_[source].next()});
  }
  ++number_;
  return drawn;
}

TrainingBatch TrainingData::make_batch() {
  const std::uint64_t number = number_;
  const std::vector<Drawn> drawn = draw();
  const std::int64_t share = options_.batch / options_.world;
  const std::int64_t first = share * options_.rank;
  TrainingBatch batch;
  batch.position = position();
  batch.pictures.resize(static_cast<std::size_t>(share));
  batch.captions.resize(static_cast<std::size_t>(share));
  batch.meanings.resize(static_cast<std::size_t>(share));
  std::atomic<std::int64_t> replaced{0};
  const auto make = [&](std::int64_t i) {
    const auto item = static_cast<std::uint64_t>(first + i);
    const Drawn& one = drawn[static_cast<std::size_t>(first + i)];
    const Source& source = sources_[one.source];
    RandomStream random(options_.seed, "augment", {number, item});
    std::uint64_t picture = one.number;
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      if (auto usable = source.read(picture, options_, random)) {
        batch.pictures[static_cast<std::size_t>(i)] = std::move(usable->picture);
        batch.captions[static_cast<std::size_t>(i)] = std::move(usable->caption);
        batch.meanings[static_cast<std::size_t>(i)] = std::move(usable->meaning);
        return;
      }
      ++replaced;
      picture = random.next() % source.index->size();
    }
    fail(ErrorKind::input,
         "{}: {} pictures in a row cannot be used (damaged, or without caption); look at them with "
         "'skyglot embed', which lists what it skips",
         source.from.images.front().string(), kAttempts);
  };
  tbb::task_arena arena(thread_count(options_.threads));
  arena.execute([&] { tbb::parallel_for(std::int64_t{0}, share, make); });
  batch.replaced = replaced;
  return batch;
}

TrainingBatch TrainingData::next() {
  if (!coming_.valid()) coming_ = std::async(std::launch::async, [this] { return make_batch(); });
  TrainingBatch batch = coming_.get();
  coming_ = std::async(std::launch::async, [this] { return make_batch(); });
  return batch;
}

std::string TrainingData::position() const {
  nlohmann::ordered_json json{{"batch", number_}, {"sources", nlohmann::ordered_json::array()}};
  for (const Source& source : sources_) json["sources"].push_back(source.stream.saved());
  return json.dump();
}

void TrainingData::resume(const std::string& position) {
  if (coming_.valid()) coming_.wait();
  coming_ = {};
  reading_json("the position in the training data", "begin the training anew", [&] {
    const auto json = parse_json(position);
    const auto& saved = json.at("sources");
    if (saved.size() != sources_.size())
      fail(ErrorKind::input,
           "the checkpoint was made with {} sources of data, the recipe has {}: begin anew in "
           "another folder",
           saved.size(), sources_.size());
    for (std::size_t i = 0; i < sources_.size(); ++i)
      sources_[i].stream.resume(saved[i].get_ref<const std::string&>());
    number_ = json.at("batch").get<std::uint64_t>();
  });
}

}  // namespace skyglot
