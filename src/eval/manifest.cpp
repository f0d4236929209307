// SPDX-License-Identifier: Apache-2.0
#include "eval/manifest.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"
#include "base/toml_table.hpp"
#include "eval/classes.hpp"
#include "eval/data_file.hpp"
#include "eval/names.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFolder = "benchmarks/";

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

DataRules read_data(const toml::table& table, const std::string& where) {
  TomlTable reader(table, "data.", where);
  DataRules data;
  reader.require("layout");
  read_enum(reader, "layout",
            {DataLayout::folders, DataLayout::csv, DataLayout::webdataset, DataLayout::karpathy,
             DataLayout::coco},
            data.layout);
  reader.read("split", data.split);
  reader.read("pictures", data.pictures);
  reader.read("list", data.list);
  reader.read("path_column", data.path_column);
  reader.read("label_column", data.label_column);
  reader.read("caption_column", data.caption_column);
  reader.read("karpathy_split", data.karpathy_split);
  reader.refuse_the_rest();
  if (data.layout == DataLayout::csv || data.layout == DataLayout::karpathy ||
      data.layout == DataLayout::coco)
    reader.require("list");
  return data;
}

TextRules read_text(const toml::table& table, const std::string& where) {
  TomlTable reader(table, "text.", where);
  TextRules text;
  reader.read("classes", text.classes);
  reader.read("templates", text.templates);
  read_enum(reader, "averaging", {Averaging::normalised, Averaging::raw}, text.averaging);
  reader.read("prefix", text.prefix);
  reader.read("capitalise", text.capitalise);
  reader.refuse_the_rest();
  return text;
}

std::optional<ResizeMode> read_preprocess(const toml::table& table, const std::string& where) {
  TomlTable reader(table, "preprocess.", where);
  ResizeMode mode{};
  const bool found = read_enum(reader, "resize",
                               {ResizeMode::shortest, ResizeMode::squash, ResizeMode::tile}, mode);
  reader.refuse_the_rest();
  return found ? std::optional(mode) : std::nullopt;
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
  TomlTable reader(table, "expected.", where);
  ExpectedFigure figure;
  for (const char* key : {"model", "metric", "value", "source"}) reader.require(key);
  reader.read("model", figure.model);
  reader.read("metric", figure.metric);
  reader.read("value", figure.value);
  reader.read("source", figure.source);
  reader.refuse_the_rest();
  if (std::ranges::find(kMetrics, figure.metric) == kMetrics.end())
    fail(ErrorKind::format, "{}: expected.metric \"{}\" is none of {}", where, figure.metric,
         fmt::join(kMetrics, ", "));
  return figure;
}

// The class list and templates of a manifest of the user's may lie beside it.
void look_beside(std::string& file, const fs::path& folder) {
  if (!file.empty() && fs::is_regular_file(folder / file)) file = (folder / file).string();
}

void require_files(const BenchmarkManifest& manifest, const std::string& where) {
  try {
    if (!manifest.text.classes.empty()) (void)read_classes(manifest.text.classes);
    if (!manifest.text.templates.empty()) (void)read_templates(manifest.text.templates);
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
  look_beside(manifest.text.classes, folder);
  look_beside(manifest.text.templates, folder);
  return manifest;
}

}  // namespace

std::string to_string(Task task) {
  static const char* const words[] = {"zeroshot", "finegrained", "retrieval", "counting"};
  return words[static_cast<int>(task)];
}

std::string to_string(DataLayout layout) {
  static const char* const words[] = {"folders", "csv", "webdataset", "karpathy", "coco"};
  return words[static_cast<int>(layout)];
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
  for (const toml::table* figure : reader.tables("expected"))
    manifest.expected.push_back(read_figure(*figure, where));
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
  require_files(*manifest, key_or_path);
  return std::move(*manifest);
}

}  // namespace skyglot
