// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/strings.hpp"
#include "pictures/source_kinds.hpp"
#include "pictures/tar_index.hpp"

#include <algorithm>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using Member = ShardReader::Member;

// Labels and captions are small; anything larger beside a picture is somebody else's business.
constexpr std::uint64_t kLargestBeside = std::uint64_t{1} << 20;
// More members of one key are no sample but a series ("scene.0001.jpg", ...).
constexpr std::size_t kLargestSample = 64;

// Where the last part of a path begins.
std::size_t base_of(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string_view::npos ? 0 : slash + 1;
}

// WebDataset's key: up to the first dot of the last part.
std::string_view key_of(std::string_view name) {
  return name.substr(0, name.find('.', base_of(name)));
}

// Up to the last dot of the last part.
std::string_view stem_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return name.substr(0, dot == std::string_view::npos || dot < base_of(name) ? name.size() : dot);
}

// "" of "000.jpg", "seg" of "000.seg.png".
std::string_view middle_of(std::string_view name) {
  const std::size_t key = key_of(name).size();
  const std::size_t stem = stem_of(name).size();
  return stem > key ? name.substr(key + 1, stem - key - 1) : std::string_view();
}

bool is_hidden_path(std::string_view name) {
  return std::ranges::any_of(split(name, '/'), [](auto part) { return part.starts_with('.'); });
}

// A word between key and extension tells what else of the sample it is: a mask, say. A number
// tells one picture of a series from the next.
bool is_named_part(std::string_view name) {
  const std::string_view middle = middle_of(name);
  return !middle.empty() && middle.find_first_of("0123456789") == std::string_view::npos;
}

class ShardIndex : public PictureIndex {
 public:
  ShardIndex(const std::vector<fs::path>& shards, const SourceOptions& options)
      : options_(options) {
    for (const fs::path& shard : shards) {
      tars_.emplace_back(shard);
      add_samples(static_cast<std::uint32_t>(tars_.size() - 1));
    }
  }

  [[nodiscard]] std::uint64_t size() const override { return pictures_.size(); }
  [[nodiscard]] std::string id(std::uint64_t number) const override {
    return member_of(pictures_.at(number)).name;
  }
  [[nodiscard]] SourcePicture read(std::uint64_t number) const override;

 private:
  // A picture and the range of members that its sample is.
  struct Place {
    std::uint32_t tar;
    std::uint32_t picture;
    std::uint32_t begin;
    std::uint32_t end;
  };
  using Key = std::string_view (*)(std::string_view);

  [[nodiscard]] const Member& member_of(const Place& place) const {
    return tars_[place.tar].members()[place.picture];
  }
  // The end of the run of members from `begin` that share what `key` gives.
  [[nodiscard]] std::uint32_t run_end(const Place& run, Key key) const;
  void add_samples(std::uint32_t tar);
  void add_series(const Place& run);
  void add_sample(const Place& run);
  void read_beside(const Place& place, const TarFile& file, SourcePicture& picture) const;

  SourceOptions options_;
  std::vector<TarIndex> tars_;
  std::vector<Place> pictures_;
};

std::uint32_t ShardIndex::run_end(const Place& run, Key key) const {
  const auto& members = tars_[run.tar].members();
  const std::string_view shared = key(members[run.begin].name);
  std::uint32_t end = run.begin;
  while (end < run.end && key(members[end].name) == shared) ++end;
  return end;
}

void ShardIndex::add_samples(std::uint32_t tar) {
  const auto count = static_cast<std::uint32_t>(tars_[tar].members().size());
  for (Place run{tar, 0, 0, 0}; run.begin < count; run.begin = run.end) {
    run.end = count;
    run.end = run_end(run, key_of);
    if (run.end - run.begin > kLargestSample)
      add_series(run);
    else
      add_sample(run);
  }
}

void ShardIndex::add_series(const Place& run) {
  for (Place part = run; part.begin < run.end; part.begin = part.end) {
    part.end = run.end;
    part.end = run_end(part, stem_of);
    add_sample(part);
  }
}

void ShardIndex::add_sample(const Place& run) {
  const auto& members = tars_[run.tar].members();
  const auto is_picture = [&](std::uint32_t i) {
    return is_picture_name(members[i].name) && !is_hidden_path(members[i].name);
  };
  bool has_plain = false;
  for (std::uint32_t i = run.begin; i < run.end; ++i)
    has_plain = has_plain || (is_picture(i) && middle_of(members[i].name).empty());
  for (std::uint32_t i = run.begin; i < run.end; ++i)
    if (is_picture(i) && !(has_plain && is_named_part(members[i].name)))
      pictures_.push_back({run.tar, i, run.begin, run.end});
}

SourcePicture ShardIndex::read(std::uint64_t number) const {
  const Place& place = pictures_.at(number);
  const Member& member = member_of(place);
  SourcePicture picture;
  picture.id = member.name;
  const TarFile file(tars_[place.tar].path());
  read_beside(place, file, picture);
  if (!options_.contents) return picture;
  if (member.size > options_.max_file_bytes)
    picture.problem = fmt::format("{} bytes are more than allowed", member.size);
  else if (member.size == 0)
    picture.problem = "the file is empty";
  else
    picture.bytes = file.read(member);
  return picture;
}

// What has another picture's stem lies beside that one only.
void ShardIndex::read_beside(const Place& place, const TarFile& file,
                             SourcePicture& picture) const {
  const auto& members = tars_[place.tar].members();
  const std::string_view stem = stem_of(picture.id);
  const std::string_view key = key_of(picture.id);
  const auto of_another = [&](std::string_view name) {
    if (stem_of(name) == stem || stem_of(name) == key) return false;
    return std::any_of(members.begin() + place.begin, members.begin() + place.end,
                       [&](const Member& m) {
                         return is_picture_name(m.name) && stem_of(m.name) == stem_of(name);
                       });
  };
  for (std::uint32_t i = place.begin; i < place.end; ++i) {
    const std::string_view name = members[i].name;
    if (is_picture_name(name) || members[i].size > kLargestBeside || of_another(name)) continue;
    const std::size_t known = stem_of(name) == stem ? stem.size() : key.size();
    picture.beside[to_lower(name.substr(std::min(known + 1, name.size())))] = file.read(members[i]);
  }
}

}  // namespace

std::unique_ptr<PictureIndex> index_shards(const std::vector<fs::path>& shards,
                                           const SourceOptions& options) {
  return std::make_unique<ShardIndex>(shards, options);
}

}  // namespace skyglot
