// SPDX-License-Identifier: Apache-2.0
// Pages from templates: the words and the markup are files of data/pages, the code gives values.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <string_view>

namespace skyglot {

/// data/pages/`name`.mustache with `values` (an object; strings, whether or not, lists of objects)
/// in it. {{x}} is escaped by escape_html(), {{{x}}} is HTML already. A name that has no value is
/// our own mistake and throws Error(internal): nothing is left out without a word. A template from
/// a folder of the user's that does not parse throws Error(format).
[[nodiscard]] std::string fill_template(std::string_view name, const nlohmann::json& values);

/// The value of a section {{#x}}...{{/x}} that is shown once with these values, or not at all.
[[nodiscard]] nlohmann::json shown_if(bool shown, const nlohmann::json& values);

}  // namespace skyglot
