// SPDX-License-Identifier: Apache-2.0
#include "weights/state_dict.hpp"

#include "base/error.hpp"
#include "base/strings.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace skyglot {
namespace {

using Kind = PickleValue::Kind;

constexpr int kMaxDepth = 64;
constexpr std::size_t kMaxVisits = 1'000'000;
constexpr std::size_t kMaxNames = 64 << 20;  // bytes of all names, what hangs on them included
constexpr std::size_t kEntryBytes = 200;
constexpr std::size_t kMaxShown = 60;  // bytes of a key in messages
constexpr std::array<std::string_view, 8> kUsual{
    "state_dict", "model_state_dict", "model", "teacher", "student", "module", "network", "params"};

bool has_entries(const PickleValue& value) {
  return value.kind == Kind::dictionary || value.kind == Kind::object;
}

// Walks names and values of a graph that may hold cycles and shared parts.
class Collector {
 public:
  Collector(const PickleGraph& graph, const std::string& name, StateDict& into)
      : graph_(graph), name_(name), into_(into) {}

  void flat(const PickleValue& dictionary) {
    each(dictionary, [&](const std::string& key, const PickleValue& value) {
      demand_short(key.size());
      if (value.kind == Kind::tensor)
        keep(key, value);
      else if (value.kind == Kind::object) {
        charge(key.size() + value.text.size());
        into_.unreadable[key] = value.text;
      }
    });
  }

  void module(const PickleValue& object, const std::string& prefix, int depth) {
    if (depth > kMaxDepth) return;
    each(object, [&](const std::string& key, const PickleValue& value) {
      demand_short(prefix.size() + key.size());
      const bool holder = key == "_parameters" || key == "_buffers" || key == "_modules";
      if (value.kind == Kind::tensor)
        keep(prefix + key, value);
      else if (has_entries(value))
        module(value, holder ? prefix : prefix + key + ".", depth + 1);
    });
  }

 private:
  template <typename Visit>
  void each(const PickleValue& value, Visit visit) {
    for (std::size_t i = 0; i + 1 < value.items.size(); i += 2) {
      if (++visits_ > kMaxVisits)
        fail(ErrorKind::resource, "{}: its modules hold more than {} entries; no model does", name_,
             kMaxVisits);
      const PickleValue& key = graph_.values[value.items[i]];
      if (key.kind == Kind::text) visit(key.text, graph_.values[value.items[i + 1]]);
    }
  }
  void charge(std::size_t bytes) {
    names_ += bytes + kEntryBytes;
    if (names_ > kMaxNames)
      fail(ErrorKind::resource, "{}: its names take more than {} MiB; no model's do", name_,
           kMaxNames >> 20);
  }
  void demand_short(std::size_t length) const {
    if (length > kMostNameBytes)
      fail(ErrorKind::format, "{}: damaged or no checkpoint: a name in it has {} bytes", name_,
           length);
  }
  void keep(const std::string& name, const PickleValue& value) {
    charge(name.size());
    into_.tensors[name] = &graph_.tensors[static_cast<std::size_t>(value.number)];
  }

  const PickleGraph& graph_;
  const std::string& name_;
  StateDict& into_;
  std::size_t visits_ = 0;
  std::size_t names_ = 0;
};

StateDict read_entry(const PickleGraph& graph, const PickleValue& value, const std::string& name) {
  StateDict found;
  Collector collector(graph, name, found);
  if (value.kind == Kind::tensor)
    found.tensors[""] = &graph.tensors[static_cast<std::size_t>(value.number)];
  else if (value.kind == Kind::dictionary)
    collector.flat(value);
  else if (value.kind == Kind::object)
    collector.module(value, "", 0);
  return found;
}

// Cut to what is shown of them.
std::vector<std::string> keys_of(const PickleGraph& graph, const PickleValue& value) {
  std::vector<std::string> keys;
  if (!has_entries(value)) return keys;
  for (std::size_t i = 0; i + 1 < value.items.size(); i += 2) {
    const PickleValue& key = graph.values[value.items[i]];
    if (key.kind == Kind::text && graph.values[value.items[i + 1]].kind != Kind::tensor)
      keys.push_back(key.text.substr(0, kMaxShown));
  }
  return keys;
}

std::vector<std::string> without(std::vector<std::string> keys, const std::string& taken) {
  std::erase(keys, taken);
  return keys;
}

std::string listed(const std::vector<std::string>& keys) {
  constexpr std::size_t kShown = 12;
  return keys.empty() ? "nothing" : some_of(keys, kShown);
}

}  // namespace

StateDict find_state_dict(const PickleGraph& graph, const std::string& prefer,
                          const std::string& name) {
  const PickleValue& top = graph.top();
  const std::vector<std::string> keys = keys_of(graph, top);
  std::vector<std::string> wanted(kUsual.begin(), kUsual.end());
  if (!prefer.empty()) wanted = {prefer};
  for (const std::string& key : wanted) {
    const PickleValue* entry = graph.find(top, key);
    if (entry == nullptr || top.kind != Kind::dictionary) continue;
    StateDict found = read_entry(graph, *entry, name);
    if (found.tensors.empty()) continue;
    found.chosen = key;
    found.other_entries = without(keys, key);
    return found;
  }
  if (!prefer.empty())
    fail(ErrorKind::usage, "{}: no weights under \"{}\"; it holds {}", name, prefer, listed(keys));
  StateDict found = read_entry(graph, top, name);
  if (found.tensors.empty())
    fail(ErrorKind::format,
         "{}: no weights at the top level nor under {}; it holds {} (--take chooses an entry)",
         name, fmt::join(kUsual, ", "), listed(keys));
  found.other_entries = keys;
  return found;
}

}  // namespace skyglot
