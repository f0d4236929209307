// SPDX-License-Identifier: Apache-2.0
// The model that comes with skyglot, on test pictures of the families it was trained on: what its
// card says.
#include "base/json.hpp"
#include "base/linear_algebra.hpp"
#include "embed/embed.hpp"
#include "nn/encoder.hpp"
#include "pictures/source.hpp"
#include "tests/support/program.hpp"
#include "tests/support/shared_data.hpp"
#include "weights/model_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace skyglot::testing_support {
namespace {

namespace fs = std::filesystem;

double figure(const std::string& protocol, const std::string& benchmark, const fs::path& pictures,
              const char* name) {
  const ProgramResult result = run_skyglot({"eval", protocol, "--benchmark", benchmark, "--images",
                                            pictures.string(), "--json", "--progress", "never"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return result.exit_code == 0 ? parse_json(result.out).at(name).get<double>() : 0;
}

TEST(Nano, ReachesTheFiguresOfItsCard) {
  const fs::path scenes = shared_data("benchmark/rsicd-classes.tar");
  if (scenes.empty()) GTEST_SKIP() << "the benchmarks are not here";
  EXPECT_NEAR(figure("zeroshot", "rsicd_classes", scenes, "top1"), 93.2, 0.3);
  EXPECT_NEAR(figure("zeroshot", "eurosat", shared_data("benchmark/eurosat.tar"), "top1"), 96.6,
              0.4);
  EXPECT_NEAR(figure("zeroshot", "nwpu12", shared_data("benchmark/nwpu12.tar"), "top1"), 93.75,
              0.7);
  EXPECT_NEAR(
      figure("retrieval", "ucm_captions", shared_data("benchmark/ucm-captions.tar"), "mean_recall"),
      66.1, 0.5);
}

struct CaptionedPictures {
  Matrix pictures, captions;
  std::vector<std::int64_t> owners;  // row of the picture that a caption is of
};

CaptionedPictures embed_with_captions(const fs::path& tar) {
  const Encoders encoders(model_folder_of("nano"), {});
  CaptionedPictures all;
  std::vector<std::string> texts;
  std::vector<float> vectors;
  std::int64_t pictures = 0;
  const auto source = open_pictures({tar});
  embed_pictures(*source, encoders.image(), {}, [&](const EmbeddedPicture& picture) {
    ASSERT_EQ(picture.skipped, "");
    const ReadJson beside = parse_json(picture.beside.at("json"));
    for (const ReadJson& caption : beside.at("captions")) {
      texts.push_back(caption);
      all.owners.push_back(pictures);
    }
    vectors.insert(vectors.end(), picture.vector.begin(), picture.vector.end());
    ++pictures;
  });
  all.captions = embed_texts(texts, encoders.text(), {});
  all.pictures = Matrix(pictures, all.captions.cols);
  all.pictures.values = vectors;
  return all;
}

// How often a picture is nearer to a caption of its own than some picture to a caption of another:
// captions are handed on over three distances.
double area_under_curve(const CaptionedPictures& all) {
  const std::int64_t count = all.captions.rows;
  const auto similarity = [&](std::int64_t place, std::int64_t caption) {
    return inner_product(all.pictures.row(all.owners[static_cast<std::size_t>(place)]),
                         all.captions.row(caption));
  };
  double above = 0;
  for (const std::int64_t distance : {count / 7, count / 3, count / 2}) {
    std::vector<double> shuffled;
    for (std::int64_t i = 0; i < count; ++i)
      shuffled.push_back(similarity(i, (i + distance) % count));
    std::ranges::sort(shuffled);
    for (std::int64_t i = 0; i < count; ++i)
      above += static_cast<double>(std::ranges::lower_bound(shuffled, similarity(i, i)) -
                                   shuffled.begin());
  }
  return above / (3 * static_cast<double>(count) * static_cast<double>(count));
}

TEST(Nano, RanksTrueCaptionsAboveShuffledOnes) {
  const fs::path pictures = shared_data("benchmark/ucm-captions.tar");
  if (pictures.empty()) GTEST_SKIP() << "the benchmarks are not here";
  EXPECT_GE(area_under_curve(embed_with_captions(pictures)), 0.97);
  EXPECT_GE(area_under_curve(embed_with_captions(shared_data("benchmark/rsicd.tar"))), 0.80);
}

TEST(Nano, GoesByItsNameAndNeedsNoData) {
  const ProgramResult result = run_skyglot({"model", "inspect", "nano", "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const ReadJson json = parse_json(result.out);
  EXPECT_EQ(json.at("config").at("embedding_width"), 256);
  EXPECT_EQ(json.at("config").at("text").at("tokens"), "word_pieces");
}

}  // namespace
}  // namespace skyglot::testing_support
