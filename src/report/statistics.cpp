// SPDX-License-Identifier: Apache-2.0
#include "report/statistics.hpp"

#include "base/interrupt.hpp"
#include "captions/captions.hpp"
#include "report/contact_picker.hpp"
#include "tokens/clip_tokenizer.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

std::string kind_name(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::way:
      return "way";
    case ObjectKind::area:
      return "area";
    case ObjectKind::node:
      break;
  }
  return "node";
}

std::uint64_t sum(const NameCounts& counts) {
  std::uint64_t result = 0;
  for (const auto& [name, count] : counts) result += count;
  return result;
}

std::size_t clip_tokens(std::string_view text) {
  return clip_tokenizer().count(text);
}

class Gatherer {
 public:
  explicit Gatherer(const GatherOptions& options)
      : options_(options),
        picker_(default_caption_rules().main_keys),
        single_(clip_tokens, options.top_captions),
        multi_(clip_tokens, options.top_captions) {
    result_.tiles = TileMap(options.max_outlines);
  }

  void add(const PairRecord& record) {
    check_interrupt();
    ++result_.rows;
    result_.targeted_rows += record.targeted ? 1 : 0;
    if (record.is_pair())
      add_pair(record);
    else
      ++(record.collection.empty() ? result_.skipped_in_match
                                   : result_.skipped_in_cut)[record.skip_reason];
  }

  Statistics finish() {
    result_.single = single_.finish();
    result_.multi = multi_.finish();
    result_.contact = picker_.pick(options_.pictures);
    return std::move(result_);
  }

 private:
  void add_pair(const PairRecord& record) {
    ++result_.pairs;
    result_.targeted_pairs += record.targeted ? 1 : 0;
    add_origin(record);
    add_sizes(record);
    for (const Tag& tag : record.tags) ++result_.tags[tag];
    single_.add(record.title);
    multi_.add(record.title_multi_objects);
    result_.tiles.add(record);
    if (options_.pictures > 0) picker_.add(record);
  }

  void add_origin(const PairRecord& record) {
    const auto split = static_cast<std::size_t>(record.split);
    ++result_.by_split[split];
    ++result_.by_collection[record.collection][split];
    ++result_.gsd_by_collection[record.collection][three_digits(record.gsd_m)];
    ++result_.by_kind[kind_name(record.kind)];
    ++result_.by_year[record.date.substr(0, 4)];
  }

  void add_sizes(const PairRecord& record) {
    const auto thousandth = [](double value) { return std::round(value * 1000) / 1000; };
    if (record.similarity) ++result_.similarity[thousandth(*record.similarity)];
    if (record.similarity_multi_objects)
      ++result_.similarity_multi_objects[thousandth(*record.similarity_multi_objects)];
    const double longer = std::max(record.width, record.height);
    ++result_.gsd_m[three_digits(record.gsd_m)];
    ++result_.width_px[record.width];
    ++result_.height_px[record.height];
    ++result_.longer_side_m[three_digits(longer * record.gsd_m)];
    ++result_.file_kb[three_digits(static_cast<double>(record.bytes) / 1000)];
    ++result_.tags_per_picture[static_cast<double>(record.tags.size())];
    ++result_.neighbours[static_cast<double>(record.surrounding.size())];
  }

  GatherOptions options_;
  Statistics result_;
  ContactPicker picker_;
  CaptionCounter single_;
  CaptionCounter multi_;
};

}  // namespace

std::uint64_t Statistics::skipped() const {
  return sum(skipped_in_match) + sum(skipped_in_cut);
}

Statistics gather_statistics(const RecordSource& records, const GatherOptions& options) {
  Gatherer gatherer(options);
  records([&](PairRecord&& record) { gatherer.add(record); });
  return gatherer.finish();
}

std::vector<TagCount> by_frequency(const std::map<Tag, std::uint64_t>& tags) {
  std::vector<TagCount> list;
  for (const auto& [tag, pictures] : tags) list.push_back({tag, pictures});
  std::ranges::stable_sort(list, std::greater(), &TagCount::pictures);
  return list;
}

}  // namespace skyglot
