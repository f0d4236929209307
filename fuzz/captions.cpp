// SPDX-License-Identifier: Apache-2.0
// Any text: a list of captions in one of the known layouts or an Error, and every picture is found
// again by its own name unless another shares it.
#include "base/error.hpp"
#include "eval/caption_list.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const char* split : {"", "test"}) {
    try {
      const skyglot::CaptionList list = skyglot::parse_captions(text, split, "fuzz");
      for (const skyglot::CaptionedFile& file : list.files()) (void)list.find(file.file);
    } catch (const skyglot::Error&) {
    }
  }
  return 0;
}
