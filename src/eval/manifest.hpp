// SPDX-License-Identifier: Apache-2.0
// A benchmark as a file: where its pictures and labels are, how it is scored, what was published.
// The format is docs/benchmarks.md.
#pragma once

#include "eval/names.hpp"
#include "eval/prompts.hpp"
#include "weights/model_config.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

enum class Task { zeroshot, finegrained, retrieval, counting };
enum class DataLayout { folders, csv, webdataset, karpathy, coco };

[[nodiscard]] std::string to_string(Task task);
[[nodiscard]] std::string to_string(DataLayout layout);

/// Where pictures, labels and captions lie below the images root.
struct DataRules {
  DataLayout layout = DataLayout::folders;
  std::string split;          ///< in words: what the published figures refer to
  std::int64_t pictures = 0;  ///< in that split; 0: not known
  std::string list;           ///< csv, karpathy, coco: a file below the images root
  std::string path_column;    ///< empty: as PictureSource guesses
  std::string label_column = "label";
  std::string caption_column = "title";
  std::string karpathy_split = "test";
};

struct TextRules {
  std::string classes;                      ///< a class list, see read_classes; empty: none
  std::string templates;                    ///< see read_templates; empty: none
  std::vector<std::string> more_templates;  ///< beside those of the file
  Averaging averaging = Averaging::normalised;
  Wording wording = Wording::as_is;
  std::string prefix;          ///< put before every caption
  bool capitalise = false;     ///< captions begin with a capital letter
  bool every_caption = false;  ///< equal captions are not merged

  /// Those of the file, then the others.
  [[nodiscard]] std::vector<std::string> all_templates() const;
};

/// All that decides a figure but for the model.
struct Protocol {
  DataRules data;
  TextRules text;
  std::optional<ResizeMode> resize;  ///< empty: as the model says
};

struct ExpectedFigure {
  std::string model;   ///< as its table names it
  std::string metric;  ///< top1, top5, r1_i2t, mean_recall_t2i, mean_recall, ...
  double value = 0;    ///< percent
};

/// Figures of one table, which came about in one way.
struct ExpectedGroup {
  std::string source;
  Protocol protocol;                   ///< the manifest's, with what the source does otherwise
  std::vector<std::string> not_known;  ///< parts of it that the source does not tell
  std::vector<ExpectedFigure> figures;
};

/// The protocol is the one that is followed unless options say otherwise.
struct BenchmarkManifest : Protocol {
  std::string key;  ///< file name without its extension
  std::string name;
  Task task = Task::zeroshot;
  std::vector<std::string> aliases;
  std::string description;
  std::string paper;
  std::string homepage;
  std::string licence;
  std::vector<ExpectedGroup> expected;
};

/// Reads a manifest. Throws Error(format) with `where` and the line on a key that is not known, a
/// value of the wrong type or out of range, or a key that is missing.
[[nodiscard]] BenchmarkManifest parse_manifest(std::string_view toml, const std::string& where);

/// A built-in manifest by its key ("aid") or an alias, whatever the case and signs; else the file
/// at this path, whose class list and templates may lie beside it. Throws Error(input) that names
/// the keys there are, or the class list or templates that are missing.
[[nodiscard]] BenchmarkManifest load_manifest(const std::string& key_or_path);

/// Keys of the built-in manifests, sorted.
[[nodiscard]] std::vector<std::string> benchmark_keys();

}  // namespace skyglot
