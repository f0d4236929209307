// SPDX-License-Identifier: Apache-2.0
// Runs the evaluation commands: on vectors whose scores are known by hand, and on real pictures
// through a small model with random weights.
#include "base/atomic_file.hpp"
#include "base/random.hpp"
#include "embed/test_vectors.hpp"
#include "nn/small_clip.hpp"
#include "pictures/png.hpp"
#include "pictures/shard.hpp"
#include "tests/support/program.hpp"
#include "weights/model_folder.hpp"
#include "weights/random_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Json = nlohmann::json;
using Row = std::vector<float>;

class EvalCommand : public ::testing::Test {
 protected:
  void SetUp() override { folder_ = test_folder(); }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }

  std::string vectors(const std::string& name, const std::vector<Row>& rows,
                      std::vector<std::string> ids = {}) const {
    Matrix matrix(std::ssize(rows), std::ssize(rows[0]));
    for (std::size_t i = 0; i < rows.size(); ++i)
      std::ranges::copy(rows[i], matrix.row(static_cast<std::int64_t>(i)).begin());
    write_vectors(path(name), std::move(ids), matrix);
    return path(name);
  }
  std::string text(const std::string& name, const std::string& bytes) const {
    write_file_atomically(path(name), bytes);
    return path(name);
  }

  // NumPy's file of one list of 64-bit numbers.
  std::string numbers(const std::string& name, const std::vector<std::int64_t>& values) const {
    std::string header =
        fmt::format("{{'descr': '<i8', 'fortran_order': False, 'shape': ({},), }}", values.size());
    header.resize(0x75, ' ');
    return text(name,
                std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + "\n" +
                    std::string(reinterpret_cast<const char*>(values.data()), 8 * values.size()));
  }

  // A model folder with random weights, the same every time.
  [[nodiscard]] std::string model() const {
    ModelConfig config = testing_support::small_clip();
    config.source = "SkyCLIP-50 ViT-L_14.pt";
    save_model_folder(path("model"), random_model(config, 1));
    return path("model");
  }

  static ProgramResult eval(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "eval");
    return run_skyglot(arguments);
  }
  static Json json_of(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    const ProgramResult result = eval(std::move(arguments));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result.exit_code == 0 ? Json::parse(result.out) : Json();
  }
  static void expect_failure(const ProgramResult& result, int exit_code, const std::string& text) {
    EXPECT_EQ(result.exit_code, exit_code) << result.out << result.err;
    EXPECT_THAT(result.err, HasSubstr(text));
    EXPECT_EQ(result.out, "");
  }

  fs::path folder_;
};

