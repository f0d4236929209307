// SPDX-License-Identifier: Apache-2.0
#include "eval/departures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace skyglot {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

EvaluationRequest on(const std::string& benchmark) {
  EvaluationRequest request;
  request.manifest = load_manifest(benchmark);
  return request;
}

// From what the manifest says.
std::vector<std::string> departures(const EvaluationRequest& request,
                                    ResizeMode own = ResizeMode::shortest) {
  return departures_of({.protocol = protocol_of(request),
                        .own_resize = own,
                        .list = request.pictures.list.string(),
                        .pictures = 0},
                       *request.manifest);
}

const ExpectedGroup& group_of(const EvaluationRequest& request, const std::string& source) {
  for (const ExpectedGroup& group : request.manifest->expected)
    if (group.source.starts_with(source)) return group;
  throw std::runtime_error(source);
}

std::vector<std::string> from_group(const EvaluationRequest& request, const std::string& source,
                                    std::int64_t pictures = 0) {
  return departures_of({.protocol = protocol_of(request), .list = {}, .pictures = pictures},
                       group_of(request, source).protocol);
}

TEST(Departures, WhatTheManifestSaysIsNone) {
  EvaluationRequest request = on("aid");
  EXPECT_THAT(departures(request), IsEmpty());
  request.classes = request.manifest->text.classes;
  request.templates_file = request.manifest->text.templates;
  request.averaging = request.manifest->text.averaging;
  request.wording = Wording::as_is;
  request.resize = request.manifest->resize;
  request.pictures.list = "/elsewhere/" + request.manifest->data.list;
  EXPECT_THAT(departures(request, ResizeMode::squash), IsEmpty());
  request.manifest->resize.reset();  // the model's own is then the benchmark's
  EXPECT_THAT(departures(request, ResizeMode::squash), ElementsAre("resize"));
}

TEST(Departures, EachIsNamed) {
  EvaluationRequest request = on("aid");
  request.split = "val";
  request.pictures.list = "mine.csv";
  request.label_column = "mine";
  request.classes = "classes/eurosat.csv";
  request.templates = {"a {c}"};
  request.averaging = Averaging::raw;
  request.prefix = "x";
  request.capitalise = true;
  request.every_caption = true;
  request.resize = ResizeMode::tile;
  EXPECT_THAT(departures(request),
              ElementsAre("split", "list", "columns", "classes", "templates", "averaging", "prefix",
                          "capitalise", "every_caption", "resize"));
}

TEST(Departures, ListsAndTemplatesAreComparedByWhatTheyHold) {
  EvaluationRequest request = on("aid");
  request.templates = read_templates(request.manifest->text.templates);
  EXPECT_THAT(departures(request), IsEmpty());
  request.templates.pop_back();
  EXPECT_THAT(departures(request), ElementsAre("templates"));
  request = on("aid");
  request.wording = Wording::lower;  // the list is in lower case
  EXPECT_THAT(departures(request), IsEmpty());
  request = on("eurosat");
  request.classes = "classes/eurosat_openai.csv";
  EXPECT_THAT(departures(request), ElementsAre("wording"));
}

// The same weights in three tables: each figure belongs to its own protocol.
TEST(Departures, EachGroupOfFiguresHasItsOwnProtocol) {
  EvaluationRequest request = on("aid");
  EXPECT_THAT(from_group(request, "SkyScript", 2000), IsEmpty());
  EXPECT_THAT(from_group(request, "SkyScript", 10000), ElementsAre("pictures"));
  EXPECT_THAT(from_group(request, "RemoteCLIP", 10000), ElementsAre("templates"));
  request.templates = {"a satellite photo of {c}."};
  EXPECT_THAT(from_group(request, "RemoteCLIP", 10000), IsEmpty());
  EXPECT_THAT(from_group(request, "SkyScript", 2000), ElementsAre("templates"));
  request = on("rsicd");
  EXPECT_THAT(from_group(request, "SkyScript, Table 3", 1093), IsEmpty());
  EXPECT_THAT(from_group(request, "RemoteCLIP", 1093),
              ElementsAre("prefix", "capitalise", "every_caption"));
  request.prefix = "";
  request.capitalise = true;
  request.every_caption = true;
  EXPECT_THAT(from_group(request, "RemoteCLIP", 1093), IsEmpty());
}

}  // namespace
}  // namespace skyglot
