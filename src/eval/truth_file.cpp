// SPDX-License-Identifier: Apache-2.0
#include "eval/truth_file.hpp"

#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "base/unicode.hpp"
#include "eval/null_cells.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <unordered_map>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 5> kIdColumns{"id", "filepath", "image", "filename", "path"};

std::vector<std::string> lines_of(const fs::path& file) {
  std::vector<std::string> lines;
  const std::string text = read_file(file);
  if (!is_utf8(text))
    fail(ErrorKind::format, "{}: not UTF-8 text; give one label a line, a .csv or a .npy",
         file.string());
  for (const std::string_view line : split(without_mark(text), '\n'))
    lines.emplace_back(trim(line));
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

bool is_number_file(const fs::path& file) {
  const std::string extension = to_lower(file.extension().string());
  return extension == ".npy" || extension == ".pt" || extension == ".safetensors";
}

std::vector<std::string> numbers_of(const fs::path& file) {
  std::vector<std::string> labels;
  for (const float value : read_numbers(file)) {
    if (!(std::abs(value) < 1e9F) || value != std::floor(value))
      fail(ErrorKind::format, "{}: {} is no label; whole numbers were expected", file.string(),
           format_double(static_cast<double>(value)));
    labels.push_back(std::to_string(static_cast<std::int64_t>(value)));
  }
  return labels;
}

std::optional<std::size_t> column_of(const std::vector<std::string>& header,
                                     std::string_view name) {
  const auto found = std::ranges::find(header, name);
  if (found == header.end()) return std::nullopt;
  return static_cast<std::size_t>(found - header.begin());
}

std::optional<std::size_t> id_column(const std::vector<std::string>& header) {
  for (const std::string_view name : kIdColumns)
    if (const auto column = column_of(header, name)) return column;
  return std::nullopt;
}

// The table, if the first line has the column.
std::optional<CsvTable> table_with(const fs::path& file, std::string_view column) {
  const std::string text = read_file(file);
  CsvReader reader(text, file.string());
  std::vector<std::string> header;
  if (!reader.next_row(header)) return std::nullopt;
  for (std::string& name : header) name = trim(name);
  if (!column_of(header, column)) return std::nullopt;
  return parse_csv(text, file.string());
}

void demand_count(const fs::path& file, std::size_t count, std::int64_t rows) {
  if (static_cast<std::int64_t>(count) != rows)
    fail(ErrorKind::input,
         "{}: {} labels for {} pictures; there must be one for each row of the embeddings",
         file.string(), count, rows);
}

// As in a list of pictures, a null cell is no label.
std::string label_of_cell(const std::string& cell) {
  return is_null_cell(cell) ? "" : std::string(trim(cell));
}

std::vector<std::string> labels_by_id(const CsvTable& table, std::size_t ids, std::size_t labels,
                                      const Embeddings& embeddings) {
  std::unordered_map<std::string, std::string> label_of;
  for (const auto& row : table.rows) {
    const auto [at, is_new] =
        label_of.emplace(std::string(trim(row[ids])), label_of_cell(row[labels]));
    if (!is_new && at->second != label_of_cell(row[labels]))
      fail(ErrorKind::input, "{}: the picture '{}' has two labels, '{}' and '{}'", table.name,
           at->first, at->second, label_of_cell(row[labels]));
  }
  std::vector<std::string> found;
  for (const std::string& id : embeddings.ids) {
    const auto at = label_of.find(id);
    if (at == label_of.end())
      fail(ErrorKind::input, "{}: no row for the picture '{}'", table.name, id);
    found.push_back(at->second);
  }
  return found;
}

std::vector<std::string> labels_of_table(const CsvTable& table, const std::string& column,
                                         const fs::path& file, const Embeddings& embeddings) {
  const std::size_t labels = table.column(column);
  const auto ids = id_column(table.header);
  if (ids && !embeddings.ids.empty()) return labels_by_id(table, *ids, labels, embeddings);
  demand_count(file, table.rows.size(), embeddings.vectors.rows());
  std::vector<std::string> found;
  for (const auto& row : table.rows) found.push_back(label_of_cell(row[labels]));
  return found;
}

std::vector<std::string> labels_of_ids(const Embeddings& embeddings) {
  std::vector<std::string> labels;
  for (const std::string& id : embeddings.ids)
    labels.push_back(fs::path(id).parent_path().filename().string());
  if (labels.empty() || std::ranges::find(labels, "") != labels.end())
    fail(ErrorKind::input,
         "the labels of the embeddings are not known: their ids lie in no class folder; give "
         "--labels FILE (one a line, a .csv with a column label, or a .npy)");
  return labels;
}

// Rows by id or by number.
class RowNames {
 public:
  RowNames(const Embeddings& embeddings, const std::string& what)
      : index_(embeddings, what), count_(embeddings.vectors.rows()) {}

  [[nodiscard]] std::int64_t row(const std::string& name, const std::string& where) const {
    if (const auto found = index_.find(name)) return *found;
    const auto number = parse_int(name);
    if (!number || *number < 0 || *number >= count_)
      fail(ErrorKind::input, "{}: '{}' is neither an id nor a row from 0 to {}", where, name,
           count_ - 1);
    return *number;
  }

 private:
  IdIndex index_;
  std::int64_t count_;
};

std::vector<RetrievalPair> pairs_in_order(const Embeddings& pictures, const Embeddings& texts) {
  const std::int64_t each =
      texts.vectors.rows() / std::max<std::int64_t>(1, pictures.vectors.rows());
  if (each == 0 || each * pictures.vectors.rows() != texts.vectors.rows())
    fail(ErrorKind::input,
         "{} texts do not go evenly into {} pictures; say which belongs to which with --labels "
         "FILE (one line a text: the row or id of its picture)",
         texts.vectors.rows(), pictures.vectors.rows());
  std::vector<RetrievalPair> pairs;
  for (std::int64_t text = 0; text < texts.vectors.rows(); ++text)
    pairs.push_back({text / each, text});
  return pairs;
}

std::vector<RetrievalPair> pairs_of_table(const CsvTable& table, const Embeddings& pictures,
                                          const Embeddings& texts) {
  const std::size_t picture = table.column("picture");
  const std::size_t text = table.column("text");
  const RowNames picture_rows(pictures, "the pictures");
  const RowNames text_rows(texts, "the texts");
  std::vector<RetrievalPair> pairs;
  for (const auto& row : table.rows)
    pairs.push_back(
        {picture_rows.row(row[picture], table.name), text_rows.row(row[text], table.name)});
  return pairs;
}

}  // namespace

