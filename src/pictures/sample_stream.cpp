// SPDX-License-Identifier: Apache-2.0
#include "pictures/sample_stream.hpp"

#include "base/error.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <vector>

namespace skyglot {
namespace {

std::uint64_t number_in(std::string_view word, std::string_view line) {
  const auto number = parse_int(word);
  if (!number || *number < 0)
    fail(ErrorKind::format, "'{}' is no position of a sample stream", line);
  return static_cast<std::uint64_t>(*number);
}

}  // namespace

void SampleStreamOptions::validate() const {
  std::vector<std::string> problems;
  if (world < 1) problems.emplace_back("the number of ranks must be at least 1");
  if (rank < 0 || rank >= world)
    problems.push_back(fmt::format("rank {} is not one of {}, which count from 0", rank, world));
  if (!problems.empty()) fail(ErrorKind::usage, "samples: {}", join(problems, "; "));
}

SampleStream::SampleStream(std::uint64_t samples, const SampleStreamOptions& options)
    : samples_(samples), options_(options) {
  options_.validate();
  if (samples_ < static_cast<std::uint64_t>(options_.world))
    fail(ErrorKind::input, "{} samples are too few for {} ranks", samples_, options_.world);
  begin_epoch(0);
}

void SampleStream::begin_at(const SamplePosition& position) {
  position_ = position;
  const auto world = static_cast<std::uint64_t>(options_.world);
  const std::uint64_t left = samples_ - std::min(samples_, position.drawn);
  end_ = options_.equal_shares ? samples_ - left % world : samples_;
  if (options_.shuffle)
    order_.emplace(samples_, RandomStream(options_.seed, "sample stream", {position.epoch}));
}

void SampleStream::begin_epoch(std::uint64_t epoch) {
  begin_at({epoch, 0});
}

std::uint64_t SampleStream::epoch_size() const {
  const auto world = static_cast<std::uint64_t>(options_.world);
  const auto rank = static_cast<std::uint64_t>(options_.rank);
  return samples_ / world + (!options_.equal_shares && rank < samples_ % world ? 1 : 0);
}

std::optional<std::uint64_t> SampleStream::next() {
  const std::uint64_t place = position_.drawn + static_cast<std::uint64_t>(options_.rank);
  if (place >= end_) {
    position_.drawn = samples_;
    return std::nullopt;
  }
  position_.drawn += static_cast<std::uint64_t>(options_.world);
  return order_ ? order_->at(place) : place;
}

std::string SampleStream::about() const {
  return fmt::format("of {} samples, {}", samples_,
                     options_.shuffle ? fmt::format("seed {}", options_.seed) : "in order");
}

std::string SampleStream::saved() const {
  return fmt::format("epoch {} drawn {} {}", position_.epoch, std::min(position_.drawn, samples_),
                     about());
}

void SampleStream::resume(std::string_view saved) {
  const auto words = split(saved, ' ');
  if (words.size() < 5 || words[0] != "epoch" || words[2] != "drawn")
    fail(ErrorKind::format, "'{}' is no position of a sample stream", saved);
  const SamplePosition position{number_in(words[1], saved), number_in(words[3], saved)};
  if (!saved.ends_with(about()))
    fail(ErrorKind::input,
         "the position '{}' belongs to another stream than '{}'; begin anew, or give the same "
         "samples and seed",
         saved, about());
  begin_at(position);
}

}  // namespace skyglot
