// SPDX-License-Identifier: Apache-2.0
// A program of somebody else's that uses the installed library.
#include <skyglot/captions/captions.hpp>
#include <skyglot/dataset/tiles.hpp>

#include <cstdio>

int main() {
  const skyglot::CaptionWriter captions(skyglot::default_caption_rules());
  const std::string caption = captions.single({{"highway", "footway"}});
  skyglot::RandomStream random(1, "consumer");
  const auto tile = skyglot::draw_point_tile({1000, 1000}, {}, random);
  std::printf("%s, %d x %d\n", caption.c_str(), tile.width, tile.height);
  return caption.find("road of footway") == std::string::npos ? 1 : 0;
}
