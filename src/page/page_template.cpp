// SPDX-License-Identifier: Apache-2.0
#include "page/page_template.hpp"

#include "base/error.hpp"
#include "base/html.hpp"
#include "base/resource.hpp"

#include <kainjow/mustache.hpp>
#include <nlohmann/json.hpp>

namespace skyglot {
namespace {

namespace mustache = kainjow::mustache;
using nlohmann::json;

mustache::data data_of(const json& value) {
  if (value.is_string()) return {value.get_ref<const std::string&>()};
  if (value.is_boolean()) return {value.get<bool>()};
  if (value.is_array()) {
    mustache::data list(mustache::data::type::list);
    for (const json& item : value) list.push_back(data_of(item));
    return list;
  }
  expect(value.is_object(), "a template takes strings, truth values, lists and objects");
  mustache::data object;
  for (const auto& [name, item] : value.items()) object.set(name, data_of(item));
  return object;
}

// The library leaves out what it is not given; we want to know.
class StrictContext : public mustache::context<std::string> {
 public:
  StrictContext(const mustache::data* values, std::string_view name)
      : context(values), name_(name) {}

  [[nodiscard]] const mustache::data* get(const std::string& name) const override {
    const mustache::data* found = context::get(name);
    if (found == nullptr)
      fail(ErrorKind::internal, "template {}: it names {}, which has no value", name_, name);
    return found;
  }

 private:
  std::string_view name_;
};

}  // namespace

std::string fill_template(std::string_view name, const json& values) {
  const std::string file = "pages/" + std::string(name) + ".mustache";
  mustache::mustache page(load_resource(file));
  if (!page.is_valid()) fail(ErrorKind::format, "{}: {}", file, page.error_message());
  page.set_custom_escape([](const std::string& text) { return escape_html(text); });
  const mustache::data data = data_of(values);
  StrictContext context(&data, name);
  std::string html = page.render(context);
  if (!page.is_valid()) fail(ErrorKind::format, "{}: {}", file, page.error_message());
  return html;
}

json shown_if(bool shown, const json& values) {
  json section = json::array();
  if (shown) section.push_back(values);
  return section;
}

}  // namespace skyglot
