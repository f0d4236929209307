// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/linear_algebra.hpp"
#include "base/pipeline_ahead.hpp"
#include "embed/embed.hpp"
#include "embed/unit_rows.hpp"
#include "pictures/decode.hpp"

#include <algorithm>
#include <deque>
#include <string>
#include <utility>

namespace skyglot {
namespace {

// A picture whose crops wait for the tower.
struct Prepared {
  EmbeddedPicture outcome;
  std::vector<Picture> crops;
};

Preparation preparation_of(const PictureModel& tower, const EmbedOptions& options) {
  Preparation how = tower.preparation;
  if (!options.resize || *options.resize == how.mode) return how;
  how.mode = *options.resize;
  how.resize_side = how.side;
  return how;
}

// Without the picture's name, which stands beside it.
std::string reason_of(const Error& error, const std::string& id) {
  const std::string reason = error.what();
  return reason.starts_with(id + ": ") ? reason.substr(id.size() + 2) : reason;
}

Prepared prepare(SourcePicture picture, const Preparation& how, std::size_t max_pixels) {
  Prepared prepared{
      {std::move(picture.id), std::move(picture.beside), {}, std::move(picture.problem)}, {}};
  if (!prepared.outcome.skipped.empty()) return prepared;
  try {
    const std::string& name = prepared.outcome.id;
    prepared.crops = prepare_picture(
        picture.draw ? picture.draw() : decode_picture(picture.bytes, name, max_pixels), how);
  } catch (const Error& error) {
    // A disk that fails is nothing that could be said of a picture.
    if (error.kind() == ErrorKind::internal || error.kind() == ErrorKind::io) throw;
    prepared.outcome.skipped = reason_of(error, prepared.outcome.id);
  }
  return prepared;
}

// Collects pictures until there are passes enough for the tower and hands them on with their
// vectors. Passes are cut from the start of a block, wherever its pictures are handed over.
class Passes {
 public:
  Passes(const PictureModel& tower, const EmbedOptions& options,
         const std::function<void(EmbeddedPicture)>& sink)
      : tower_(tower), options_(options), sink_(sink) {}

  void add(Prepared prepared) {
    waiting_.push_back({std::move(prepared.outcome), prepared.crops.size()});
    std::ranges::move(prepared.crops, std::back_inserter(crops_));
    ++items_;
    if (items_ % options_.block == 0)
      flush();
    else if (crops_.size() >= tower_.at_once * tower_.passes)
      encode(crops_.size() / tower_.at_once * tower_.at_once);
  }

  void flush() {
    encode(crops_.size());
    rows_ = {};
    next_row_ = 0;
  }

 private:
  struct Waiting {
    EmbeddedPicture outcome;
    std::size_t crops = 0;
  };

  void encode(std::size_t count) {
    if (count > 0) {
      const Matrix rows = tower_.encode(std::span<const Picture>(crops_).first(count));
      expect(static_cast<std::size_t>(rows.rows) == count, "a tower gave too few rows");
      demand_finite(rows, "pictures from " + waiting_.front().outcome.id + " on");
      rows_.cols = rows.cols;
      rows_.rows += rows.rows;
      rows_.values.insert(rows_.values.end(), rows.values.begin(), rows.values.end());
      crops_.erase(crops_.begin(), crops_.begin() + static_cast<std::ptrdiff_t>(count));
    }
    hand_on();
  }

  // Those whose crops all have their rows.
  void hand_on() {
    while (!waiting_.empty()) {
      const auto count = static_cast<std::int64_t>(waiting_.front().crops);
      if (next_row_ + count > rows_.rows) return;
      EmbeddedPicture outcome = std::move(waiting_.front().outcome);
      waiting_.pop_front();
      if (count > 0) outcome.vector = vector_of(next_row_, count);
      next_row_ += count;
      sink_(std::move(outcome));
    }
  }

  // Of several crops the mean of their directions.
  [[nodiscard]] std::vector<float> vector_of(std::int64_t first, std::int64_t count) const {
    std::vector<float> vector(rows_.row(first).begin(), rows_.row(first).end());
    if (count > 1) vector = mean_direction(rows_, first, count);
    if (options_.normalise) to_unit_length(vector);
    return vector;
  }

  const PictureModel& tower_;
  const EmbedOptions& options_;
  const std::function<void(EmbeddedPicture)>& sink_;
  std::deque<Waiting> waiting_;
  std::vector<Picture> crops_;  // of the waiting ones, not yet in rows_
  Matrix rows_;                 // of this block
  std::int64_t next_row_ = 0;   // the first row of waiting_.front()
  std::uint64_t items_ = 0;
};

}  // namespace

void embed_pictures(PictureSource& source, const PictureModel& tower, const EmbedOptions& options,
                    const std::function<void(EmbeddedPicture)>& sink) {
  expect(tower.at_once > 0 && tower.passes > 0 && options.block > 0,
         "passes and blocks hold something");
  const Preparation how = preparation_of(tower, options);
  // A long scene makes up to 64 crops: of those, fewer wait.
  const std::size_t ahead = how.mode == ResizeMode::tile
                                ? static_cast<std::size_t>(thread_count(options.threads))
                                : tower.at_once * tower.passes;
  Passes passes(tower, options, sink);
  run_pipeline_ahead(
      {.threads = thread_count(options.threads), .in_flight = std::max<std::size_t>(ahead, 4)},
      [&] { return source.next(); },
      [&](SourcePicture picture) { return prepare(std::move(picture), how, options.max_pixels); },
      [&](Prepared prepared) { passes.add(std::move(prepared)); });
  passes.flush();
}

}  // namespace skyglot
