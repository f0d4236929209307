// SPDX-License-Identifier: Apache-2.0
#include "scores/retrieval.hpp"

#include "base/error.hpp"
#include "scores/row_blocks.hpp"

#include <algorithm>
#include <array>

namespace skyglot {
namespace {

// Relevant items of each query: those of query i are items[starts[i]] .. items[starts[i + 1] - 1].
struct Relevant {
  std::vector<std::size_t> starts;
  std::vector<std::int64_t> items;

  [[nodiscard]] std::span<const std::int64_t> of(std::int64_t query) const {
    const auto i = static_cast<std::size_t>(query);
    return std::span(items).subspan(starts[i], starts[i + 1] - starts[i]);
  }
};

Relevant group(std::span<const RetrievalPair> pairs, std::int64_t queries) {
  Relevant relevant;
  relevant.starts.assign(static_cast<std::size_t>(queries) + 1, 0);
  for (const RetrievalPair& pair : pairs)
    ++relevant.starts[static_cast<std::size_t>(pair.picture) + 1];
  for (std::size_t i = 1; i < relevant.starts.size(); ++i)
    relevant.starts[i] += relevant.starts[i - 1];
  relevant.items.resize(pairs.size());
  std::vector<std::size_t> next = relevant.starts;
  for (const RetrievalPair& pair : pairs)
    relevant.items[next[static_cast<std::size_t>(pair.picture)]++] = pair.text;
  return relevant;
}

std::int64_t best_item(std::span<const float> scores, std::span<const std::int64_t> items) {
  const auto score = [&](std::int64_t item) { return scores[static_cast<std::size_t>(item)]; };
  return *std::ranges::min_element(items, [&](std::int64_t a, std::int64_t b) {
    return score(a) != score(b) ? score(a) > score(b) : a < b;
  });
}

std::int64_t rank_of(std::span<const float> scores, std::int64_t item) {
  const auto at = static_cast<std::size_t>(item);
  const float own = scores[at];
  std::int64_t before = 0;
  for (const float score : scores) before += score > own ? 1 : 0;
  for (const float score : scores.first(at)) before += score == own ? 1 : 0;
  return before + 1;
}

void require_pairs(const RowSource& pictures, const RowSource& texts,
                   std::span<const RetrievalPair> pairs) {
  if (pairs.empty())
    fail(ErrorKind::input, "retrieval needs at least one pair of a picture and its text");
  const auto bad = std::ranges::find_if(pairs, [&](const RetrievalPair& pair) {
    return pair.picture < 0 || pair.picture >= pictures.rows() || pair.text < 0 ||
           pair.text >= texts.rows();
  });
  if (bad == pairs.end()) return;
  fail(ErrorKind::input,
       "pair {} joins picture {} and text {}, but there are {} pictures and {} texts",
       bad - pairs.begin(), bad->picture, bad->text, pictures.rows(), texts.rows());
}

std::int64_t hits_at(const std::vector<std::int64_t>& ranks, std::int64_t k) {
  return std::ranges::count_if(ranks, [&](std::int64_t rank) { return rank > 0 && rank <= k; });
}

double recall_at(const std::vector<std::int64_t>& ranks, std::int64_t k) {
  return 100 * static_cast<double>(hits_at(ranks, k)) / static_cast<double>(ranks.size());
}

double median_of(std::vector<std::int64_t> ranks) {
  const std::size_t half = ranks.size() / 2;
  std::ranges::nth_element(ranks, ranks.begin() + static_cast<std::ptrdiff_t>(half));
  const auto upper = static_cast<double>(ranks[half]);
  if (ranks.size() % 2 == 1) return upper;
  const auto lower =
      *std::max_element(ranks.begin(), ranks.begin() + static_cast<std::ptrdiff_t>(half));
  return (static_cast<double>(lower) + upper) / 2;
}

// `ranks` as best_ranks() gives them. The interval is left to the caller.
DirectionScore score_direction(std::vector<std::int64_t> ranks, const RetrievalOptions& options) {
  std::erase(ranks, 0);
  DirectionScore score;
  score.queries = std::ssize(ranks);
  for (const std::int64_t k : options.ks) score.recall.push_back({k, recall_at(ranks, k)});
  score.mean_recall = (recall_at(ranks, 1) + recall_at(ranks, 5) + recall_at(ranks, 10)) / 3;
  score.median_rank = median_of(ranks);
  return score;
}

// The texts of each picture that has any. One of several pictures is parted among them, so that all
// texts together count once.
std::vector<Cluster> texts_by_picture(std::span<const RetrievalPair> pairs,
                                      std::span<const std::int64_t> text_ranks,
                                      std::int64_t pictures) {
  std::vector<double> pictures_of(text_ranks.size(), 0);
  for (const RetrievalPair& pair : pairs) ++pictures_of[static_cast<std::size_t>(pair.text)];
  std::vector<Cluster> clusters(static_cast<std::size_t>(pictures));
  for (const RetrievalPair& pair : pairs) {
    const auto text = static_cast<std::size_t>(pair.text);
    Cluster& cluster = clusters[static_cast<std::size_t>(pair.picture)];
    cluster.items += 1 / pictures_of[text];
    cluster.hits += text_ranks[text] == 1 ? 1 / pictures_of[text] : 0;
  }
  std::erase_if(clusters, [](const Cluster& cluster) { return cluster.items == 0; });
  return clusters;
}

std::vector<RetrievalPair> swapped(std::span<const RetrievalPair> pairs) {
  std::vector<RetrievalPair> result;
  result.reserve(pairs.size());
  for (const RetrievalPair& pair : pairs) result.push_back({pair.text, pair.picture});
  return result;
}

}  // namespace

std::vector<std::int64_t> best_ranks(const RowSource& queries, const RowSource& items,
                                     std::span<const RetrievalPair> relevant,
                                     std::int64_t block_rows) {
  const Relevant truth = group(relevant, queries.rows());
  std::vector<std::int64_t> ranks(static_cast<std::size_t>(queries.rows()), 0);
  for_each_score_row(
      queries, items, block_rows, [&](std::int64_t i, std::span<const float> scores) {
        if (const auto wanted = truth.of(i); !wanted.empty())
          ranks[static_cast<std::size_t>(i)] = rank_of(scores, best_item(scores, wanted));
      });
  return ranks;
}

RetrievalScore score_retrieval(const RowSource& pictures, const RowSource& texts,
                               std::span<const RetrievalPair> pairs,
                               const RetrievalOptions& options) {
  options.bootstrap.validate();
  require_same_length(pictures, texts, "retrieval");
  require_pairs(pictures, texts, pairs);
  require_finite(pictures, "picture embeddings");
  require_finite(texts, "text embeddings");
  RetrievalScore score;
  score.picture_ranks = best_ranks(pictures, texts, pairs, options.block_rows);
  score.picture_to_text = score_direction(score.picture_ranks, options);
  const auto text_ranks = best_ranks(texts, pictures, swapped(pairs), options.block_rows);
  score.text_to_picture = score_direction(text_ranks, options);
  score.picture_to_text.r1_interval = bootstrap_share(
      hits_at(score.picture_ranks, 1), score.picture_to_text.queries, options.bootstrap);
  score.text_to_picture.r1_interval =
      bootstrap_clusters(texts_by_picture(pairs, text_ranks, pictures.rows()), options.bootstrap);
  score.mean_recall_both =
      (score.picture_to_text.mean_recall + score.text_to_picture.mean_recall) / 2;
  return score;
}

}  // namespace skyglot
