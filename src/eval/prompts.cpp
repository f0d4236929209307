// SPDX-License-Identifier: Apache-2.0
#include "eval/prompts.hpp"

#include "base/error.hpp"
#include "base/linear_algebra.hpp"
#include "base/strings.hpp"
#include "base/unicode.hpp"
#include "base/words.hpp"
#include "eval/data_file.hpp"
#include "scores/row_blocks.hpp"

#include <array>

namespace skyglot {
namespace {

constexpr std::array<std::string_view, 2> kAveragings{"normalised", "raw"};
constexpr std::string_view kClassMark = "{c}";

void add_row(std::span<float> sum, std::span<const float> row, float share) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += share * row[i];
}

}  // namespace

std::string to_string(Averaging averaging) {
  return word_of(averaging, kAveragings);
}

Averaging parse_averaging(const std::string& word) {
  return value_of<Averaging>(word, kAveragings, "averaging");
}

std::vector<std::string> parse_templates(std::string_view text, const std::string& where) {
  if (!is_utf8(text)) fail(ErrorKind::format, "{}: not UTF-8 text", where);
  std::vector<std::string> templates;
  int number = 0;
  for (const std::string_view line : split(without_mark(text), '\n')) {
    ++number;
    const std::string_view words = trim(line);
    if (words.empty() || words.starts_with('#')) continue;
    if (words.find(kClassMark) == std::string_view::npos)
      fail(ErrorKind::input, "{}:{}: the template '{}' has no {{c}} where the class goes", where,
           number, words);
    templates.emplace_back(words);
  }
  if (templates.empty()) fail(ErrorKind::input, "{}: there is no template in it", where);
  return templates;
}

std::vector<std::string> read_templates(const std::string& name) {
  return parse_templates(read_data_file(name, "template file", "templates/"), name);
}

void require_class_marks(std::span<const std::string> templates) {
  if (templates.empty())
    fail(ErrorKind::usage,
         "no template; give --template \"a satellite photo of {{c}}.\" or --templates FILE");
  for (const std::string& words : templates)
    if (words.find(kClassMark) == std::string::npos)
      fail(ErrorKind::usage, "the template '{}' has no {{c}} where the class goes", words);
}

std::vector<std::string> fill_templates(std::span<const std::string> templates,
                                        std::span<const std::string> wordings) {
  std::vector<std::string> prompts;
  prompts.reserve(templates.size() * wordings.size());
  for (const std::string& wording : wordings)
    for (const std::string& words : templates)
      prompts.push_back(replace_all(words, kClassMark, wording));
  return prompts;
}

Matrix average_prompts(const Matrix& prompts, std::int64_t each, Averaging averaging) {
  expect(each > 0 && prompts.rows % each == 0, "as many prompts for every class");
  require_finite(prompts, "prompt embeddings");
  Matrix rows = prompts;
  if (averaging == Averaging::normalised) normalise_rows(rows);
  Matrix classes(prompts.rows / each, prompts.cols);
  for (std::int64_t i = 0; i < rows.rows; ++i)
    add_row(classes.row(i / each), rows.row(i), 1.0F / static_cast<float>(each));
  normalise_rows(classes);
  return classes;
}

}  // namespace skyglot