// Classes along the axes; pictures 0, 1, 3 lie nearest to their own, 2 nearest to another.
TEST_F(EvalCommand, ZeroshotOfGivenVectors) {
  const auto x = vectors("x.npy", {{9, 1, 0}, {0, 2, 1}, {0, 3, 2}, {0, 0, 5}});
  const auto t = vectors("t.npy", {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, {"river", "sea", "town"});
  const auto y = text("y.txt", "River\nsea\ntown\nTOWN\n");
  const auto run = [&](std::vector<std::string> more) {
    std::vector<std::string> all{"zeroshot", "--image-embeddings", x, "--text-embeddings",
                                 t,          "--labels",           y};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  };
  const Json json = json_of(run({"--predictions", path("p.csv"), "--confusion", path("c.csv")}));
  EXPECT_EQ(json.at("schema"), 1);
  EXPECT_EQ(json.at("protocol"), "zeroshot");
  EXPECT_EQ(json.at("top1"), 75.0);
  EXPECT_EQ(json.at("top5"), 100.0);
  EXPECT_NEAR(json.at("mean_class_accuracy").get<double>(), 250.0 / 3, 1e-9);
  EXPECT_EQ(json.at("pictures"), 4);
  EXPECT_EQ(json.at("per_class").at(2).at("count"), 2);
  EXPECT_EQ(json.at("per_class").at(2).at("correct"), 1);
  EXPECT_THAT(read_file(path("p.csv")), HasSubstr("2,town,sea,0,"));
  EXPECT_THAT(read_file(path("c.csv")), HasSubstr("town,0,1,1"));
  const ProgramResult shown = eval(run({"--confusion", path("c.svg")}));
  EXPECT_THAT(shown.out, HasSubstr("written: " + path("c.svg")));
  EXPECT_EQ(shown.exit_code, 0);
  EXPECT_THAT(shown.err, IsEmpty());
  EXPECT_THAT(shown.out, AllOf(HasSubstr("75.00"), HasSubstr(x), HasSubstr("interval")));
  EXPECT_THAT(read_file(path("c.svg")), HasSubstr("<svg"));
  expect_failure(eval(run({"--confusion", path("c.svg")})), 1, "--overwrite");
  expect_failure(eval(run({"--confusion", path("c.pdf")})), 2, "c.pdf");
}

TEST_F(EvalCommand, OneClassIsScoredByItsBestF1) {
  const auto x = vectors("x.npy", {{1, 0}, {4, 3}, {3, 4}, {0, 1}});
  const auto t = vectors("t.npy", {{1, 0}}, {"solar farm"});
  const auto y = text("y.txt", "1\nSolar Farm\n0\nforest\n");
  const Json json =
      json_of({"zeroshot", "--image-embeddings", x, "--text-embeddings", t, "--labels", y});
  EXPECT_NEAR(json.at("f1").get<double>(), 100, 1e-6);
  EXPECT_GE(json.at("threshold").get<double>(), 0.6 - 1e-6);
  EXPECT_LT(json.at("threshold").get<double>(), 0.8);
  EXPECT_EQ(json.at("positive_pictures"), 2);
}

// Picture 0 finds its text first, picture 1 second; text 2 belongs to both pictures.
TEST_F(EvalCommand, RetrievalIsManyToMany) {
  const auto x = vectors("x.npy", {{1, 0, 0}, {0, 1, 0}}, {"a.jpg", "b.jpg"});
  const auto t = vectors("t.npy", {{1, 0, 0}, {1, 2, 3}, {1, 4, 0}});
  const auto y = text("y.csv", "picture,text\na.jpg,0\nb.jpg,1\na.jpg,2\nb.jpg,2\n");
  const Json json =
      json_of({"retrieval", "--image-embeddings", x, "--text-embeddings", t, "--labels", y});
  EXPECT_EQ(json.at("r1_i2t"), 100.0);
  EXPECT_EQ(json.at("r1_t2i"), 100.0);
  EXPECT_EQ(json.at("pairs"), 4);
  const auto one = text("one.txt", "0\n0\n1\n");
  const Json swapped =
      json_of({"retrieval", "--image-embeddings", x, "--text-embeddings", t, "--labels", one});
  // Text 1 now belongs to picture 0, but is nearer to picture 1.
  EXPECT_NEAR(swapped.at("r1_t2i").get<double>(), 200.0 / 3, 1e-9);
  EXPECT_EQ(swapped.at("r5_t2i"), 100.0);
  const double t2i = swapped.at("mean_recall_t2i").get<double>();
  EXPECT_NEAR(t2i, (200.0 / 3 + 200) / 3, 1e-9);
  EXPECT_NEAR(swapped.at("mean_recall").get<double>(),
              (t2i + swapped.at("mean_recall_i2t").get<double>()) / 2, 1e-9);
  expect_failure(eval({"retrieval", "--image-embeddings", x, "--text-embeddings", t}), 1,
                 "3 texts do not go evenly into 2 pictures");
}

TEST_F(EvalCommand, CountingTakesTheNearestOfTen) {
  std::vector<Row> texts;
  for (int i = 0; i < 10; ++i) {
    texts.emplace_back(10, 0.0F);
    texts.back()[static_cast<std::size_t>(i)] = 1;
  }
  const auto t = vectors("t.npy", texts);
  const auto x = vectors("x.npy", {texts[2], texts[9], texts[0]});
  const Json json = json_of({"counting", "--image-embeddings", x, "--text-embeddings", t,
                             "--labels", text("y.txt", "3\n10\n4\n")});
  EXPECT_NEAR(json.at("top1").get<double>(), 200.0 / 3, 1e-9);
  EXPECT_EQ(json.at("mean_absolute_error"), 1.0);
  expect_failure(eval({"counting", "--image-embeddings", x, "--text-embeddings", t, "--labels",
                       text("z.txt", "3\n10\n11\n")}),
                 1, "'11' is no count");
}

TEST_F(EvalCommand, LabelsMayBeNumbersOfNumpy) {
  const auto x = vectors("x.npy", {{1, 0}, {0, 1}, {1, 0}}, {"r/a.jpg", "s/b.jpg", "r/c.jpg"});
  const auto t = vectors("t.npy", {{1, 0}, {0, 1}});
  EXPECT_NEAR(json_of({"zeroshot", "--image-embeddings", x, "--text-embeddings", t, "--labels",
                       numbers("y.npy", {0, 1, 1})})
                  .at("top1")
                  .get<double>(),
              200.0 / 3, 1e-9);
  // By id, whatever the order; and by the folder in the id.
  const auto table = text("y.csv", "filepath,label\nr/c.jpg,1\ns/b.jpg,1\nr/a.jpg,0\n");
  EXPECT_NEAR(
      json_of({"zeroshot", "--image-embeddings", x, "--text-embeddings", t, "--labels", table})
          .at("top1")
          .get<double>(),
      200.0 / 3, 1e-9);
  EXPECT_EQ(json_of({"zeroshot", "--image-embeddings", x, "--text-embeddings", t, "--classes",
                     text("c.txt", "r\ns\n")})
                .at("top1"),
            100.0);
}

// Classes that are called by numbers, as local climate zones are, and labels that count from 0.
TEST_F(EvalCommand, NumbersOfAnArrayAreIndexes) {
  const auto x = vectors("x.npy", {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}, {0, 1, 0}});
  const auto t = vectors("t.npy", {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}});
  const auto names = text("lcz.txt", "1\n2\n3\n");
  const auto run = [&](const std::string& labels) {
    return json_of({"zeroshot", "--image-embeddings", x, "--text-embeddings", t, "--labels", labels,
                    "--classes", names});
  };
  const Json json = run(numbers("y.npy", {0, 1, 2, 1}));
  EXPECT_EQ(json.at("top1"), 100.0);
  EXPECT_EQ(json.at("evaluated").at("labels_read_as"), "indexes");
  EXPECT_EQ(run(text("y.txt", "1\n2\n3\n2\n")).at("top1"), 100.0);
  expect_failure(eval({"zeroshot", "--image-embeddings", x, "--text-embeddings", t, "--classes",
                       names, "--labels", text("z.txt", "0\n1\n3\n1\n")}),
                 1, "do not match");
}

