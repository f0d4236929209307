// SPDX-License-Identifier: Apache-2.0
#include "weights/tensor_names.hpp"

#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/resource.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace skyglot {
namespace {

constexpr std::size_t kParts = 3;

// A tensor that every model of the family has and no other.
constexpr std::array<std::pair<NameFamily, std::string_view>, 4> kAnchors{
    {{NameFamily::open_clip, "visual.conv1.weight"},
     {NameFamily::hf_clip, "vision_model.embeddings.patch_embedding.weight"},
     {NameFamily::timm, "patch_embed.proj.weight"},
     {NameFamily::hf_vit, "embeddings.patch_embeddings.projection.weight"}}};

struct Anchor {
  NameFamily family;
  std::string prefix;
};

struct Rule {
  std::string from;
  std::string to;
  std::optional<std::size_t> part;
  bool transposed = false;
};

// Where a tensor of the file goes.
struct Place {
  std::string name;
  std::optional<std::size_t> part;
  bool transposed = false;
};

bool is_residual_network(const TensorMap& tensors) {
  return std::ranges::any_of(tensors, [](const auto& item) {
    return item.first.find("visual.layer1.0.") != std::string::npos ||
           item.first.find("visual.attnpool.") != std::string::npos;
  });
}

std::vector<Anchor> find_anchors(const TensorMap& tensors) {
  std::vector<Anchor> found;
  for (const auto& [name, tensor] : tensors)
    for (const auto& [family, anchor] : kAnchors) {
      if (!name.ends_with(anchor)) continue;
      const std::string prefix = name.substr(0, name.size() - anchor.size());
      if (prefix.empty() || prefix.ends_with('.')) found.push_back({family, prefix});
    }
  return found;
}

std::string prefixes_of(const std::vector<Anchor>& anchors) {
  std::vector<std::string> names;
  for (const Anchor& anchor : anchors) names.push_back("\"" + anchor.prefix + "\"");
  return some_of(names);
}

// Of teacher and student in one dictionary the teacher's tower is the one that is used.
const Anchor* teacher_among(const std::vector<Anchor>& found) {
  const Anchor* teacher = nullptr;
  for (const Anchor& anchor : found) {
    const bool is_teacher = anchor.prefix.find("teacher.") != std::string::npos;
    if (!is_teacher && anchor.prefix.find("student.") == std::string::npos) return nullptr;
    if (is_teacher && teacher != nullptr) return nullptr;
    if (is_teacher) teacher = &anchor;
  }
  return teacher;
}

// open_clip's towers of timm: the trunk is a ViT, but the vectors come from what follows it.
void refuse_trunk(const Anchor& anchor, const std::string& where) {
  if (anchor.family == NameFamily::timm && anchor.prefix.ends_with("visual.trunk."))
    fail(ErrorKind::format,
         "{}: its image tower is one of timm's inside open_clip, whose projection and text tower "
         "skyglot does not run; --prefix {} imports the trunk alone, whose vectors are others",
         where, anchor.prefix);
}

Anchor choose_anchor(const TensorMap& tensors, const std::string& prefix,
                     const std::string& where) {
  if (is_residual_network(tensors))
    fail(ErrorKind::format,
         "{}: the image tower is a ResNet, which skyglot does not run; take a ViT of the same "
         "makers",
         where);
  std::vector<Anchor> found = find_anchors(tensors);
  if (found.empty())
    fail(ErrorKind::format,
         "{}: no vision transformer of a known family (looked for {}, {}, {} and {}, with any "
         "prefix)",
         where, kAnchors[0].second, kAnchors[1].second, kAnchors[2].second, kAnchors[3].second);
  const auto wanted = std::ranges::find(found, prefix, &Anchor::prefix);
  if (!prefix.empty() && wanted == found.end())
    fail(ErrorKind::usage, "{}: no tower under the prefix \"{}\"; there are {}", where, prefix,
         prefixes_of(found));
  if (!prefix.empty()) return *wanted;
  if (const Anchor* teacher = teacher_among(found); teacher != nullptr) return *teacher;
  if (found.size() > 1)
    fail(ErrorKind::usage, "{}: several towers, under {}; choose one with --prefix", where,
         prefixes_of(found));
  refuse_trunk(found.front(), where);
  return found.front();
}

std::vector<Rule> read_rules(std::string_view family) {
  const CsvTable table = parse_csv(load_resource("tensor_names.csv"), "tensor_names.csv");
  std::vector<Rule> rules;
  for (const auto& row : table.rows) {
    if (row[table.column("family")] != family) continue;
    const std::string& part = row[table.column("part")];
    rules.push_back({row[table.column("from")], row[table.column("to")],
                     part.empty() ? std::nullopt : std::optional<std::size_t>(std::stoul(part)),
                     row[table.column("transposed")] == "yes"});
  }
  return rules;
}

// The number that stands for {i}, or nothing if `name` does not begin like the pattern.
std::optional<std::string> layer_number(std::string_view name, std::string_view head) {
  if (!name.starts_with(head)) return std::nullopt;
  const std::string_view rest = name.substr(head.size());
  const std::size_t digits = std::min(rest.find_first_not_of("0123456789"), rest.size());
  return digits == 0 ? std::nullopt : std::optional(std::string(rest.substr(0, digits)));
}

std::optional<std::string> renamed(std::string name, const Rule& rule) {
  constexpr std::string_view kLayer = "{i}";
  std::string from = rule.from;
  std::string to = rule.to;
  if (const std::size_t at = from.find(kLayer); at != std::string::npos) {
    const auto number = layer_number(name, std::string_view(from).substr(0, at));
    if (!number) return std::nullopt;
    from = replace_all(from, kLayer, *number);
    to = replace_all(to, kLayer, *number);
  }
  for (const char* end : {"weight", "bias"})
    if (replace_all(from, "*", end) == name) return replace_all(to, "*", end);
  return std::nullopt;
}

// DINOv2 trains in chunks of blocks, blocks.CHUNK.I, where I counts through all chunks.
std::string without_chunk(const std::string& name) {
  constexpr std::string_view kBlocks = "blocks.";
  const auto chunk = layer_number(name, kBlocks);
  if (!chunk) return name;
  const std::string head = std::string(kBlocks) + *chunk + ".";
  if (!name.starts_with(head) || !layer_number(name, head)) return name;
  return std::string(kBlocks) + name.substr(head.size());
}

class Namer {
 public:
  explicit Namer(NameFamily family) {
    if (family == NameFamily::hf_clip) rules_ = read_rules("hf_clip");
    if (family == NameFamily::hf_vit) rules_ = read_rules("hf_vit");
  }
  [[nodiscard]] std::optional<Place> place(const std::string& name) const {
    constexpr std::string_view kText = "text.";
    if (rules_.empty())
      return Place{
          name.starts_with(kText) ? name.substr(kText.size()) : without_chunk(name), {}, false};
    for (const Rule& rule : rules_)
      if (auto to = renamed(name, rule)) return Place{std::move(*to), rule.part, rule.transposed};
    return std::nullopt;
  }

