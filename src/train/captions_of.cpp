// SPDX-License-Identifier: Apache-2.0
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"

#include "train/training_data.hpp"

#include <algorithm>
#include <array>

namespace skyglot {
namespace {

constexpr std::array<const char*, 3> kUsual{"captions", "caption", "title"};
constexpr const char* kLabelMark = "{label}";

void take_text(const std::string& text, std::vector<std::string>& captions) {
  // Text of another encoding would be learned as other words.
  const auto trimmed = trim(text);
  if (!trimmed.empty() && is_utf8(text)) captions.emplace_back(trimmed);
}

void take(const ReadJson& value, std::vector<std::string>& captions) {
  if (value.is_string()) take_text(value.get_ref<const std::string&>(), captions);
  if (value.is_array())
    for (const ReadJson& one : value)
      if (one.is_string()) take_text(one.get_ref<const std::string&>(), captions);
}

void take_lines(const std::string& text, std::vector<std::string>& captions) {
  for (const std::string_view line : split(text, '\n')) take_text(std::string(line), captions);
}

ReadJson json_beside(const SourcePicture& picture) {
  const auto found = picture.beside.find("json");
  if (found == picture.beside.end()) return ReadJson::object();
  return reading_json("the .json beside " + picture.id, "write the archive again", [&] {
    ReadJson json = parse_json(found->second);
    return json.is_object() ? json : ReadJson::object();
  });
}

void take_named(const SourcePicture& picture, const ReadJson& json, const std::string& name,
                std::vector<std::string>& captions) {
  if (const auto found = json.find(name); found != json.end()) take(*found, captions);
  const auto beside = picture.beside.find(name);
  if (captions.empty() && beside != picture.beside.end()) take_lines(beside->second, captions);
}

std::string label_of(const SourcePicture& picture, const ReadJson& json) {
  if (const auto label = json.find("label"); label != json.end() && label->is_string())
    return label->get<std::string>();
  if (const auto label = picture.beside.find("label"); label != picture.beside.end())
    return label->second;
  return std::filesystem::path(picture.id).parent_path().filename().string();
}

// As LabelNames looks a label up.
std::string plain_label(std::string_view label) {
  std::string plain = to_lower(trim(label));
  std::ranges::replace_if(
      plain, [](char c) { return c == '_' || c == '-'; }, ' ');
  return plain;
}

}  // namespace

LabelNames::LabelNames(std::string_view csv, const std::string& table) {
  const CsvTable read = parse_csv(csv, table);
  const std::size_t label = read.column("label");
  const std::size_t name = read.column("name");
  for (const std::vector<std::string>& row : read.rows) {
    const std::string called(trim(row[name]));
    if (plain_label(row[label]).empty() || called.empty())
      fail(ErrorKind::format, "{}: a row without label or name (\"{}\", \"{}\")", table, row[label],
           row[name]);
    names_[plain_label(row[label])].push_back(called);
  }
}

std::vector<std::string> LabelNames::of(const std::string& label) const {
  std::vector<std::string> names{label};
  if (const auto found = names_.find(plain_label(label)); found != names_.end())
    std::ranges::copy_if(found->second, std::back_inserter(names),
                         [&](const std::string& name) { return name != label; });
  return names;
}

std::string LabelNames::hash() const {
  if (names_.empty()) return "";
  std::string all;
  for (const auto& [label, names] : names_) all += csv_line({label}) + csv_line(names) + '\n';
  return sha256(all);
}

PictureCaptions captions_of(const SourcePicture& picture, const TrainingSource& source) {
  PictureCaptions found;
  std::vector<std::string>& captions = found.texts;
  const ReadJson json = json_beside(picture);
  if (!source.caption.empty()) {
    take_named(picture, json, source.caption, captions);
    return found;
  }
  for (const char* name : kUsual)
    if (captions.empty()) take_named(picture, json, name, captions);
  if (captions.empty()) take_named(picture, json, "txt", captions);
  const std::string label = captions.empty() ? label_of(picture, json) : "";
  if (label.empty()) return found;
  for (const std::string& name : source.names.of(label))
    for (const std::string& sentence : source.templates)
      take_text(replace_all(sentence, kLabelMark, name), captions);
  if (!captions.empty()) found.label = plain_label(label);
  return found;
}

}  // namespace skyglot
