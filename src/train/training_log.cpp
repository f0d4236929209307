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
  return Json{{"step", s.step},          {"loss", s.loss},
              {"scale", s.scale},        {"rate", s.rate},
              {"gradient", s.gradient},  {"samples_per_s", s.samples_per_s},
              {"data_wait", s.data_wait}}
             .dump() +
         "\n";
}

// A line cut off by a kill, or damaged, is none: its step is done again or was only told of.
bool read_line(std::string_view line, LoggedStep& s) {
  try {
    const Json json = parse_json<Json>(line);
    s = {json.at("step").get<std::int64_t>(), json.at("loss").get<double>(),
         json.at("scale").get<double>(),      json.at("rate").get<double>(),
         json.at("gradient").get<double>(),   json.at("samples_per_s").get<double>(),
         json.at("data_wait").get<double>()};
    return true;
  } catch (const std::exception&) {
    return false;
  } catch (const JsonNestedTooDeep&) {
    return false;
  }
}

}  // namespace

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
