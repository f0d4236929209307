// SPDX-License-Identifier: Apache-2.0
#include "pictures/source.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "pictures/source_kinds.hpp"

#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

class ChainedSource : public PictureSource {
 public:
  explicit ChainedSource(std::vector<std::unique_ptr<PictureSource>> parts)
      : parts_(std::move(parts)) {}

  std::optional<SourcePicture> next() override {
    for (; at_ < parts_.size(); ++at_)
      if (auto picture = parts_[at_]->next()) return picture;
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::uint64_t> size() const override {
    std::uint64_t sum = 0;
    for (const auto& part : parts_) {
      const auto size = part->size();
      if (!size) return std::nullopt;
      sum += *size;
    }
    return sum;
  }

 private:
  std::vector<std::unique_ptr<PictureSource>> parts_;
  std::size_t at_ = 0;
};

std::unique_ptr<PictureSource> open_one(const fs::path& path, const SourceOptions& options) {
  if (fs::is_directory(path)) return open_picture_folder(path, options);
  if (!fs::exists(path))
    fail(ErrorKind::input, "no pictures at {}: no such file or folder", path.string());
  const std::string kind = to_lower(path.extension().string());
  if (kind == ".tar") return open_picture_shards({path}, std::nullopt, options);
  if (kind == ".csv" || kind == ".tsv" || kind == ".txt") return open_picture_list(path, options);
  if (is_readable_picture_name(path.filename().string())) return open_picture_file(path, options);
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

std::unique_ptr<PictureSource> chained(std::vector<std::unique_ptr<PictureSource>> parts) {
  if (parts.size() == 1) return std::move(parts.front());
  return std::make_unique<ChainedSource>(std::move(parts));
}

std::unique_ptr<PictureSource> open_pictures(const std::vector<fs::path>& inputs,
                                             const SourceOptions& options) {
  if (inputs.empty()) fail(ErrorKind::input, "no pictures were given");
  std::vector<std::unique_ptr<PictureSource>> parts;
  for (const fs::path& input : inputs) parts.push_back(open_one(input, options));
  return chained(std::move(parts));
}

}  // namespace skyglot
