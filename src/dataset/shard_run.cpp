// SPDX-License-Identifier: Apache-2.0
#include "dataset/shard_run.hpp"

#include "base/manifest.hpp"
#include "base/pipeline.hpp"
#include "base/progress.hpp"
#include "dataset/sample_maker.hpp"
#include "pictures/shard.hpp"
#include "raster/gdal.hpp"

#include <nlohmann/json.hpp>
#include <tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <optional>

namespace skyglot {
namespace {

struct Work {
  std::int64_t shard = 0;
  PlannedItem item;
  bool last = false;  // of its shard
};

// Takes samples in plan order and turns them into whole shards.
class ShardSink {
 public:
  ShardSink(const BuildFolder& folder, const std::filesystem::path& journal)
      : folder_(folder), journal_(journal) {}

  void take(const Work& work, Sample sample) {
    if (!writer_) writer_.emplace(folder_.shard_path(work.shard));
    if (sample.record.is_pair()) write(work.shard, sample);
    records_.push_back(std::move(sample.record));
    if (work.last) finish(work.shard);
  }

 private:
  void write(std::int64_t shard, Sample& sample) {
    PairRecord& record = sample.record;
    record.shard = shard;
    const ShardMember main = add_main(sample);
    record.offset = main.offset;
    record.bytes = main.size;
    writer_->add(record.key + ".txt", record.title);
    writer_->add(record.key + ".json", sample_json(record, sample.licence));
  }

  // The member that stands for the pair; a patch beside it follows.
  ShardMember add_main(const Sample& sample) {
    const std::string& key = sample.record.key;
    if (sample.jpeg.empty()) return writer_->add(key + ".tif", sample.patch);
    const ShardMember jpeg = writer_->add(key + ".jpg", sample.jpeg);
    if (!sample.patch.empty()) writer_->add(key + ".tif", sample.patch);
    return jpeg;
  }

  // Records first, then the tar, then the journal line: only the line makes the shard exist.
  void finish(std::int64_t shard) {
    const auto pairs = std::ranges::count_if(records_, &PairRecord::is_pair);
    const std::string records_sha256 = write_records(folder_.records_path(shard), records_);
    const std::size_t items = records_.size();
    const ShardWriter::Summary summary = writer_->commit();
    writer_.reset();
    records_.clear();
    journal_.append({{"shard", shard},
                     {"sha256", summary.sha256},
                     {"bytes", summary.bytes},
                     {"pairs", pairs},
                     {"items", items},
                     {"records_sha256", records_sha256}});
  }

  const BuildFolder& folder_;
  Manifest journal_;
  std::optional<ShardWriter> writer_;
  std::vector<PairRecord> records_;
};

std::vector<std::int64_t> open_shards(const Plan& plan, const BuildFolder& folder,
                                      const ShardRunOptions& options) {
  const auto finished = folder.finished();
  std::vector<std::int64_t> open;
  for (std::int64_t shard = options.task - 1;
       shard < static_cast<std::int64_t>(plan.shards().size()); shard += options.tasks)
    if (!finished.contains(shard)) open.push_back(shard);
  return open;
}

// The items of some shards, of which one at a time is in memory.
class WorkSource {
 public:
  WorkSource(Plan& plan, std::vector<std::int64_t> shards)
      : plan_(plan), shards_(std::move(shards)) {}

  [[nodiscard]] std::size_t size() const {
    std::size_t items = 0;
    for (const std::int64_t shard : shards_) items += planned(shard).size();
    return items;
  }

  std::optional<Work> next() {
    if (next_item_ == items_.size() && !load_next()) return std::nullopt;
    PlannedItem& item = items_[next_item_++];
    return Work{.shard = shards_[next_shard_ - 1],
                .item = std::move(item),
                .last = next_item_ == items_.size()};
  }

 private:
  [[nodiscard]] const PlannedShard& planned(std::int64_t shard) const {
    return plan_.shards()[static_cast<std::size_t>(shard)];
  }
  bool load_next() {
    if (next_shard_ == shards_.size()) return false;
    const PlannedShard& shard = planned(shards_[next_shard_++]);
    items_ = plan_.items(shard.first, shard.last);
    next_item_ = 0;
    return true;
  }

  Plan& plan_;
  std::vector<std::int64_t> shards_;
  std::size_t next_shard_ = 0;
  std::vector<PlannedItem> items_;
  std::size_t next_item_ = 0;
};

std::size_t most_bands(const ImageryCatalogue& catalogue) {
  std::size_t most = 0;
  for (const Collection& collection : catalogue.collections)
    most = std::max(most, collection.bands.size());
  return most;
}

// A sample holds at most one tile of three bytes a pixel, its JPEG, and as much again while
// cutting; with patches also all bands, at most four bytes a sample, as values, as a file in memory
// and as that file's copy.
std::uint64_t bytes_a_pixel(const BuildInputs& inputs) {
  const bool patches = inputs.recipe.patches() != PatchMember::none;
  return 8 + (patches ? 12 * most_bands(inputs.catalogue) : 0);
}

std::size_t samples_in_flight(const BuildInputs& inputs, const ShardRunOptions& options) {
  const auto side = static_cast<std::uint64_t>(
      std::max(inputs.recipe.polygon_max_px, inputs.recipe.point_max_px));
  const std::uint64_t sample_bytes = side * side * bytes_a_pixel(inputs);
  const auto wanted = static_cast<std::uint64_t>(options.threads) * 8;
  return static_cast<std::size_t>(
      std::clamp<std::uint64_t>(options.memory / 2 / sample_bytes, 2, wanted));
}

}  // namespace

std::size_t run_shards(const BuildInputs& inputs, Plan& plan, const BuildFolder& folder,
                       const ShardRunOptions& options) {
  limit_gdal_cache(options.memory / 4);
  WorkSource work(plan, open_shards(plan, folder, options));
  const std::size_t items = work.size();
  const CaptionWriter captions(inputs.caption_rules);
  tbb::enumerable_thread_specific<SampleMaker> makers(
      [&] { return SampleMaker(inputs, captions); });
  ShardSink sink(folder, folder.journal_path(options.task, options.tasks));
  Progress progress("pictures", items);
  run_pipeline(
      PipelineLimits{.threads = options.threads, .in_flight = samples_in_flight(inputs, options)},
      [&] { return work.next(); },
      [&](Work unit) {
        Sample sample = makers.local().make(unit.item);
        return std::pair(std::move(unit), std::move(sample));
      },
      [&](std::pair<Work, Sample> made) {
        sink.take(made.first, std::move(made.second));
        progress.advance();
      });
  return items;
}

}  // namespace skyglot