TEST_F(EvalCommand, MinusOneIsUnlabelled) {
  const auto x = vectors("x.npy", {{1, 0}, {1, 0}, {0, 1}, {0, 1}, {1, 1}});
  const auto t = vectors("t.npy", {{1, 0}, {0, 1}});
  const auto y = numbers("y.npy", {0, 0, 1, -1, -1});
  const Json json =
      json_of({"zeroshot", "--image-embeddings", x, "--text-embeddings", t, "--labels", y});
  EXPECT_EQ(json.at("top1"), 100.0);
  EXPECT_EQ(json.at("pictures"), 3);
  EXPECT_EQ(json.at("unlabelled"), 2);
  EXPECT_EQ(json_of({"knn", "--image-embeddings", x, "--labels", y}).at("classes"), 2);
  expect_failure(
      eval({"knn", "--image-embeddings", x, "--labels", numbers("none.npy", {-1, -1, -1, -1, -1})}),
      1, "none of the pictures has a label");
}

TEST_F(EvalCommand, LabelsThatDifferInASignAreTwoClasses) {
  const auto x = vectors("x.npy", {{1, 0}, {1, 0.1F}, {0, 1}, {0.1F, 1}});
  const auto y = text("y.txt", "<5 m\n<5 m\n>5 m\n>5 m\n");
  const Json json = json_of({"knn", "--image-embeddings", x, "--labels", y, "--neighbours", "1"});
  EXPECT_EQ(json.at("classes"), 2);
  EXPECT_EQ(json.at("top1"), 100.0);
}

TEST_F(EvalCommand, AMarkInFrontOfTheLabelsIsNoClass) {
  const auto x = vectors("x.npy", {{1, 0}, {1, 0.1F}, {0, 1}, {0.1F, 1}});
  const auto y = text("y.txt", "\xEF\xBB\xBFriver\r\nriver\r\nsea\r\nsea\r\n");
  const Json json = json_of({"knn", "--image-embeddings", x, "--labels", y, "--neighbours", "1"});
  EXPECT_EQ(json.at("classes"), 2);
  EXPECT_EQ(json.at("top1"), 100.0);
}

// Six classes along the axes, each picture nearest to one of the next class.
TEST_F(EvalCommand, NeighboursOfOneClassGiveNoTopFive) {
  std::vector<Row> rows;
  std::string labels;
  for (int i = 0; i < 12; ++i) {
    rows.emplace_back(6, 0.0F);
    rows.back()[static_cast<std::size_t>(i / 2)] = 1;
    labels += std::to_string((i + i % 2) % 6) + "th\n";
  }
  const auto x = vectors("x.npy", rows);
  const auto y = text("y.txt", labels);
  const Json json = json_of({"knn", "--image-embeddings", x, "--labels", y, "--neighbours", "1"});
  EXPECT_EQ(json.at("top5"), json.at("top1"));
}

TEST_F(EvalCommand, OneClassAloneIsNothingToLearn) {
  const auto x = vectors("x.npy", {{1, 0}, {1, 0.1F}, {0, 1}});
  const auto y = text("y.txt", "sea\nsea\nsea\n");
  for (const char* command : {"knn", "linear"}) {
    expect_failure(eval({command, "--image-embeddings", x, "--labels", y}), 1, "the label 'sea'");
    expect_failure(eval({command, "--image-embeddings", x, "--labels",
                         text("two.txt", "sea\nriver\nsea\n"), "--train-embeddings", x,
                         "--train-labels", y, "--classes", text("c.txt", "river\nsea\n")}),
                   1, "the label 'sea'");
  }
}

