// SPDX-License-Identifier: Apache-2.0
// Texts per second of one core; tokenizer_vs_python.py drives it.
//
//   tokenizer_bench TEXTS SECONDS OUT     one text a line; ids of each to OUT, texts per second on
//   stdout
#include "base/atomic_file.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "tokens/clip_tokenizer.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

namespace skyglot {
namespace {

std::string all_ids(const std::vector<std::string_view>& texts) {
  std::string ids;
  for (const auto text : texts)
    ids += fmt::format("{}\n", fmt::join(clip_tokenizer().context(text), " "));
  return ids;
}

double best_rate(const std::vector<std::string_view>& texts, double seconds) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  double best = 0;
  while (Clock::now() < end) {
    const auto start = Clock::now();
    for (const auto text : texts) (void)clip_tokenizer().context(text);
    const std::chrono::duration<double> taken = Clock::now() - start;
    best = std::max(best, static_cast<double>(texts.size()) / taken.count());
  }
  return best;
}

}  // namespace
}  // namespace skyglot

int main(int argc, char** argv) {
  using namespace skyglot;
  if (argc != 4) {
    fmt::print(stderr, "usage: tokenizer_bench TEXTS SECONDS OUT\n");
    return 2;
  }
  const std::string file = read_file(argv[1]);
  std::vector<std::string_view> texts = split(file, '\n');
  texts.pop_back();
  write_file_atomically(argv[3], all_ids(texts));
  fmt::print("{:.0f}\n", best_rate(texts, parse_double(argv[2]).value_or(1)));
}
