// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/pipeline_ahead.hpp"
#include "embed/embed.hpp"
#include "embed/unit_rows.hpp"
#include "nn/linear_algebra.hpp"
#include "pictures/decode.hpp"

#include <algorithm>
#include <utility>

namespace skyglot {
namespace {

// A picture whose crops wait for the tower.
struct Prepared {
  EmbeddedPicture outcome;
  std::vector<Picture> crops;
};

Prepared prepare(SourcePicture picture, int side, ResizeMode mode, std::size_t max_pixels) {
  Prepared prepared{
      {std::move(picture.id), std::move(picture.beside), {}, std::move(picture.problem)}, {}};
  if (!prepared.outcome.skipped.empty()) return prepared;
  try {
    const std::string& name = prepared.outcome.id;
    prepared.crops = prepare_picture(decode_picture(picture.bytes, name, max_pixels), side, mode);
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::internal) throw;
    prepared.outcome.skipped = error.what();
  }
  return prepared;
}

// Collects pictures until they fill a batch and hands them on with their vectors.
class Batches {
 public:
  Batches(const PictureModel& tower, const EmbedOptions& options,
          const std::function<void(EmbeddedPicture)>& sink)
      : tower_(tower), options_(options), sink_(sink) {}

  void add(Prepared prepared) {
    counts_.push_back(prepared.crops.size());
    std::ranges::move(prepared.crops, std::back_inserter(crops_));
    outcomes_.push_back(std::move(prepared.outcome));
    ++items_;
    if (crops_.size() >= static_cast<std::size_t>(options_.batch) || items_ % options_.block == 0)
      flush();
  }

  void flush() {
    const Matrix rows = encode_all();
    std::int64_t row = 0;
    for (std::size_t i = 0; i < outcomes_.size(); ++i) {
      const auto count = static_cast<std::int64_t>(counts_[i]);
      if (count > 0) outcomes_[i].vector = vector_of(rows, row, count);
      row += count;
      sink_(std::move(outcomes_[i]));
    }
    outcomes_.clear();
    counts_.clear();
    crops_.clear();
  }

 private:
  [[nodiscard]] Matrix encode_all() const {
    Matrix rows;
    const std::span<const Picture> all = crops_;
    const auto batch = static_cast<std::size_t>(options_.batch);
    for (std::size_t begin = 0; begin < all.size(); begin += batch) {
      const Matrix part = tower_.encode(all.subspan(begin, std::min(batch, all.size() - begin)));
      rows.rows += part.rows;
      rows.cols = part.cols;
      rows.values.insert(rows.values.end(), part.values.begin(), part.values.end());
    }
    expect(static_cast<std::size_t>(rows.rows) == crops_.size(), "a tower gave too few rows");
    demand_finite(rows, outcomes_.empty() ? "" : "pictures from " + outcomes_.front().id + " on");
    return rows;
  }

  // Of several crops the mean of their directions.
  [[nodiscard]] std::vector<float> vector_of(const Matrix& rows, std::int64_t first,
                                             std::int64_t count) const {
    std::vector<float> vector(rows.row(first).begin(), rows.row(first).end());
    if (count > 1) vector = mean_direction(rows, first, count);
    if (options_.normalise) to_unit_length(vector);
    return vector;
  }

  const PictureModel& tower_;
  const EmbedOptions& options_;
  const std::function<void(EmbeddedPicture)>& sink_;
  std::vector<Picture> crops_;
  std::vector<std::size_t> counts_;  // crops of each outcome
  std::vector<EmbeddedPicture> outcomes_;
  std::uint64_t items_ = 0;
};

}  // namespace

void embed_pictures(PictureSource& source, const PictureModel& tower, const EmbedOptions& options,
                    const std::function<void(EmbeddedPicture)>& sink) {
  expect(options.batch > 0 && options.block > 0, "batches and blocks hold something");
  const ResizeMode mode = options.resize.value_or(tower.resize);
  Batches batches(tower, options, sink);
  run_pipeline_ahead(
      {.threads = thread_count(options.threads),
       .in_flight = static_cast<std::size_t>(std::max(options.batch, 4))},
      [&] { return source.next(); },
      [&](SourcePicture picture) {
        return prepare(std::move(picture), tower.side, mode, options.max_pixels);
      },
      [&](Prepared prepared) { batches.add(std::move(prepared)); });
  batches.flush();
}

}  // namespace skyglot