// The prompts alone take one group's edge for the other class; all pictures together do not.
TEST_F(EvalCommand, TransductionLooksAtAllPictures) {
  std::vector<Row> rows;
  std::string labels;
  RandomStream random(2, "transduction");
  for (int i = 0; i < 60; ++i) {
    const float shift = static_cast<float>(random.uniform(-0.15, 0.15));
    rows.push_back(i % 2 == 0 ? Row{1, 0.85F + shift, 0.1F} : Row{0.3F, 1, -0.1F + shift});
    labels += i % 2 == 0 ? "a\n" : "b\n";
  }
  const auto x = vectors("x.npy", rows);
  const auto t = vectors("t.npy", {{1, 0, 0}, {0, 1, 0}}, {"a", "b"});
  const std::vector<std::string> run{"zeroshot", "--image-embeddings", x, "--text-embeddings", t,
                                     "--labels", text("y.txt", labels)};
  std::vector<std::string> together = run;
  together.emplace_back("--transductive");
  const Json alone = json_of(run);
  const Json all = json_of(together);
  EXPECT_EQ(all.at("transductive"), true);
  EXPECT_EQ(all.at("top1_without_transduction"), alone.at("top1"));
  EXPECT_GE(all.at("top1").get<double>(), alone.at("top1").get<double>());
  EXPECT_TRUE(all.at("evaluated").at("transductive").contains("rounds"));
}

// Two tight groups and a stray of the second class inside the first.
TEST_F(EvalCommand, NeighboursAndProbeWithAndWithoutTraining) {
  std::vector<Row> rows;
  std::string labels;
  RandomStream random(1, "eval");
  for (int i = 0; i < 40; ++i) {
    const float side = i % 2 == 0 ? 1.0F : -1.0F;
    rows.push_back({side, static_cast<float>(random.uniform(-0.1, 0.1)), 0.2F});
    labels += i % 2 == 0 ? "river\n" : "sea\n";
  }
  rows.push_back({1.0F, 0.0F, 0.2F});
  labels += "sea\n";
  const auto x = vectors("x.npy", rows);
  const auto y = text("y.txt", labels);
  for (const char* command : {"knn", "linear"}) {
    const Json alone = json_of({command, "--image-embeddings", x, "--labels", y});
    EXPECT_NEAR(alone.at("top1").get<double>(), 100.0 * 40 / 41, 1e-9) << command;
    const Json trained = json_of({command, "--train-embeddings", x, "--train-labels", y,
                                  "--image-embeddings", vectors("q.npy", {{1, 0, 0}, {-1, 0, 0}}),
                                  "--labels", text("q.txt", "river\nriver\n")});
    EXPECT_EQ(trained.at("top1"), 50.0) << command;
    EXPECT_EQ(trained.at("train"), 41);
  }
}

TEST_F(EvalCommand, WrongInputsAreNamedWithTheRemedy) {
  const auto x = vectors("x.npy", {{1, 0}, {0, 1}});
  const auto t = vectors("t.npy", {{1, 0}, {0, 1}});
  const auto wide = vectors("w.npy", {{1, 0, 0}, {0, 1, 0}});
  const auto y = text("y.txt", "0\n1\n");
  expect_failure(eval({"zeroshot"}), 2, "--images");
  expect_failure(eval({"zeroshot", "--image-embeddings", path("none.npy"), "--text-embeddings", t}),
                 1, "none.npy");
  expect_failure(eval({"zeroshot", "--image-embeddings", x, "--text-embeddings", t}), 1,
                 "--labels");
  expect_failure(
      eval({"zeroshot", "--image-embeddings", x, "--text-embeddings", wide, "--labels", y}), 1,
      "vectors of 2 values against vectors of 3");
  expect_failure(eval({"zeroshot", "--image-embeddings", x, "--text-embeddings", t, "--labels",
                       text("short.txt", "0\n")}),
                 1, "1 labels for 2 pictures");
  expect_failure(eval({"zeroshot", "--image-embeddings", x, "--text-embeddings", t, "--labels",
                       text("names.txt", "sea\n1\n")}),
                 1, "'sea'");
  expect_failure(eval({"zeroshot", "--image-embeddings", x, "--text-embeddings", t, "--labels", y,
                       "--classes", "classes/aid.csv"}),
                 1, "30 classes for 2 text embeddings");
  expect_failure(eval({"zeroshot", "--image-embeddings", x, "--labels", y}), 2,
                 "--text-embeddings");
  expect_failure(eval({"zeroshot", "--benchmark", "aidd", "--image-embeddings", x}), 1,
                 "built in are: aid,");
  expect_failure(eval({"zeroshot", "--benchmark", "rsicd", "--image-embeddings", x}), 2,
                 "skyglot eval retrieval");
  expect_failure(eval({"counting", "--benchmark", "aid", "--image-embeddings", x}), 2,
                 "skyglot eval zeroshot");
  expect_failure(eval({"knn", "--image-embeddings", x, "--labels", y, "--neighbours", "0"}), 2,
                 "k");
  expect_failure(eval({"zeroshot", "--image-embeddings", x, "--labels", y, "--published-as", "M"}),
                 2, "--benchmark");
}

