// SPDX-License-Identifier: Apache-2.0
// libFuzzer: any bytes as text must give a context of the right shape, any bytes as merges an Error
// or a tokenizer. The first byte chooses.
#include "base/error.hpp"
#include "tokens/clip_tokenizer.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace {

using skyglot::ClipTokenizer;

void demand(bool condition) {
  if (!condition) __builtin_trap();
}

void try_text(std::string_view text) {
  const auto ids = skyglot::clip_tokenizer().context(text);
  demand(ids.size() == ClipTokenizer::kContextLength && ids.front() == ClipTokenizer::kStart);
  bool ended = false;
  for (const auto id : ids) {
    demand(id >= 0 && id <= ClipTokenizer::kEnd);
    ended = ended || id == ClipTokenizer::kEnd;
  }
  demand(ended);
}

void try_merges(std::string_view merges) {
  try {
    const ClipTokenizer tokenizer(merges, "fuzz");
    (void)tokenizer.context("a satellite image of a river");
  } catch (const skyglot::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0)
    try_text(rest);
  else
    try_merges(rest);
  return 0;
}
