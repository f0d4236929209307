// SPDX-License-Identifier: Apache-2.0
#include "weights/model_config.hpp"

#include "base/error.hpp"

#include <array>
#include <string_view>

namespace skyglot {
namespace {

constexpr std::array<std::string_view, 2> kActivations{"gelu", "quick_gelu"};
constexpr std::array<std::string_view, 2> kKinds{"clip", "vit"};
constexpr std::array<std::string_view, 3> kResizeModes{"shortest", "squash", "tile"};

template <typename Enum, std::size_t N>
std::string word_of(Enum value, const std::array<std::string_view, N>& words) {
  return std::string(words.at(static_cast<std::size_t>(value)));
}

template <typename Enum, std::size_t N>
Enum value_of(const std::string& word, const std::array<std::string_view, N>& words,
              const char* what) {
  for (std::size_t i = 0; i < N; ++i)
    if (word == words[i]) return static_cast<Enum>(i);
  fail(ErrorKind::usage, "unknown {} \"{}\"; it is one of {}", what, word, fmt::join(words, ", "));
}

}  // namespace

std::string to_string(Activation activation) {
  return word_of(activation, kActivations);
}

std::string to_string(ModelKind kind) {
  return word_of(kind, kKinds);
}

std::string to_string(ResizeMode mode) {
  return word_of(mode, kResizeModes);
}

Activation parse_activation(const std::string& word) {
  return value_of<Activation>(word, kActivations, "activation");
}

ResizeMode parse_resize_mode(const std::string& word) {
  return value_of<ResizeMode>(word, kResizeModes, "resize mode");
}

}  // namespace skyglot