TEST_F(EvalCommand, VectorsOfDifferentModelsAreNotCompared) {
  const auto made_by = [&](const std::string& name, const std::string& activation) {
    Matrix axes(2, 2);
    axes.values = {1, 0, 0, 1};
    write_vectors(path(name), {"a", "b"}, axes,
                  {{"model", {{"weights_sha256", "ab"}, {"activation", activation}}}});
    return path(name);
  };
  const auto y = text("y.txt", "a\nb\n");
  const std::string one = made_by("one", "gelu");
  const std::string other = made_by("other", "quick_gelu");
  EXPECT_EQ(json_of({"zeroshot", "--image-embeddings", one, "--text-embeddings",
                     made_by("same", "gelu"), "--labels", y})
                .at("top1"),
            100.0);
  for (const char* flag : {"--text-embeddings", "--train-embeddings"}) {
    const bool texts = std::string(flag) == "--text-embeddings";
    std::vector<std::string> arguments{
        texts ? "zeroshot" : "knn", "--image-embeddings", one, "--labels", y, flag, other};
    if (!texts) arguments.insert(arguments.end(), {"--train-labels", y});
    expect_failure(eval(arguments), 1, "vectors of different models");
  }
}

TEST_F(EvalCommand, ARowOfZerosIsNoDirection) {
  const auto x = vectors("x.npy", {{1, 0}, {0, 0}});
  expect_failure(eval({"knn", "--image-embeddings", x, "--labels", text("y.txt", "a\nb\n")}), 1,
                 "row 1 holds nothing but zeros");
}

class EvalOfPictures : public EvalCommand {
 protected:
  void SetUp() override {
    EvalCommand::SetUp();
    RandomStream random(7, "pictures");
    for (const char* name : {"river/a.png", "river/b.png", "sea/a.png", "sea/b.png"}) {
      Picture picture{40, 48, 3, std::vector<std::uint8_t>(std::size_t{40} * 48 * 3)};
      for (auto& sample : picture.pixels)
        sample = static_cast<std::uint8_t>(random.integer(0, 255));
      const fs::path file = folder_ / "set" / name;
      fs::create_directories(file.parent_path());
      write_file_atomically(file, encode_png(picture));
    }
  }
};

TEST_F(EvalOfPictures, SaysAllThatWasEvaluated) {
  const Json json =
      json_of({"zeroshot", "--model", model(), "--images", path("set"), "--template",
               "a photo of {c}.", "an image of {c}", "--averaging", "raw", "--wording", "lower"});
  EXPECT_EQ(json.at("pictures"), 4);
  const Json& evaluated = json.at("evaluated");
  EXPECT_EQ(evaluated.at("model").at("activation"), "quick_gelu");
  EXPECT_EQ(evaluated.at("model").at("weights_sha256").get<std::string>().size(), 64u);
  EXPECT_EQ(evaluated.at("templates").size(), 2u);
  EXPECT_EQ(evaluated.at("class_wordings"), Json::parse(R"(["river", "sea"])"));
  EXPECT_EQ(evaluated.at("averaging"), "raw");
  EXPECT_EQ(evaluated.at("wording"), "lower");
  EXPECT_EQ(evaluated.at("resize"), "shortest");
  EXPECT_EQ(evaluated.at("layout"), "folders");
  EXPECT_EQ(evaluated.at("texts"), 4);
}

TEST_F(EvalOfPictures, MismatchedClassesAreRefusedBeforeWorkBegins) {
  const auto classes = text("classes.txt", "river\nlake\n");
  const ProgramResult result = eval({"zeroshot", "--model", model(), "--images", path("set"),
                                     "--template", "{c}", "--classes", classes});
  expect_failure(result, 1, "('sea')");
  EXPECT_THAT(result.err, HasSubstr("('lake')"));
}

