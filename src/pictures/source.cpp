// SPDX-License-Identifier: Apache-2.0
#include "pictures/source.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "pictures/source_kinds.hpp"

#include <algorithm>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class ChainedIndex : public PictureIndex {
 public:
  explicit ChainedIndex(std::vector<std::unique_ptr<PictureIndex>> parts)
      : parts_(std::move(parts)) {
    for (const auto& part : parts_) ends_.push_back(size() + part->size());
  }

  [[nodiscard]] std::uint64_t size() const override { return ends_.empty() ? 0 : ends_.back(); }
  [[nodiscard]] std::string id(std::uint64_t number) const override {
    const std::size_t part = part_of(number);
    return parts_[part]->id(number - begin_of(part));
  }
  [[nodiscard]] SourcePicture read(std::uint64_t number) const override {
    const std::size_t part = part_of(number);
    return parts_[part]->read(number - begin_of(part));
  }

 private:
  [[nodiscard]] std::size_t part_of(std::uint64_t number) const {
    return static_cast<std::size_t>(std::ranges::upper_bound(ends_, number) - ends_.begin());
  }
  [[nodiscard]] std::uint64_t begin_of(std::size_t part) const {
    return part == 0 ? 0 : ends_[part - 1];
  }

  std::vector<std::unique_ptr<PictureIndex>> parts_;
  std::vector<std::uint64_t> ends_;
};

// One after the other, in the order of the index.
class IndexedSource : public PictureSource {
 public:
  IndexedSource(std::shared_ptr<const PictureIndex> index, const SourceOptions& options)
      : index_(std::move(index)), wanted_(options.wanted) {}

  std::optional<SourcePicture> next() override {
    while (at_ < index_->size()) {
      const std::uint64_t number = at_++;
      if (!wanted_ || wanted_(index_->id(number))) return index_->read(number);
    }
    return std::nullopt;
  }
  [[nodiscard]] std::optional<std::uint64_t> size() const override { return index_->size(); }

 private:
  std::shared_ptr<const PictureIndex> index_;
  std::function<bool(const std::string&)> wanted_;
  std::uint64_t at_ = 0;
};

std::unique_ptr<PictureIndex> index_one(const fs::path& path, const SourceOptions& options) {
  if (fs::is_directory(path)) return index_folder(path, options);
  if (!fs::exists(path))
    fail(ErrorKind::input, "no pictures at {}: no such file or folder", path.string());
  const std::string kind = to_lower(path.extension().string());
  if (kind == ".tar") return index_shards({path}, options);
  if (is_picture_list(path)) return index_list(path, options);
  if (is_readable_picture_name(path.filename().string())) return index_file(path, options);
  if (kind == ".tif" || kind == ".tiff")
    fail(ErrorKind::input,
         "no pictures in {}: a GeoTIFF is cut into pictures by 'skyglot build', or converted "
         "(gdal_translate -of PNG)",
         path.string());
  fail(ErrorKind::input,
       "no pictures in {}: give a folder, a .tar, a list (.csv, .tsv, .txt), a .jpg or .png, or a "
       "data set",
       path.string());
}

}  // namespace

bool is_picture_list(const std::filesystem::path& path) {
  const std::string kind = to_lower(path.extension().string());
  return kind == ".csv" || kind == ".tsv" || kind == ".txt";
}

std::shared_ptr<const PictureIndex> index_pictures(const std::vector<fs::path>& inputs,
                                                   const SourceOptions& options) {
  if (inputs.empty()) fail(ErrorKind::input, "no pictures were given");
  if (inputs.size() == 1) return index_one(inputs.front(), options);
  std::vector<std::unique_ptr<PictureIndex>> parts;
  for (const fs::path& input : inputs) parts.push_back(index_one(input, options));
  return std::make_shared<ChainedIndex>(std::move(parts));
}

std::unique_ptr<PictureSource> open_pictures(const std::vector<fs::path>& inputs,
                                             const SourceOptions& options) {
  return std::make_unique<IndexedSource>(index_pictures(inputs, options), options);
}

}  // namespace skyglot
