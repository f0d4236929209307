// SPDX-License-Identifier: Apache-2.0
#include "eval/outcome.hpp"

#include "base/json.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "eval/names.hpp"

#include <algorithm>
#include <cmath>

namespace skyglot {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr std::size_t kItemsInCell = 6;

std::string two_places(double value) {
  return fmt::format("{:.2f}", value);
}

Json interval_json(const Interval& interval) {
  return Json{interval.low, interval.high};
}

double accuracy_of(const ClassCount& count) {
  return count.count == 0
             ? 0.0
             : 100.0 * static_cast<double>(count.correct) / static_cast<double>(count.count);
}

Json per_class_json(const std::vector<ClassCount>& counts) {
  Json json = Json::array();
  for (const ClassCount& count : counts)
    json.push_back({{"class", count.name},
                    {"count", count.count},
                    {"correct", count.correct},
                    {"accuracy", count.count == 0 ? Json(nullptr) : Json(accuracy_of(count))}});
  return json;
}

Rows per_class_rows(const std::vector<ClassCount>& counts) {
  Rows rows{{"class", "pictures", "correct", "accuracy %"}};
  for (const ClassCount& count : counts)
    rows.push_back({count.name, std::to_string(count.count), std::to_string(count.correct),
                    count.count == 0 ? "-" : two_places(accuracy_of(count))});
  return rows;
}

std::string cell_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_null()) return "-";
  if (value.is_number_float()) return format_double(value.get<double>());
  if (!value.is_array()) return json_text(value);
  std::vector<std::string> items;
  for (const Json& item : value)
    if (items.size() < kItemsInCell)
      items.push_back(item.is_object() ? json_text(item) : cell_of(item));
  std::string text = join(items, " | ");
  if (value.size() > items.size()) text += fmt::format(" | ... {} in all", value.size());
  return text.empty() ? "none" : text;
}

void flatten(const Json& facts, const std::string& prefix, Rows& rows) {
  for (const auto& [key, value] : facts.items()) {
    const std::string name = prefix + replace_all(key, "_", " ");
    if (value.is_object())
      flatten(value, name + " ", rows);
    else
      rows.push_back({name, cell_of(value)});
  }
}

bool is_this_model(const std::string& published, const std::vector<std::string>& names) {
  return std::ranges::any_of(names, [&](const std::string& name) {
    return normalised_name(name) == normalised_name(published);
  });
}

void warn_if_unpublished(const Subject& subject) {
  const std::string& name = subject.request().published_as;
  if (name.empty()) return;
  std::vector<std::string> models;
  for (const ExpectedGroup& group : subject.request().manifest->expected)
    for (const ExpectedFigure& figure : group.figures)
      if (std::ranges::find(models, figure.model) == models.end()) models.push_back(figure.model);
  if (!std::ranges::any_of(models, [&](const auto& model) { return is_this_model(model, {name}); }))
    log_warning("no published figure of '{}'; there are those of: {}", name, some_of(models));
}

// This model's figures, if not one of them came about as these did.
void warn_if_none_compares(const Json& expected) {
  const Json* other = nullptr;
  for (const Json& entry : expected) {
    if (!entry.at("this_model").get<bool>() || entry.at("measured").is_null()) continue;
    if (!entry.at("difference").is_null()) return;
    if (other == nullptr) other = &entry;
  }
  if (other == nullptr) return;
  const auto departures = other->at("departures").get<std::vector<std::string>>();
  log_warning("published figures of this model are of other {}: no difference is shown",
              join(departures, ", "));
}

// Why a figure is not compared, or what of its protocol nobody knows.
std::string note_of(const Json& entry) {
  const auto words = [&](const char* key) {
    return join(entry.at(key).get<std::vector<std::string>>(), ", ");
  };
  if (!entry.at("departures").empty()) return "other " + words("departures");
  return entry.at("not_known").empty() ? "" : "not known: " + words("not_known");
}

std::vector<std::string> published_row(const Json& entry) {
  const auto number = [&](const char* key, bool sign) {
    if (entry.at(key).is_null()) return std::string();
    const double value = entry.at(key).get<double>();
    return sign ? fmt::format("{:+.2f}", value) : two_places(value);
  };
  return {entry.at("model").get<std::string>(),
          entry.at("metric").get<std::string>(),
          number("value", false),
          number("measured", false),
          number("difference", true),
          entry.at("source").get<std::string>(),
          note_of(entry)};
}

// This model's published figures; else those of its architecture, without a difference.
Rows published_rows(const Json& expected, const std::string& architecture) {
  const Rows header{
      {"model", "metric", "published", "measured", "difference", "source", "protocol"}};
  Rows own = header;
  Rows others = header;
  const std::string shape = normalised_name(architecture);
  for (const Json& entry : expected) {
    const bool alike =
        !shape.empty() &&
        normalised_name(entry.at("model").get<std::string>()).find(shape) != std::string::npos;
    if (entry.at("this_model").get<bool>())
      own.push_back(published_row(entry));
    else if (alike && !entry.at("measured").is_null())
      others.push_back(published_row(entry));
  }
  return own.size() > 1 ? own : others;
}

// Whether the pictures are those that the manifest's split names.
bool has_the_split(const Subject& subject) {
  if (!subject.request().manifest) return false;
  return std::ranges::none_of(subject.departures(), [](const std::string& departure) {
    return departure == "split" || departure == "list" || departure == "pictures";
  });
}

Json benchmark_json(const Subject& subject) {
  const BenchmarkManifest& manifest = *subject.request().manifest;
  Json json{{"key", manifest.key}, {"name", manifest.name}, {"task", to_string(manifest.task)}};
  if (has_the_split(subject)) {
    json["split"] = manifest.data.split;
    json["split_pictures"] = manifest.data.pictures;
  }
  if (!subject.departures().empty()) json["departures"] = subject.departures();
  return json;
}