TEST_F(EvalOfPictures, OneLabelAloneNeedsAClassList) {
  fs::remove_all(path("set/sea"));
  expect_failure(
      eval({"zeroshot", "--model", model(), "--images", path("set"), "--template", "{c}"}), 1,
      "all pictures have the label 'river'");
}

TEST_F(EvalOfPictures, DamagedPicturesAreCountedAndMayBeTooMany) {
  text("set/sea/broken.png", "\x89PNG\r\n\x1a\nand no more");
  const std::vector<std::string> run{"zeroshot", "--model",    model(), "--images",     path("set"),
                                     "--json",   "--template", "{c}",   "--max-skipped"};
  auto with = [&](const char* most) {
    auto all = run;
    all.emplace_back(most);
    return eval(all);
  };
  const ProgramResult fine = with("1");
  EXPECT_EQ(fine.exit_code, 0) << fine.err;
  const Json json = Json::parse(fine.out);
  EXPECT_EQ(json.at("skipped"), 1);
  EXPECT_EQ(json.at("pictures"), 4);
  EXPECT_EQ(json.at("skipped_examples").at(0).at("id"), "sea/broken.png");
  EXPECT_EQ(with("0").exit_code, 3);
}

TEST_F(EvalOfPictures, TheCacheGivesTheSameAgain) {
  const auto run = [&](const std::string& resize) {
    return json_of({"knn", "--model", model(), "--images", path("set"), "--cache", path("cache"),
                    "--resize", resize, "--predictions", path("p-" + resize + ".csv"),
                    "--overwrite"});
  };
  EXPECT_EQ(run("shortest").at("evaluated").at("from_cache"), false);
  const std::string before = read_file(path("p-shortest.csv"));
  EXPECT_EQ(run("shortest").at("evaluated").at("from_cache"), true);
  EXPECT_EQ(read_file(path("p-shortest.csv")), before);
  EXPECT_EQ(run("squash").at("evaluated").at("from_cache"), false);
  fs::copy_file(path("set/sea/a.png"), path("set/sea/b.png"), fs::copy_options::overwrite_existing);
  EXPECT_EQ(run("shortest").at("evaluated").at("from_cache"), false);
}

TEST_F(EvalOfPictures, TheCacheKnowsWherePathsOfAListLead) {
  fs::create_directories(folder_ / "lists");
  const auto list = text("lists/l.csv", "filepath,label\nriver/a.png,river\nsea/a.png,sea\n");
  fs::create_directories(folder_ / "other/river");
  fs::create_directories(folder_ / "other/sea");
  fs::copy_file(path("set/sea/b.png"), path("other/river/a.png"));
  fs::copy_file(path("set/river/b.png"), path("other/sea/a.png"));
  const auto run = [&](const std::string& root) {
    return json_of({"knn", "--model", model(), "--images", path(root), "--list", list, "--cache",
                    path("cache")})
        .at("evaluated");
  };
  EXPECT_EQ(run("set").at("from_cache"), false);
  EXPECT_EQ(run("other").at("from_cache"), false);
  EXPECT_EQ(run("other").at("from_cache"), true);
  const Json evaluated = run("set");
  EXPECT_EQ(evaluated.at("from_cache"), true);
  EXPECT_EQ(evaluated.at("root"), path("set"));
  EXPECT_EQ(evaluated.at("list"), list);
  EXPECT_EQ(evaluated.at("split"), "all pictures that were given");
}

// Pictures of two inputs may share their names; each keeps its own vector and label.
TEST_F(EvalOfPictures, InputsMayShareNamesUnlessVectorsAreFoundByThem) {
  fs::create_directories(folder_ / "more");
  fs::copy(path("set/sea"), path("more/river"));
  fs::copy(path("set/river"), path("more/sea"));
  const auto run = [&](const std::string& cache) {
    std::vector<std::string> arguments{"knn",       "--model",    model(),        "--images",
                                       path("set"), path("more"), "--neighbours", "1"};
    if (!cache.empty()) arguments.insert(arguments.end(), {"--cache", path(cache)});
    return json_of(arguments);
  };
  // Every picture's twin has the other label.
  for (const char* cache : {"", "cache", "cache"}) {
    EXPECT_EQ(run(cache).at("pictures"), 8);
    EXPECT_EQ(run(cache).at("top1"), 0.0) << cache;
  }
  const auto x = vectors("x.npy", {{1, 0}, {0, 1}, {1, 1}, {1, 2}},
                         {"river/a.png", "river/b.png", "sea/a.png", "sea/b.png"});
  expect_failure(eval({"knn", "--images", path("set"), path("more"), "--image-embeddings", x}), 1,
                 "two of the pictures are called 'river/a.png'");
  const auto shared = vectors("s.npy", {{1, 0}, {0, 1}, {1, 1}, {1, 2}},
                              {"river/a.png", "river/b.png", "river/a.png", "sea/b.png"});
  expect_failure(eval({"knn", "--images", path("set"), "--image-embeddings", shared}), 1,
                 "both called 'river/a.png'");
}

