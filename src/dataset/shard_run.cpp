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
  std::int64_t shard;
  std::size_t item;
};

// Takes samples in plan order and turns them into whole shards.
class ShardSink {
 public:
  ShardSink(const Plan& plan, const BuildFolder& folder, const std::filesystem::path& journal)
      : plan_(plan), folder_(folder), journal_(journal) {}

  void take(const Work& work, Sample sample) {
    if (!writer_) writer_.emplace(folder_.shard_path(work.shard));
    if (sample.record.is_pair()) write(work.shard, sample);
    records_.push_back(std::move(sample.record));
    if (work.item + 1 == plan_.shards[static_cast<std::size_t>(work.shard)].last)
      finish(work.shard);
  }

 private:
  void write(std::int64_t shard, Sample& sample) {
    PairRecord& record = sample.record;
    record.shard = shard;
    const ShardMember jpeg = writer_->add(record.key + ".jpg", sample.jpeg);
    record.offset = jpeg.offset;
    record.bytes = jpeg.size;
    writer_->add(record.key + ".txt", record.title);
    writer_->add(record.key + ".json", sample_json(record, sample.licence));
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

  const Plan& plan_;
  const BuildFolder& folder_;
  Manifest journal_;
  std::optional<ShardWriter> writer_;
  std::vector<PairRecord> records_;
};

std::vector<Work> open_work(const Plan& plan, const BuildFolder& folder,
                            const ShardRunOptions& options) {
  const auto finished = folder.finished();
  std::vector<Work> work;
  for (std::size_t shard = 0; shard < plan.shards.size(); ++shard) {
    const auto number = static_cast<std::int64_t>(shard);
    if (number % options.tasks != options.task - 1 || finished.contains(number)) continue;
    for (std::size_t item = plan.shards[shard].first; item < plan.shards[shard].last; ++item)
      work.push_back({number, item});
  }
  return work;
}

// A sample holds at most one tile of three bytes a pixel, its JPEG, and as much again while
// cutting.
std::size_t samples_in_flight(const BuildInputs& inputs, const ShardRunOptions& options) {
  const auto side = static_cast<std::uint64_t>(
      std::max(inputs.recipe.polygon_max_px, inputs.recipe.point_max_px));
  const std::uint64_t sample_bytes = side * side * 8;
  const auto wanted = static_cast<std::uint64_t>(options.threads) * 8;
  return static_cast<std::size_t>(
      std::clamp<std::uint64_t>(options.memory / 2 / sample_bytes, 2, wanted));
}

}  // namespace

std::size_t run_shards(const BuildInputs& inputs, const Plan& plan, const BuildFolder& folder,
                       const ShardRunOptions& options) {
  limit_gdal_cache(options.memory / 4);
  const std::vector<Work> work = open_work(plan, folder, options);
  const CaptionWriter captions(inputs.caption_rules);
  tbb::enumerable_thread_specific<SampleMaker> makers(
      [&] { return SampleMaker(inputs, captions); });
  ShardSink sink(plan, folder, folder.journal_path(options.task, options.tasks));
  Progress progress("pictures", work.size());
  std::size_t next = 0;
  run_pipeline(
      PipelineLimits{.threads = options.threads, .in_flight = samples_in_flight(inputs, options)},
      [&]() { return next < work.size() ? std::optional(work[next++]) : std::nullopt; },
      [&](Work unit) { return std::pair(unit, makers.local().make(plan.items[unit.item])); },
      [&](std::pair<Work, Sample> made) {
        sink.take(made.first, std::move(made.second));
        progress.advance();
      });
  return work.size();
}

}  // namespace skyglot
