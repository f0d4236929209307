// SPDX-License-Identifier: Apache-2.0
#include "eval/departures.hpp"

namespace skyglot {
namespace {

template <typename T>
bool is_other(const std::optional<T>& asked, const T& stated) {
  return asked && *asked != stated;
}

bool is_other_file(const std::string& asked, const std::string& stated) {
  return !asked.empty() && asked != stated;
}

bool is_other_list(const std::filesystem::path& asked, const std::string& stated) {
  return !asked.empty() && asked.filename() != std::filesystem::path(stated).filename();
}

}  // namespace

std::vector<std::string> departures_of(const EvaluationRequest& request, ResizeMode own_resize) {
  std::vector<std::string> departures;
  if (!request.manifest) return departures;
  const auto note = [&](const char* what, bool departs) {
    if (departs) departures.emplace_back(what);
  };
  const DataRules& data = request.manifest->data;
  const TextRules& text = request.manifest->text;
  note("split", is_other(request.split, data.karpathy_split));
  note("list", is_other_list(request.pictures.list, data.list));
  note("classes", is_other_file(request.classes, text.classes));
  note("templates",
       !request.templates.empty() || is_other_file(request.templates_file, text.templates));
  note("averaging", is_other(request.averaging, text.averaging));
  note("prefix", is_other(request.prefix, text.prefix));
  note("capitalise", is_other(request.capitalise, text.capitalise));
  note("wording", request.wording != Wording::as_is);
  note("resize", is_other(request.resize, request.manifest->resize.value_or(own_resize)));
  return departures;
}

}  // namespace skyglot