TEST_F(EvalOfPictures, PublishedFiguresStandBeside) {
  const auto manifest = text("m.toml", R"(name = "M"
task = "zeroshot"
[data]
layout = "folders"
[text]
classes = "classes.txt"
templates = "templates/skyscript.txt"
[[expected]]
source = "Table 2"
figures = [
  { model = "SkyCLIP-50 ViT-L/14", metric = "top1", value = 50 },
  { model = "Other", metric = "top1", value = 60 },
]
[[expected]]
source = "Another paper"
templates = "templates/remoteclip.txt"
not_known = ["split"]
figures = [{ model = "SkyCLIP-50 ViT-L/14", metric = "top1", value = 40 }]
)");
  text("classes.txt", "River\nSea\n");
  const Json json =
      json_of({"zeroshot", "--benchmark", manifest, "--model", model(), "--images", path("set")});
  const Json& expected = json.at("expected");
  EXPECT_EQ(expected.at(0).at("this_model"), true);
  EXPECT_EQ(expected.at(0).at("difference"), json.at("top1").get<double>() - 50);
  EXPECT_EQ(expected.at(1).at("this_model"), false);
  EXPECT_TRUE(expected.at(1).at("difference").is_null());
  EXPECT_TRUE(expected.at(2).at("difference").is_null());
  EXPECT_EQ(expected.at(2).at("departures"), Json({"templates"}));
  // The other paper's way of doing it: now its figure compares, and the first no longer does.
  const Json theirs = json_of({"zeroshot", "--benchmark", manifest, "--model", model(), "--images",
                               path("set"), "--template", "a satellite photo of {c}."});
  EXPECT_TRUE(theirs.at("expected").at(0).at("difference").is_null());
  EXPECT_EQ(theirs.at("expected").at(2).at("difference"), theirs.at("top1").get<double>() - 40);
  EXPECT_EQ(theirs.at("expected").at(2).at("not_known"), Json({"split"}));
  const ProgramResult other = eval({"zeroshot", "--benchmark", manifest, "--model", model(),
                                    "--images", path("set"), "--published-as", "other"});
  EXPECT_THAT(other.out, AllOf(HasSubstr("Other"), HasSubstr("60.00")));
}

// Import gives a model the catalogue's name, tables give it another.
TEST_F(EvalOfPictures, PublishedFiguresKnowTheCatalogue) {
  ModelConfig config = testing_support::small_clip();
  config.source = "skyclip-50-b32";
  save_model_folder(path("mine"), random_model(config, 1));
  const Json json =
      json_of({"zeroshot", "--benchmark", "aid", "--classes", text("classes.txt", "River\nSea\n"),
               "--model", path("mine"), "--images", path("set")});
  std::vector<std::string> own;
  for (const Json& figure : json.at("expected"))
    if (figure.at("this_model") == true) own.push_back(figure.at("model"));
  EXPECT_EQ(own, std::vector<std::string>{"SkyCLIP-50 ViT-B/32"});
  EXPECT_EQ(json.at("evaluated").at("benchmark").at("departures"), Json({"pictures", "classes"}));
  EXPECT_EQ(json.at("evaluated").at("split"), "all pictures that were given");
}

TEST_F(EvalOfPictures, ClassFoldersOneByOneAreExplained) {
  expect_failure(eval({"knn", "--model", model(), "--images", path("set/river"), path("set/sea")}),
                 1, "--images " + path("set"));
}

TEST_F(EvalOfPictures, CaptionsComeFromLists) {
  const auto list = text("set/list.csv",
                         "filepath,title,count\nriver/a.png,two ships on a river,2\n"
                         "river/a.png,a river,2\nsea/a.png,two ships on a river,2\n"
                         "sea/b.png,three boats,3\n");
  const Json retrieval = json_of({"retrieval", "--model", model(), "--images", path("set"),
                                  "--list", list, "--prefix", "a satellite image. "});
  EXPECT_EQ(retrieval.at("pictures"), 3);
  EXPECT_EQ(retrieval.at("captions"), 4);
  EXPECT_EQ(retrieval.at("unique_texts"), 3);
  EXPECT_EQ(retrieval.at("pairs"), 4);
  EXPECT_EQ(retrieval.at("evaluated").at("prefix"), "a satellite image. ");
  const Json counting = json_of({"counting", "--model", model(), "--images", path("set"), "--list",
                                 list, "--label-column", "count"});
  EXPECT_EQ(counting.at("pictures"), 3);
  EXPECT_EQ(counting.at("caption_without_number"), 1);
  EXPECT_EQ(counting.at("evaluated").at("texts"), 20);
}

