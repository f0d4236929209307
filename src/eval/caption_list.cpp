// SPDX-License-Identifier: Apache-2.0
#include "eval/caption_list.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <functional>
#include <set>
#include <utility>

namespace skyglot {
namespace {

constexpr const char* kRemedy = "download the caption file again";

std::string without_extension(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  const std::size_t dot = path.rfind('.');
  const bool has_one =
      dot != std::string_view::npos && (slash == std::string_view::npos || dot > slash);
  return std::string(path.substr(0, has_one ? dot : path.size()));
}

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

std::string joined_path(const std::string& folder, const std::string& file) {
  if (folder.empty()) return file;
  return folder + (folder.ends_with('/') ? "" : "/") + file;
}

std::vector<std::string> sentences_of(const ReadJson& image) {
  std::vector<std::string> captions;
  for (const ReadJson& sentence : image.at("sentences"))
    captions.emplace_back(trim(sentence.at("raw").get_ref<const std::string&>()));
  return captions;
}

// Collects the pictures of one split and remembers which splits there are.
class SplitFiles {
 public:
  explicit SplitFiles(const std::string& split) : split_(split) {}

  void add(const ReadJson& image, const std::string& path,
           const std::function<std::vector<std::string>()>& captions) {
    const std::string of = image.value("split", "");
    splits_.insert(of);
    if (split_.empty() || of == split_) files_.push_back({path, captions()});
  }

  CaptionList list(const std::string& where) && {
    if (files_.empty())
      fail(ErrorKind::input, "{}: no picture of split '{}'; splits there are: {}", where, split_,
           some_of({splits_.begin(), splits_.end()}));
    return CaptionList(std::move(files_), split_.empty() ? "all" : split_);
  }

 private:
  const std::string& split_;
  std::vector<CaptionedFile> files_;
  std::set<std::string> splits_;
};

CaptionList karpathy_list(const ReadJson& json, const std::string& split,
                          const std::string& where) {
  SplitFiles files(split);
  for (const ReadJson& image : json.at("images"))
    files.add(image, joined_path(image.value("filepath", ""), image.at("filename")),
              [&] { return sentences_of(image); });
  return std::move(files).list(where);
}

// "raw", "raw_1", "raw_2", ...
std::vector<std::string> raws_of(const ReadJson& image) {
  std::vector<std::string> captions{
      std::string(trim(image.at("raw").get_ref<const std::string&>()))};
  for (int i = 1;; ++i) {
    const auto found = image.find(fmt::format("raw_{}", i));
    if (found == image.end()) return captions;
    captions.emplace_back(trim(found->get_ref<const std::string&>()));
  }
}

// Lists of pictures by class, which is the folder they lie in.
bool is_by_class(const ReadJson& json) {
  return json.is_object() && !json.empty() && std::ranges::all_of(json, [](const ReadJson& images) {
           return images.is_array() && std::ranges::all_of(images, [](const ReadJson& image) {
                    return image.is_object() && image.contains("filename") && image.contains("raw");
                  });
         });
}

CaptionList list_by_class(const ReadJson& json, const std::string& split,
                          const std::string& where) {
  SplitFiles files(split);
  for (const auto& [name, images] : json.items())
    for (const ReadJson& image : images)
      files.add(image, joined_path(name, image.at("filename")), [&] { return raws_of(image); });
  return std::move(files).list(where);
}

// Ids are numbers in COCO's own files and texts in others.
std::map<std::string, std::size_t> index_images(const ReadJson& json,
                                                std::vector<CaptionedFile>& files) {
  std::map<std::string, std::size_t> index;
  for (const ReadJson& image : json.at("images")) {
    index[scalar_text(image.at("id"), "an image's \"id\"")] = files.size();
    files.push_back({image.at("file_name").get<std::string>(), {}});
  }
  return index;
}

CaptionList coco_list(const ReadJson& json, const std::string& where) {
  std::vector<CaptionedFile> files;
  const auto index = index_images(json, files);
  for (const ReadJson& annotation : json.at("annotations")) {
    const std::string id = scalar_text(annotation.at("image_id"), "a caption's \"image_id\"");
    const auto found = index.find(id);
    if (found == index.end())
      fail(ErrorKind::format, "{}: a caption belongs to image_id {}, which is not listed", where,
           id);
    files[found->second].captions.emplace_back(
        trim(annotation.at("caption").get_ref<const std::string&>()));
  }
  std::erase_if(files, [](const CaptionedFile& file) { return file.captions.empty(); });
  if (files.empty()) fail(ErrorKind::input, "{}: no picture has a caption", where);
  return CaptionList(std::move(files), "");
}

}  // namespace

CaptionList::CaptionList(std::vector<CaptionedFile> files, std::string split)
    : files_(std::move(files)), split_(std::move(split)) {
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const std::string path = without_extension(files_[i].file);
    by_path_.emplace(path, i);
    const auto [at, is_new] = by_name_.emplace(last_part(path), i);
    if (!is_new) at->second.reset();
  }
}

std::optional<std::size_t> CaptionList::find(std::string_view id) const {
  const std::string path = without_extension(id);
  if (const auto found = by_path_.find(path); found != by_path_.end()) return found->second;
  const auto found = by_name_.find(last_part(path));
  return found == by_name_.end() ? std::nullopt : found->second;
}

CaptionList parse_captions(std::string_view text, const std::string& split,
                           const std::string& where) {
  return reading_json(where, kRemedy, [&] {
    const ReadJson json = parse_json<ReadJson>(text);
    if (json.is_object() && json.contains("annotations")) return coco_list(json, where);
    if (json.is_object() && json.contains("images")) return karpathy_list(json, split, where);
    if (is_by_class(json)) return list_by_class(json, split, where);
    fail(ErrorKind::format,
         "{}: captions in no known layout; known are Karpathy's (images with sentences), COCO's "
         "(images and annotations) and NWPU-Captions' (pictures by class with raw, raw_1, ...)",
         where);
  });
}

CaptionList read_caption_list(const std::filesystem::path& path, const std::string& split) {
  return parse_captions(read_file(path), split, path.string());
}

}  // namespace skyglot
