// SPDX-License-Identifier: Apache-2.0
#include "eval/manifest.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "base/toml_table.hpp"
#include "base/words.hpp"
#include "eval/classes.hpp"
#include "eval/data_file.hpp"
#include "eval/names.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <string_view>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFolder = "benchmarks/";
constexpr std::array<std::string_view, 4> kTasks{"zeroshot", "finegrained", "retrieval",
                                                 "counting"};
constexpr std::array<std::string_view, 5> kLayouts{"folders", "csv", "webdataset", "karpathy",
                                                   "coco"};

template <typename Enum>
std::vector<std::string> words_of(std::initializer_list<Enum> values) {
  std::vector<std::string> words;
  for (const Enum value : values) words.push_back(to_string(value));
  return words;
}

template <typename Enum>
bool read_enum(TomlTable& table, const char* key, std::initializer_list<Enum> values, Enum& value) {
  std::size_t index = 0;
  if (!table.read_word(key, words_of(values), index)) return false;
  value = *(values.begin() + index);
  return true;
}

void read_data_keys(TomlTable& reader, DataRules& data) {
  reader.read("split", data.split);
  reader.read("pictures", data.pictures);
  reader.read("list", data.list);
  reader.read("label_column", data.label_column);
  reader.read("caption_column", data.caption_column);
  reader.read("karpathy_split", data.karpathy_split);
}

void read_text_keys(TomlTable& reader, TextRules& text) {
  reader.read("classes", text.classes);
  reader.read("templates", text.templates);
  read_enum(reader, "averaging", {Averaging::normalised, Averaging::raw}, text.averaging);
  read_enum(reader, "wording", {Wording::as_is, Wording::lower, Wording::blanks}, text.wording);
  reader.read("prefix", text.prefix);
  reader.read("capitalise", text.capitalise);
  reader.read("every_caption", text.every_caption);
}

void read_resize(TomlTable& reader, std::optional<ResizeMode>& resize) {
  ResizeMode mode{};
  if (read_enum(reader, "resize", {ResizeMode::shortest, ResizeMode::squash, ResizeMode::tile},
                mode))
    resize = mode;
}

DataRules read_data(const toml::table& table, const std::string& where) {
  TomlTable reader(table, "data.", where);
  DataRules data;
  reader.require("layout");
  read_enum(reader, "layout",
            {DataLayout::folders, DataLayout::csv, DataLayout::webdataset, DataLayout::karpathy,
             DataLayout::coco},
            data.layout);
  reader.read("path_column", data.path_column);
  read_data_keys(reader, data);
  reader.refuse_the_rest();
  if (data.layout == DataLayout::csv || data.layout == DataLayout::karpathy ||
      data.layout == DataLayout::coco)
    reader.require("list");
  return data;
}

TextRules read_text(const toml::table& table, const std::string& where) {
  TomlTable reader(table, "text.", where);
  TextRules text;
  read_text_keys(reader, text);
  reader.refuse_the_rest();
  return text;
}

std::optional<ResizeMode> read_preprocess(const toml::table& table, const std::string& where) {
  TomlTable reader(table, "preprocess.", where);
  std::optional<ResizeMode> resize;
  read_resize(reader, resize);
  reader.refuse_the_rest();
  return resize;
}

// The figures in percent that protocols give.
constexpr std::array<std::string_view, 17> kMetrics{"top1",
                                                    "top5",
                                                    "mean_class_accuracy",
                                                    "f1",
                                                    "precision",
                                                    "recall",
                                                    "r1_i2t",
                                                    "r5_i2t",
                                                    "r10_i2t",
                                                    "r100_i2t",
                                                    "r1_t2i",
                                                    "r5_t2i",
                                                    "r10_t2i",
                                                    "r100_t2i",
                                                    "mean_recall_i2t",
                                                    "mean_recall_t2i",
                                                    "mean_recall"};

ExpectedFigure read_figure(const toml::table& table, const std::string& where) {
  TomlTable reader(table, "expected.figures.", where);
  ExpectedFigure figure;
  for (const char* key : {"model", "metric", "value"}) reader.require(key);
  reader.read("model", figure.model);
  reader.read("metric", figure.metric);
  reader.read("value", figure.value);
  reader.refuse_the_rest();
  if (std::ranges::find(kMetrics, figure.metric) == kMetrics.end())
    fail(ErrorKind::format, "{}: expected.figures.metric \"{}\" is none of {}", where,
         figure.metric, fmt::join(kMetrics, ", "));
  return figure;
}