TEST_F(EvalOfPictures, AnotherSplitThanPublishedIsSaid) {
  const auto manifest = text("r.toml", R"(name = "R"
task = "retrieval"
[data]
layout = "karpathy"
list = "d.json"
split = "the test split of the authors"
[[expected]]
source = "somewhere"
figures = [{ model = "SkyCLIP-50 ViT-L/14", metric = "mean_recall", value = 50.0 }]
)");
  text("set/d.json", R"({"images": [
    {"filename": "river/a.png", "split": "test", "sentences": [{"raw": "a river"}]},
    {"filename": "sea/a.png", "split": "val", "sentences": [{"raw": "the sea"}]}]})");
  const auto run = [&](const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"retrieval", "--model",  model(),    "--benchmark",
                                       manifest,    "--images", path("set")};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return json_of(arguments);
  };
  const Json published = run({});
  EXPECT_EQ(published.at("evaluated").at("benchmark").at("split"), "the test split of the authors");
  EXPECT_EQ(published.at("evaluated").at("karpathy_split"), "test");
  EXPECT_TRUE(published.contains("expected"));
  const Json other = run({"--split", "val"});
  EXPECT_FALSE(other.at("evaluated").at("benchmark").contains("split"));
  EXPECT_EQ(other.at("evaluated").at("karpathy_split"), "val");
  EXPECT_EQ(other.at("evaluated").at("benchmark").at("departures"), Json({"split"}));
  EXPECT_EQ(other.at("evaluated").at("split"), "\"val\" of the list");
  EXPECT_EQ(published.at("expected").at(0).at("difference"),
            published.at("mean_recall").get<double>() - 50);
  EXPECT_TRUE(other.at("expected").at(0).at("difference").is_null());
  const Json changed = run({"--prefix", "a photo of "});
  EXPECT_EQ(changed.at("evaluated").at("benchmark").at("departures"), Json({"prefix"}));
  EXPECT_TRUE(changed.at("expected").at(0).at("difference").is_null());
}

TEST_F(EvalOfPictures, LongTextsAreCounted) {
  std::string words;
  for (int i = 0; i < 100; ++i) words += "word ";
  const ProgramResult result = eval({"zeroshot", "--model", model(), "--images", path("set"),
                                     "--template", words + "{c}", "--json"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.err, HasSubstr("77 tokens"));
  EXPECT_EQ(Json::parse(result.out).at("evaluated").at("truncated_texts"), 2);
}

class EvalOfRealPictures : public EvalCommand {};

TEST_F(EvalOfRealPictures, BenchmarkTarsAreReadAsTheyAre) {
  const fs::path data = shared_data("benchmark");
  if (data.empty()) GTEST_SKIP() << "no real data";
  const std::string weights = model();
  const auto run = [&](const char* protocol, const char* key, const char* tar) {
    return json_of(
        {protocol, "--benchmark", key, "--model", weights, "--images", (data / tar).string()});
  };
  for (const auto& [key, tar, count] :
       {std::tuple("nwpu12", "nwpu12.tar", 240), std::tuple("eurosat", "eurosat.tar", 500),
        std::tuple("rsicd_classes", "rsicd-classes.tar", 1027)}) {
    const Json json = run("zeroshot", key, tar);
    EXPECT_EQ(json.at("pictures"), count) << key;
    EXPECT_EQ(json.at("skipped"), 0) << key;
    EXPECT_LE(json.at("top1_interval").at(0), json.at("top1")) << key;
  }
  const Json ucm = run("retrieval", "ucm_captions", "ucm-captions.tar");
  EXPECT_EQ(ucm.at("pictures"), 210);
  EXPECT_EQ(ucm.at("captions"), 1050);
  EXPECT_EQ(ucm.at("queries_t2i"), ucm.at("unique_texts"));
  EXPECT_LT(ucm.at("unique_texts"), 500);
  EXPECT_EQ(run("retrieval", "rsicd", "rsicd.tar").at("pictures"), 1093);
  const ProgramResult other =
      eval({"retrieval", "--benchmark", "rsicd", "--model", weights, "--images",
            (data / "ucm-captions.tar").string(), "--prefix", "", "--every-caption", "--json"});
  EXPECT_THAT(other.err, HasSubstr("210 pictures, but the published figures refer to 1093"));
  const Json alone = Json::parse(other.out);
  EXPECT_EQ(alone.at("evaluated").at("prefix"), "");
  EXPECT_EQ(alone.at("unique_texts"), alone.at("captions"));
}

}  // namespace
}  // namespace skyglot::testing_support
