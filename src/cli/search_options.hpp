// SPDX-License-Identifier: Apache-2.0
// What the commands share that learn a linear classifier and search for its settings.
#pragma once

#include "curate/train_visibility.hpp"
#include <CLI/CLI.hpp>

#include <string>

namespace skyglot {

/// --components, --c, --folds and --seed; `items` are what is dealt to the folds.
inline void add_search_options(CLI::App& app, VisibilityTraining& training,
                               const std::string& items) {
  app.add_option("--components", training.components, "Principal components to try")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--c", training.c, "Inverse strengths of the penalty to try")
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--folds", training.folds, "Parts of the cross-validation")->capture_default_str();
  app.add_option("--seed", training.seed, "Deals " + items + " to the folds")
      ->capture_default_str();
}

}  // namespace skyglot
