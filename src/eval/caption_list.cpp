// SPDX-License-Identifier: Apache-2.0
#include "eval/caption_list.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"

#include <set>
#include <utility>

namespace skyglot {
namespace {

using Json = nlohmann::json;

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

std::vector<std::string> sentences_of(const Json& image) {
  std::vector<std::string> captions;
  for (const Json& sentence : image.at("sentences"))
    captions.emplace_back(trim(sentence.at("raw").get_ref<const std::string&>()));
  return captions;
}

CaptionList karpathy_list(const Json& json, const std::string& split, const std::string& where) {
  std::vector<CaptionedFile> files;
  std::set<std::string> splits;
  for (const Json& image : json.at("images")) {
    const std::string of = image.value("split", "");
    splits.insert(of);
    if (split.empty() || of == split)
      files.push_back(
          {joined_path(image.value("filepath", ""), image.at("filename")), sentences_of(image)});
  }
  if (files.empty())
    fail(ErrorKind::input, "{}: no picture of split '{}'; splits there are: {}", where, split,
         join({splits.begin(), splits.end()}, ", "));
  return CaptionList(std::move(files), split.empty() ? "all" : split);
}

// Ids are numbers in COCO's own files and texts in others.
std::map<std::string, std::size_t> index_images(const Json& json,
                                                std::vector<CaptionedFile>& files) {
  std::map<std::string, std::size_t> index;
  for (const Json& image : json.at("images")) {
    index[scalar_text(image.at("id"), "an image's \"id\"")] = files.size();
    files.push_back({image.at("file_name").get<std::string>(), {}});
  }
  return index;
}

CaptionList coco_list(const Json& json, const std::string& where) {
  std::vector<CaptionedFile> files;
  const auto index = index_images(json, files);
  for (const Json& annotation : json.at("annotations")) {
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

CaptionList parse_karpathy(std::string_view text, const std::string& split,
                           const std::string& where) {
  return reading_json(where, kRemedy,
                      [&] { return karpathy_list(parse_json<Json>(text), split, where); });
}

CaptionList parse_coco(std::string_view text, const std::string& where) {
  return reading_json(where, kRemedy, [&] { return coco_list(parse_json<Json>(text), where); });
}

CaptionList read_caption_list(const std::filesystem::path& path, const std::string& split) {
  const std::string text = read_file(path);
  return reading_json(path.string(), kRemedy, [&] {
    const Json json = parse_json<Json>(text);
    return json.contains("annotations") ? coco_list(json, path.string())
                                        : karpathy_list(json, split, path.string());
  });
}

}  // namespace skyglot
