// SPDX-License-Identifier: Apache-2.0
#include "cli/command.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace skyglot {

Commands learn_commands() {
  Commands commands;
  commands.push_back(make_model_list());
  commands.push_back(make_model_fetch());
  commands.push_back(make_model_import());
  commands.push_back(make_model_inspect(speed_report));
  commands.push_back(make_model_join());
  commands.push_back(make_model_interpolate());
  commands.push_back(make_model_compress());
  commands.push_back(make_tags_train());
  commands.push_back(make_tags_predict());
  commands.push_back(make_filter());
  commands.push_back(make_detector_train());
  commands.push_back(make_train());
  commands.push_back(make_embed());
  commands.push_back(make_search());
  commands.push_back(make_eval_zeroshot());
  commands.push_back(make_eval_finegrained());
  commands.push_back(make_eval_retrieval());
  commands.push_back(make_eval_knn());
  commands.push_back(make_eval_linear());
  commands.push_back(make_eval_counting());
  for (auto& command : both_commands()) commands.push_back(std::move(command));
  return commands;
}

}  // namespace skyglot
