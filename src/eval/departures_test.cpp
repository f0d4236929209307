// SPDX-License-Identifier: Apache-2.0
#include "eval/departures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

EvaluationRequest of_a_benchmark() {
  EvaluationRequest request;
  request.manifest = load_manifest("aid");
  return request;
}

TEST(Departures, WhatTheManifestSaysIsNone) {
  EvaluationRequest request = of_a_benchmark();
  EXPECT_THAT(departures_of(request, ResizeMode::shortest), IsEmpty());
  request.classes = request.manifest->text.classes;
  request.templates_file = request.manifest->text.templates;
  request.averaging = request.manifest->text.averaging;
  request.resize = request.manifest->resize;
  request.pictures.list = "/elsewhere/" + request.manifest->data.list;
  EXPECT_THAT(departures_of(request, ResizeMode::squash), IsEmpty());
  request.manifest->resize.reset();  // the model's own is then the benchmark's
  EXPECT_THAT(departures_of(request, ResizeMode::squash), ElementsAre("resize"));
  EXPECT_THAT(departures_of(EvaluationRequest{}, ResizeMode::shortest), IsEmpty());
}

TEST(Departures, EachIsNamed) {
  EvaluationRequest request = of_a_benchmark();
  request.split = "val";
  request.pictures.list = "mine.csv";
  request.classes = "mine.txt";
  request.templates = {"a {c}"};
  request.averaging = Averaging::raw;
  request.prefix = "x";
  request.capitalise = true;
  request.wording = Wording::blanks;
  request.resize = ResizeMode::tile;
  EXPECT_THAT(departures_of(request, ResizeMode::shortest),
              ElementsAre("split", "list", "classes", "templates", "averaging", "prefix",
                          "capitalise", "wording", "resize"));
}

}  // namespace
}  // namespace skyglot