std::string split_in_words(const EvaluationRequest& request, const Json& sources) {
  if (sources.contains("karpathy_split"))
    return "\"" + sources.at("karpathy_split").get<std::string>() + "\" of the list";
  return request.split ? "as asked for with --split" : "all pictures that were given";
}

}  // namespace

Rows fact_rows(const Json& facts) {
  Rows rows;
  flatten(facts, "", rows);
  return rows;
}

Outcome::Outcome(const std::string& protocol, const Subject& subject, bool comparable)
    : level_(subject.request().bootstrap.level), comparable_(comparable) {
  const auto& manifest = subject.request().manifest;
  result.json["protocol"] = protocol;
  result.json["benchmark"] = manifest ? Json(manifest->key) : Json(nullptr);
}

void Outcome::figure(const std::string& name, double percent, const Interval* interval) {
  result.json[name] = percent;
  if (interval != nullptr) result.json[name + "_interval"] = interval_json(*interval);
  figures_.push_back({name, percent, interval ? std::optional(*interval) : std::nullopt});
}

void Outcome::value(const std::string& name, const Json& value) {
  result.json[name] = value;
}

void Outcome::classification(const ClassificationScore& score) {
  figure("top1", score.top1, &score.top1_interval);
  figure("top5", score.top5);
  figure("mean_class_accuracy", score.mean_class_accuracy);
  value("per_class", per_class_json(score.per_class));
  result.tables.push_back({"classes", per_class_rows(score.per_class)});
  result.confusion = score.confusion;
}

void Outcome::predictions(const Matrix& scores, std::span<const std::int32_t> labels,
                          const ClassList& classes, const PictureRows& rows) {
  result.predictions = {{"id", "label", "predicted", "correct", "score"}};
  for (std::int64_t i = 0; i < scores.rows; ++i) {
    const auto index = static_cast<std::size_t>(i);
    const std::size_t best = best_column(scores.row(i));
    const auto label = static_cast<std::size_t>(labels[index]);
    result.predictions.push_back({rows.samples[index].id, classes.labels()[label],
                                  classes.labels()[best], best == label ? "1" : "0",
                                  format_double(static_cast<double>(scores.row(i)[best]))});
  }
}

void Outcome::pictures(const PictureRows& rows, const std::string& name) {
  counts_[name] = rows.vectors.rows();
  const std::string prefix = name == "pictures" ? "" : name + "_";
  for (const auto& [key, count] : rows.counts.items()) counts_[prefix + key] = count;
  if (name == "pictures")
    sources_.update(rows.facts);
  else
    sources_[name] = rows.facts;
  result.skipped += rows.skipped;
}

void Outcome::figures_table() {
  Rows rows{{"figure", "percent", fmt::format("{:g} % interval", 100 * level_)}};
  for (const Figure& figure : figures_)
    rows.push_back({replace_all(figure.name, "_", " "), two_places(figure.percent),
                    figure.interval ? two_places(figure.interval->low) + " to " +
                                          two_places(figure.interval->high)
                                    : ""});
  result.tables.insert(result.tables.begin(), {"", rows});
}

Json Outcome::compared(const ExpectedGroup& group, const Subject& subject) const {
  const std::vector<std::string> departures = departures_of(subject.done(), group.protocol);
  Json entries = Json::array();
  for (const ExpectedFigure& published : group.figures) {
    const auto found = std::ranges::find(figures_, published.metric, &Figure::name);
    const bool own = is_this_model(published.model, subject.model_names());
    const bool measured = found != figures_.end();
    const bool comparable = measured && own && departures.empty();
    entries.push_back(
        {{"model", published.model},
         {"metric", published.metric},
         {"value", published.value},
         {"source", group.source},
         {"this_model", own},
         {"measured", measured ? Json(found->percent) : Json(nullptr)},
         {"difference", comparable ? Json(found->percent - published.value) : Json(nullptr)},
         {"departures", departures},
         {"not_known", group.not_known}});
  }
  return entries;
}

void Outcome::compare(const Subject& subject) {
  const auto& manifest = subject.request().manifest;
  if (!manifest || !comparable_) return;
  warn_if_unpublished(subject);
  Json expected = Json::array();
  for (const ExpectedGroup& group : manifest->expected)
    for (Json& entry : compared(group, subject)) expected.push_back(std::move(entry));
  warn_if_none_compares(expected);
  Rows rows = published_rows(expected, subject.architecture());
  if (rows.size() > 1) result.tables.push_back({"published", std::move(rows)});
  result.json["expected"] = std::move(expected);
}

EvaluationResult Outcome::finish(const Subject& subject) {
  Json evaluated;
  if (subject.request().manifest) evaluated["benchmark"] = benchmark_json(subject);
  if (!has_the_split(subject)) evaluated["split"] = split_in_words(subject.request(), sources_);
  evaluated.update(subject.facts);
  evaluated.update(sources_);
  evaluated["bootstrap_samples"] = subject.request().bootstrap.samples;
  evaluated["bootstrap_seed"] = subject.request().bootstrap.seed;
  evaluated["interval_level"] = level_;
  figures_table();
  result.json.update(counts_);
  result.json["evaluated"] = evaluated;
  compare(subject);
  Rows counts{{"counted", "number"}};
  for (auto& row : fact_rows(counts_)) counts.push_back(std::move(row));
  result.tables.push_back({"", std::move(counts)});
  Rows facts{{"evaluated", ""}};
  for (auto& row : fact_rows(evaluated)) facts.push_back(std::move(row));
  result.tables.push_back({"", std::move(facts)});
  return std::move(result);
}

}  // namespace skyglot
