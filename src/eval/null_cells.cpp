// SPDX-License-Identifier: Apache-2.0
#include "eval/null_cells.hpp"

#include "base/strings.hpp"

#include <algorithm>
#include <array>

namespace skyglot {
namespace {

constexpr std::array<std::string_view, 18> kNull{
    "",     "#N/A", "#N/A N/A", "#NA",  "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND",
    "<NA>", "N/A",  "NA",       "NULL", "NaN",     "None",     "n/a",  "nan",  "null"};

}  // namespace

bool is_null_cell(std::string_view cell) {
  return std::ranges::find(kNull, trim(cell)) != kNull.end();
}

}  // namespace skyglot
