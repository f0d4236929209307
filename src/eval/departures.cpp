// SPDX-License-Identifier: Apache-2.0
#include "eval/departures.hpp"

#include "eval/classes.hpp"

#include <filesystem>

namespace skyglot {
namespace {

void replace(std::string& value, const std::string& asked) {
  if (!asked.empty()) value = asked;
}

template <typename T>
void replace(T& value, const std::optional<T>& asked) {
  if (asked) value = *asked;
}

void replace(TextRules& text, const EvaluationRequest& request) {
  replace(text.classes, request.classes);
  if (!request.templates.empty() || !request.templates_file.empty()) {
    text.templates = request.templates_file;
    text.more_templates = request.templates;
  }
  replace(text.averaging, request.averaging);
  replace(text.wording, request.wording);
  replace(text.prefix, request.prefix);
  replace(text.capitalise, request.capitalise);
  replace(text.every_caption, request.every_caption);
}

void replace(DataRules& data, const EvaluationRequest& request) {
  replace(data.path_column, request.path_column);
  replace(data.label_column, request.label_column);
  replace(data.caption_column, request.caption_column);
  replace(data.karpathy_split, request.split);
}

bool is_other_list(const std::string& done, const std::string& stated) {
  return !stated.empty() &&
         std::filesystem::path(done).filename() != std::filesystem::path(stated).filename();
}

// The classes as prompts say them.
std::vector<std::string> wordings_of(const ClassList& classes, Wording wording) {
  std::vector<std::string> wordings;
  for (const std::string& words : classes.wordings()) wordings.push_back(worded(words, wording));
  return wordings;
}

// "classes" if others are told apart, "wording" if they are called otherwise.
std::string class_departure(const TextRules& done, const TextRules& stated) {
  if (stated.classes.empty()) return "";
  if (done.classes == stated.classes && done.wording == stated.wording) return "";
  const ClassList own = read_classes(done.classes);
  const ClassList theirs = read_classes(stated.classes);
  if (own.labels() != theirs.labels()) return "classes";
  const bool alike = wordings_of(own, done.wording) == wordings_of(theirs, stated.wording);
  return alike ? "" : "wording";
}

}  // namespace

Protocol protocol_of(const EvaluationRequest& request) {
  Protocol protocol = request.manifest ? Protocol(*request.manifest) : Protocol();
  replace(protocol.text, request);
  replace(protocol.data, request);
  if (request.resize) protocol.resize = request.resize;
  return protocol;
}

std::vector<std::string> departures_of(const DoneProtocol& done, const Protocol& stated) {
  std::vector<std::string> departures;
  const auto note = [&](const std::string& what, bool departs) {
    if (departs) departures.push_back(what);
  };
  const DataRules& data = done.protocol.data;
  const TextRules& text = done.protocol.text;
  note("split", data.karpathy_split != stated.data.karpathy_split);
  note("list", is_other_list(done.list.empty() ? data.list : done.list, stated.data.list));
  note("pictures",
       done.pictures != 0 && stated.data.pictures != 0 && done.pictures != stated.data.pictures);
  note("columns", data.label_column != stated.data.label_column ||
                      data.caption_column != stated.data.caption_column);
  const std::string classes = class_departure(text, stated.text);
  note("classes", classes == "classes");
  note("templates", text.all_templates() != stated.text.all_templates());
  note("averaging", text.averaging != stated.text.averaging);
  note("wording", classes == "wording");
  note("prefix", text.prefix != stated.text.prefix);
  note("capitalise", text.capitalise != stated.text.capitalise);
  note("every_caption", text.every_caption != stated.text.every_caption);
  note("resize",
       done.protocol.resize.value_or(done.own_resize) != stated.resize.value_or(done.own_resize));
  return departures;
}

}  // namespace skyglot
