// SPDX-License-Identifier: Apache-2.0
// What is true of embeddings that somebody else computed: a file of labels or of pairs.
#pragma once

#include "embed/vectors.hpp"
#include "eval/classes.hpp"
#include "scores/retrieval.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace skyglot {

/// A label for each row of `embeddings`. The file is one label a line in the order of the rows; a
/// table with the column `column`, whose rows are found by their id where the embeddings have ids
/// and the table has a column id, filepath, image, filename or path, else by order; or a .npy of
/// whole numbers. Null cells of a table and empty lines are no labels. With no file, the label is
/// the folder in the id. Throws Error(input) naming file, what does not fit, and the remedy.
[[nodiscard]] Labels read_labels(const std::filesystem::path& file, const Embeddings& embeddings,
                                 const std::string& column);

/// Which text belongs to which picture: a table with the columns picture and text (row numbers from
/// 0, or ids), or one line a text with the row or id of its picture. With no file, texts are taken
/// to follow the pictures in order, as many for each. Throws Error(input).
[[nodiscard]] std::vector<RetrievalPair> read_pairs(const std::filesystem::path& file,
                                                    const Embeddings& pictures,
                                                    const Embeddings& texts);

}  // namespace skyglot