 private:
  std::vector<Rule> rules_;
};

TensorView transposed(const TensorView& tensor, const std::string& where) {
  if (tensor.shape.size() != 2)
    fail(ErrorKind::format, "{}: a matrix was expected, this is {}", where,
         shape_text(tensor.shape));
  const auto rows = static_cast<std::size_t>(tensor.shape[0]);
  const auto cols = static_cast<std::size_t>(tensor.shape[1]);
  const std::vector<float> from = to_floats(tensor);
  std::vector<float> to(from.size());
  for (std::size_t r = 0; r < rows; ++r)
    for (std::size_t c = 0; c < cols; ++c) to[c * rows + r] = from[r * cols + c];
  return make_tensor(to, {tensor.shape[1], tensor.shape[0]});
}

struct Third {
  std::string source;
  const TensorView* tensor = nullptr;
};
using Thirds = std::array<Third, kParts>;

bool fit_together(const Thirds& thirds) {
  return std::ranges::all_of(thirds, [&](const Third& t) {
    return t.tensor != nullptr && !t.tensor->shape.empty() &&
           t.tensor->shape == thirds[0].tensor->shape;
  });
}

void join_thirds(NamedTensors& into, const std::string& name, const Thirds& thirds) {
  std::vector<std::string> sources;
  for (const Third& t : thirds)
    if (t.tensor != nullptr) sources.push_back(t.source);
  if (!fit_together(thirds)) {
    into.ignored.insert(into.ignored.end(), sources.begin(), sources.end());
    return;
  }
  std::vector<float> joined;
  for (const Third& t : thirds) {
    const std::vector<float> values = to_floats(*t.tensor);
    joined.insert(joined.end(), values.begin(), values.end());
  }
  std::vector<std::int64_t> shape = thirds[0].tensor->shape;
  shape[0] *= static_cast<std::int64_t>(kParts);
  into.tensors[name] = make_tensor(joined, std::move(shape));
  into.sources[name] = join(sources, "+");
}

}  // namespace

NamedTensors canonical_tensors(const TensorMap& tensors, const std::string& prefix,
                               const std::string& where) {
  const Anchor anchor = choose_anchor(tensors, prefix, where);
  const Namer namer(anchor.family);
  NamedTensors result{anchor.family, anchor.prefix, {}, {}, {}};
  std::map<std::string, Thirds> fused;
  for (const auto& [name, tensor] : tensors) {
    const auto place = name.starts_with(anchor.prefix)
                           ? namer.place(name.substr(anchor.prefix.size()))
                           : std::nullopt;
    if (!place) {
      result.ignored.push_back(name);
    } else if (place->part) {
      fused[place->name].at(*place->part) = {name, &tensor};
    } else {
      result.tensors[place->name] =
          place->transposed ? transposed(tensor, where + ": " + name) : tensor;
      result.sources[place->name] = name;
    }
  }
  for (const auto& [name, thirds] : fused) join_thirds(result, name, thirds);
  return result;
}

std::string to_string(NameFamily family) {
  constexpr std::array<std::string_view, 4> kWords{"open_clip", "Hugging Face CLIPModel",
                                                   "DINO or timm", "Hugging Face ViT or Dinov2"};
  return std::string(kWords.at(static_cast<std::size_t>(family)));
}

}  // namespace skyglot
