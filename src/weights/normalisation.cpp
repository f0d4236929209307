// SPDX-License-Identifier: Apache-2.0
#include "weights/normalisation.hpp"

#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace skyglot {
namespace {

const std::array<std::pair<std::string_view, Normalisation>, 3>& named() {
  static const std::array<std::pair<std::string_view, Normalisation>, 3> all{
      {{"clip", {{0.48145466F, 0.4578275F, 0.40821073F}, {0.26862954F, 0.26130258F, 0.27577711F}}},
       {"imagenet", {{0.485F, 0.456F, 0.406F}, {0.229F, 0.224F, 0.225F}}},
       {"half", {{0.5F, 0.5F, 0.5F}, {0.5F, 0.5F, 0.5F}}}}};
  return all;
}

[[noreturn]] void reject(const std::string& text) {
  fail(ErrorKind::usage,
       "\"{}\" is no normalisation; it is clip, imagenet, half, or mean and deviation of red, "
       "green and "
       "blue as M,M,M:S,S,S (of as many bands as the model has)",
       text);
}

std::optional<std::vector<float>> numbers(std::string_view part) {
  std::vector<float> values;
  for (const auto cell : split(part, ',')) {
    const auto number = parse_double(cell);
    if (!number) return std::nullopt;
    values.push_back(static_cast<float>(*number));
  }
  return values;
}

}  // namespace

std::optional<Normalisation> read_normalisation(const std::string& text) {
  for (const auto& [name, normalisation] : named())
    if (text == name) return normalisation;
  const auto parts = split(text, ':');
  const auto mean = parts.size() == 2 ? numbers(parts[0]) : std::nullopt;
  const auto std = parts.size() == 2 ? numbers(parts[1]) : std::nullopt;
  if (!mean || !std || mean->size() != std->size()) return std::nullopt;
  for (const float s : *std)
    if (!(s > 0)) return std::nullopt;
  return Normalisation{*mean, *std};
}

Normalisation parse_normalisation(const std::string& text) {
  const auto read = read_normalisation(text);
  if (!read) reject(text);
  return *read;
}

std::string to_string(const Normalisation& normalisation) {
  for (const auto& [name, known] : named())
    if (normalisation == known) return std::string(name);
  return fmt::format("{}:{}", fmt::join(normalisation.mean, ","),
                     fmt::join(normalisation.std, ","));
}

}  // namespace skyglot