// What a group does not say is as the manifest says.
ExpectedGroup read_group(const toml::table& table, const Protocol& protocol,
                         const std::string& where) {
  TomlTable reader(table, "expected.", where);
  ExpectedGroup group{.source = {}, .protocol = protocol, .not_known = {}, .figures = {}};
  for (const char* key : {"source", "figures"}) reader.require(key);
  reader.read("source", group.source);
  read_data_keys(reader, group.protocol.data);
  read_text_keys(reader, group.protocol.text);
  read_resize(reader, group.protocol.resize);
  reader.read("not_known", group.not_known);
  for (const toml::table* figure : reader.tables("figures"))
    group.figures.push_back(read_figure(*figure, where));
  reader.refuse_the_rest();
  return group;
}

// The class list and templates of a manifest of the user's may lie beside it.
void look_beside(std::string& file, const fs::path& folder) {
  if (!file.empty() && fs::is_regular_file(folder / file)) file = (folder / file).string();
}

void look_beside(TextRules& text, const fs::path& folder) {
  look_beside(text.classes, folder);
  look_beside(text.templates, folder);
}

void require_files(const TextRules& text, const std::string& where) {
  try {
    if (!text.classes.empty()) (void)read_classes(text.classes);
    (void)text.all_templates();
  } catch (const Error& error) {
    throw Error(error.kind(), where + ": " + error.what());
  }
}

std::string key_of(const std::string& file) {
  return fs::path(file).stem().string();
}

bool goes_by(const BenchmarkManifest& manifest, const std::string& name) {
  if (normalised_name(manifest.key) == name || normalised_name(manifest.name) == name) return true;
  for (const std::string& alias : manifest.aliases)
    if (normalised_name(alias) == name) return true;
  return false;
}

std::optional<BenchmarkManifest> built_in_manifest(const std::string& name) {
  for (const std::string& file : built_in_files(kFolder)) {
    BenchmarkManifest manifest = parse_manifest(read_data_file(file, "manifest", kFolder), file);
    if (goes_by(manifest, name)) return manifest;
  }
  return std::nullopt;
}

BenchmarkManifest manifest_file(const std::string& path) {
  BenchmarkManifest manifest = parse_manifest(read_data_file(path, "manifest", kFolder), path);
  const fs::path folder = fs::path(path).parent_path();
  look_beside(manifest.text, folder);
  for (ExpectedGroup& group : manifest.expected) look_beside(group.protocol.text, folder);
  return manifest;
}

}  // namespace

std::vector<std::string> TextRules::all_templates() const {
  std::vector<std::string> all =
      templates.empty() ? std::vector<std::string>() : read_templates(templates);
  std::ranges::copy(more_templates, std::back_inserter(all));
  return all;
}

std::string to_string(Task task) {
  return word_of(task, kTasks);
}

std::string to_string(DataLayout layout) {
  return word_of(layout, kLayouts);
}

BenchmarkManifest parse_manifest(std::string_view toml, const std::string& where) {
  const toml::table table = parse_toml(toml, where);
  TomlTable reader(table, "", where);
  BenchmarkManifest manifest;
  manifest.key = key_of(where);
  for (const char* key : {"name", "task", "data"}) reader.require(key);
  reader.read("name", manifest.name);
  read_enum(reader, "task", {Task::zeroshot, Task::finegrained, Task::retrieval, Task::counting},
            manifest.task);
  reader.read("aliases", manifest.aliases);
  reader.read("description", manifest.description);
  reader.read("paper", manifest.paper);
  reader.read("homepage", manifest.homepage);
  reader.read("licence", manifest.licence);
  manifest.data = read_data(*reader.table("data"), where);
  if (const toml::table* text = reader.table("text")) manifest.text = read_text(*text, where);
  if (const toml::table* preprocess = reader.table("preprocess"))
    manifest.resize = read_preprocess(*preprocess, where);
  for (const toml::table* group : reader.tables("expected"))
    manifest.expected.push_back(read_group(*group, manifest, where));
  reader.refuse_the_rest();
  return manifest;
}

std::vector<std::string> benchmark_keys() {
  std::vector<std::string> keys;
  for (const std::string& file : built_in_files(kFolder)) keys.push_back(key_of(file));
  return keys;
}

BenchmarkManifest load_manifest(const std::string& key_or_path) {
  std::optional<BenchmarkManifest> manifest;
  if (fs::is_regular_file(key_or_path))
    manifest = manifest_file(key_or_path);
  else
    manifest = built_in_manifest(normalised_name(key_or_path));
  if (!manifest)
    fail(ErrorKind::input,
         "no benchmark '{}': neither a manifest file (.toml) nor built in; built in are: {}",
         key_or_path, join(benchmark_keys(), ", "));
  require_files(manifest->text, key_or_path);
  for (const ExpectedGroup& group : manifest->expected)
    require_files(group.protocol.text, key_or_path);
  return std::move(*manifest);
}

}  // namespace skyglot
