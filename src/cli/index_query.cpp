// SPDX-License-Identifier: Apache-2.0
#include "cli/index_query.hpp"

#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "embed/embed.hpp"
#include "eval/prompts.hpp"
#include "records/picture_inputs.hpp"

#include "search/places.hpp"
#include "search/refine.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

Point parse_place(const std::string& text) {
  const auto parts = split(text, ',');
  const auto lon = parse_double(parts.front());
  const auto lat = parts.size() == 2 ? parse_double(parts.back()) : std::nullopt;
  if (!lon || !lat || !(std::abs(*lon) <= 360) || !(std::abs(*lat) <= 90))
    fail(ErrorKind::usage, "--at is LON,LAT in degrees, such as -2.72,56.0, not {}", text);
  return {*lon, *lat};
}

void append(const Matrix& more, Matrix& rows) {
  rows.cols = more.cols;
  rows.rows += more.rows;
  rows.values.insert(rows.values.end(), more.values.begin(), more.values.end());
}

}  // namespace

void IndexQuery::add_to(CLI::App& app) {
  app.add_option("--minus", minus_, "Sentence that is taken away (index)");
  app.add_option("--image", images_, "Picture that is added to what is looked for (index)");
  app.add_option_function<std::vector<std::string>>(
      "--at",
      [this](const std::vector<std::string>& texts) {
        for (const std::string& text : texts) places_lonlat_.push_back(parse_place(text));
      },
      "LON,LAT: more like this place (index)");
  app.add_option("--template", templates_, "Prompt with {c} where the sentence goes (index)");
  app.add_option("--templates", templates_file_,
                 "File of prompts, one a line; or a built-in one: templates/skyscript.txt (index)");
  app.add_option("--like", like_, "Ids of places that are what is meant (index)")->delimiter(',');
  app.add_option("--unlike", unlike_, "Ids of places that are not (index)")->delimiter(',');
}

bool IndexQuery::needs_model(const std::vector<std::string>& sentences) const {
  return !sentences.empty() || !minus_.empty() || !images_.empty();
}

bool IndexQuery::empty() const {
  return minus_.empty() && images_.empty() && places_lonlat_.empty() && templates_.empty() &&
         templates_file_.empty() && like_.empty() && unlike_.empty();
}

Matrix IndexQuery::texts(const std::vector<std::string>& sentences,
                         const Encoders& encoders) const {
  if (std::ranges::any_of(sentences, [](const auto& text) { return trim(text).empty(); }))
    fail(ErrorKind::usage, "an empty sentence describes nothing");
  std::vector<std::string> templates = templates_;
  if (!templates_file_.empty())
    for (std::string& one : read_templates(templates_file_)) templates.push_back(std::move(one));
  if (templates.empty()) templates.emplace_back("{c}");
  require_class_marks(templates);
  EmbedOptions options;
  options.strict = true;
  options.normalise = false;
  const Matrix prompts =
      embed_texts(fill_templates(templates, sentences), encoders.text(), options);
  return average_prompts(prompts, std::ssize(templates), Averaging::normalised);
}

Matrix IndexQuery::pictures(const Encoders& encoders) const {
  Matrix rows;
  const auto source = open_picture_inputs(images_);
  embed_pictures(*source, encoders.image(), {}, [&](EmbeddedPicture picture) {
    if (!picture.skipped.empty())
      fail(ErrorKind::input, "--image {}: {}", picture.id, picture.skipped);
    Matrix row(1, std::ssize(picture.vector));
    row.values = std::move(picture.vector);
    append(row, rows);
  });
  return rows;
}

Matrix IndexQuery::plus(const std::vector<std::string>& sentences, WindowIndex& index,
                        const Encoders* encoders) const {
  Matrix rows;
  if (!sentences.empty()) append(texts(sentences, *encoders), rows);
  if (!images_.empty()) append(pictures(*encoders), rows);
  for (const Point& place : places_lonlat_) append(vector_at(index, place), rows);
  return rows;
}

std::vector<float> IndexQuery::direction(const std::vector<std::string>& sentences,
                                         WindowIndex& index, const Encoders* encoders) const {
  const Matrix wanted = plus(sentences, index, encoders);
  const bool by_examples = !like_.empty() || !unlike_.empty();
  std::optional<std::vector<float>> query;
  if (wanted.rows > 0 || !by_examples)
    query = combined_query(wanted, minus_.empty() ? Matrix{} : texts(minus_, *encoders));
  else if (!minus_.empty())
    fail(ErrorKind::usage, "--minus takes away from a sentence; beside examples use --unlike");
  if (!by_examples) return *query;
  Examples examples;
  for (const std::string& id : like_) examples.like.push_back(index.row_of(id));
  for (const std::string& id : unlike_) examples.unlike.push_back(index.row_of(id));
  return refined_query(index.vectors(), query, examples);
}

}  // namespace skyglot
