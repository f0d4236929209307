// SPDX-License-Identifier: Apache-2.0
// What skyglot model inspect --speed says.
#include "base/json.hpp"
#include "cli/command.hpp"
#include "nn/product_choice.hpp"
#include "nn/threads.hpp"

namespace skyglot {

nlohmann::ordered_json speed_report() {
  const ProductChoice& choice = product_choice();
  Json measured = Json::array();
  for (const MeasuredProduct& product : choice.measured)
    measured.push_back({{"name", product.name},
                        {"library", product.library},
                        {"gflops_a_thread", product.gflops},
                        {"right", product.right}});
  return {{"kind", "speed"},
          {"processor", choice.processor},
          {"threads", compute_threads()},
          {"fp32", choice.floats->name},
          {"bf16", choice.bfloat16 == nullptr ? Json() : Json(choice.bfloat16->name)},
          {"measured", measured},
          {"from_cache", choice.from_cache},
          {"cache", product_cache().string()}};
}

}  // namespace skyglot
