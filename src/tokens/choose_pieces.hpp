// SPDX-License-Identifier: Apache-2.0
// A vocabulary of word pieces cut to what some texts need, so that a model becomes small.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace skyglot {

/// All of them: [PAD] first, [SEP] last, else in their order.
[[nodiscard]] std::vector<std::string> framed_pieces(std::vector<std::string> pieces);

/// At most `most` of the pieces `all` (by id, the more frequent of BERT's being the smaller ids):
/// [PAD], [UNK], [CLS], every piece of one ASCII character, so that no plain word becomes unknown;
/// then those that `texts` are cut into, the most frequent first; then the first of what is left
/// in ASCII; [SEP] last. In the order of `all` between the first and the last. Throws Error(usage)
/// where `most` has no room for the first group, Error(format) for pieces that are no vocabulary.
[[nodiscard]] std::vector<std::string> choose_pieces(const std::vector<std::string>& all,
                                                     std::span<const std::string> texts,
                                                     std::size_t most);

}  // namespace skyglot
