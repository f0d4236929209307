// SPDX-License-Identifier: Apache-2.0
// Any bytes as a model's config.json: a configuration that is written as it was read, or an Error.
#include "weights/model_config.hpp"

#include "base/error.hpp"
#include "base/json.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

skyglot::ModelConfig parsed(std::string_view text) {
  return skyglot::reading_json("fuzz", "", [&] {
    return skyglot::model_config_from_json(skyglot::parse_json(text), "fuzz");
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace skyglot;
  try {
    const std::string written =
        json_text(to_json(parsed({reinterpret_cast<const char*>(data), size})));
    if (json_text(to_json(parsed(written))) != written) std::abort();
  } catch (const Error&) {
  }
  return 0;
}
