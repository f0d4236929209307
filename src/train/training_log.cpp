// SPDX-License-Identifier: Apache-2.0
#include "train/training_log.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"

#include <fmt/core.h>

#include <fstream>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

std::string line_of(const LoggedStep& s) {
  Json json{{"step", s.step},          {"loss", s.loss},         {"scale", s.scale},
            {"rate", s.rate},          {"gradient", s.gradient}, {"samples_per_s", s.samples_per_s},
            {"data_wait", s.data_wait}};
  for (const EvaluatedFigure& figure : s.figures) json["figures"][figure.name] = figure.value;
  return json.dump() + "\n";
}

// A line cut off by a kill, or damaged, is none: its step is done again or was only told of.
bool read_line(std::string_view line, LoggedStep& s) {
  try {
    const Json json = parse_json<Json>(line);
    s = {json.at("step").get<std::int64_t>(), json.at("loss").get<double>(),
         json.at("scale").get<double>(),      json.at("rate").get<double>(),
         json.at("gradient").get<double>(),   json.at("samples_per_s").get<double>(),
         json.at("data_wait").get<double>()};
    if (const auto figures = json.find("figures"); figures != json.end())
      for (const auto& [name, value] : figures->items())
        s.figures.push_back({name, value.get<double>()});
    return true;
  } catch (const std::exception&) {
    return false;
  } catch (const JsonNestedTooDeep&) {
    return false;
  }
}

}  // namespace

std::optional<double> LoggedStep::score() const {
  if (figures.empty()) return std::nullopt;
  double sum = 0;
  for (const EvaluatedFigure& figure : figures) sum += figure.value;
  return sum / static_cast<double>(figures.size());
}

TrainingLog::TrainingLog(fs::path path, std::int64_t step) : path_(std::move(path)) {
  std::string kept;
  if (fs::exists(path_)) {
    const std::string text = read_file(path_);
    for (const std::string_view line : split(text, '\n')) {
      LoggedStep logged;
      if (!read_line(line, logged) || logged.step > step) continue;
      steps_.push_back(logged);
      kept += line_of(logged);
    }
  }
  write_file_atomically(path_, kept);
}

void TrainingLog::add(const LoggedStep& step) {
  steps_.push_back(step);
  std::ofstream file(path_, std::ios::app);
  file << line_of(step) << std::flush;
  if (!file)
    fail(ErrorKind::io, "cannot write {}: the disk may be full; the last checkpoint is whole",
         path_.string());
}

}  // namespace skyglot
