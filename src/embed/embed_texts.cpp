// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/linear_algebra.hpp"
#include "embed/embed.hpp"
#include "embed/unit_rows.hpp"

namespace skyglot {

Matrix embed_texts(std::span<const std::string> texts, const TextModel& tower,
                   const EmbedOptions& options) {
  if (options.strict)
    for (const std::string& text : texts) (void)tower.tokenizer->whole_context(text, tower.context);
  Matrix rows = tower.encode(texts);
  expect(static_cast<std::size_t>(rows.rows) == texts.size(), "a tower gave too few rows");
  demand_finite(rows, "texts");
  if (options.normalise) normalise_rows(rows);
  return rows;
}

}  // namespace skyglot
