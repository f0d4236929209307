// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/strings.hpp"
#include "pictures/shard.hpp"
#include "pictures/source_kinds.hpp"

#include <algorithm>
#include <deque>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

// Labels and captions are small; anything larger beside a picture is somebody else's business.
constexpr std::uint64_t kLargestBeside = std::uint64_t{1} << 20;
constexpr std::size_t kLargestGroup = 256;

struct LoadedMember {
  std::size_t shard = 0;
  std::string name;
  std::string key;        // path up to the first dot of its last part
  std::string extension;  // what follows that dot, lower case
  std::string bytes;
  std::string problem;
};

LoadedMember named_member(std::size_t shard, const std::string& name) {
  const std::size_t slash = name.rfind('/');
  const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
  const std::size_t dot = std::min(name.find('.', begin), name.size());
  return {shard, name, name.substr(0, dot), to_lower(name.substr(std::min(dot + 1, name.size()))),
          "",    ""};
}

// Members of one key become samples: a picture each, with what lies beside it.
class ShardSource : public PictureSource {
 public:
  ShardSource(std::vector<fs::path> shards, std::optional<std::uint64_t> count,
              const SourceOptions& options)
      : shards_(std::move(shards)), count_(count), options_(options) {}

  std::optional<SourcePicture> next() override {
    while (ready_.empty())
      if (!read_group()) return std::nullopt;
    SourcePicture picture = std::move(ready_.front());
    ready_.pop_front();
    return picture;
  }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return count_; }

 private:
  // False at the end of everything.
  bool read_group() {
    if (!ahead_) ahead_ = next_member();
    if (!ahead_) return false;
    std::vector<LoadedMember> group;
    std::uint64_t bytes = 0;
    const std::string key = ahead_->key;
    const std::size_t shard = ahead_->shard;
    while (ahead_ && ahead_->key == key && ahead_->shard == shard) {
      bytes += ahead_->bytes.size();
      group.push_back(std::move(*ahead_));
      if (group.size() > kLargestGroup || bytes > 2 * options_.max_file_bytes)
        fail(ErrorKind::format, "{}: too many members share the key '{}'", shards_[shard].string(),
             key);
      ahead_ = next_member();
    }
    take_apart(group);
    return true;
  }

  void take_apart(std::vector<LoadedMember>& group) {
    std::map<std::string, std::string> beside;
    for (LoadedMember& member : group)
      if (!is_picture_name(member.name)) beside[member.extension] = std::move(member.bytes);
    for (LoadedMember& member : group)
      if (is_picture_name(member.name))
        ready_.push_back(
            {std::move(member.name), std::move(member.bytes), std::move(member.problem), beside});
  }

  std::optional<LoadedMember> next_member() {
    for (; at_ < shards_.size(); ++at_, reader_.reset()) {
      if (!reader_) reader_.emplace(shards_[at_]);
      while (const auto member = reader_->next())
        if (auto loaded = load(*member)) return loaded;
    }
    return std::nullopt;
  }

  std::optional<LoadedMember> load(const ShardReader::Member& member) {
    LoadedMember loaded = named_member(at_, member.name);
    const bool picture = is_picture_name(member.name);
    if (!picture && member.size > kLargestBeside) return std::nullopt;
    if (picture && !is_wanted(member.name, options_)) return std::nullopt;
    if (picture && !options_.contents) return loaded;
    if (member.size > options_.max_file_bytes)
      loaded.problem = fmt::format("{} bytes are more than allowed", member.size);
    else
      loaded.bytes = reader_->bytes();
    if (picture && member.size == 0) loaded.problem = "the file is empty";
    return loaded;
  }

  std::vector<fs::path> shards_;
  std::optional<std::uint64_t> count_;
  SourceOptions options_;
  std::size_t at_ = 0;  // the shard being read
  std::optional<ShardReader> reader_;
  std::optional<LoadedMember> ahead_;
  std::deque<SourcePicture> ready_;
};

}  // namespace

std::unique_ptr<PictureSource> open_picture_shards(std::vector<fs::path> shards,
                                                   std::optional<std::uint64_t> count,
                                                   const SourceOptions& options) {
  return std::make_unique<ShardSource>(std::move(shards), count, options);
}

}  // namespace skyglot