Labels read_labels(const fs::path& file, const Embeddings& embeddings, const std::string& column) {
  if (file.empty()) return {labels_of_ids(embeddings), false};
  if (!is_number_file(file))
    if (const auto table = table_with(file, column))
      return {labels_of_table(*table, column, file, embeddings), false};
  Labels labels{is_number_file(file) ? numbers_of(file) : lines_of(file), is_number_file(file)};
  demand_count(file, labels.words.size(), embeddings.vectors.rows());
  return labels;
}

std::vector<RetrievalPair> read_pairs(const fs::path& file, const Embeddings& pictures,
                                      const Embeddings& texts) {
  if (file.empty()) return pairs_in_order(pictures, texts);
  if (const auto table = is_number_file(file) ? std::nullopt : table_with(file, "picture"))
    return pairs_of_table(*table, pictures, texts);
  const std::vector<std::string> of = is_number_file(file) ? numbers_of(file) : lines_of(file);
  if (static_cast<std::int64_t>(of.size()) != texts.vectors.rows())
    fail(ErrorKind::input, "{}: {} lines for {} texts; there must be one for each text",
         file.string(), of.size(), texts.vectors.rows());
  const RowNames rows(pictures, "the pictures");
  std::vector<RetrievalPair> pairs;
  for (std::size_t text = 0; text < of.size(); ++text)
    pairs.push_back({rows.row(of[text], file.string()), static_cast<std::int64_t>(text)});
  return pairs;
}

}  // namespace skyglot
