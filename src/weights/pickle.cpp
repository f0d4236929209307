// SPDX-License-Identifier: Apache-2.0
// Opcodes: CPython's Lib/pickletools.py. Every opcode that is not in the table below is refused.
#include "weights/pickle.hpp"

#include "base/error.hpp"

#include <array>
#include <unordered_map>
#include <utility>

namespace skyglot {
namespace {

using Kind = PickleValue::Kind;

constexpr std::size_t kMaxCopied = 50'000'000;  // items looked at by opcodes of a few bytes
constexpr std::size_t kMemoBytes = 64;          // of one entry
constexpr std::size_t kMaxRank = 64;
constexpr int kMaxCallDepth = 8;

constexpr std::array<std::pair<std::string_view, ElementType>, 10> kStorageTypes{
    {{"DoubleStorage", ElementType::f64},
     {"FloatStorage", ElementType::f32},
     {"HalfStorage", ElementType::f16},
     {"BFloat16Storage", ElementType::bf16},
     {"LongStorage", ElementType::i64},
     {"IntStorage", ElementType::i32},
     {"ShortStorage", ElementType::i16},
     {"CharStorage", ElementType::i8},
     {"ByteStorage", ElementType::u8},
     {"BoolStorage", ElementType::boolean}}};

std::optional<ElementType> storage_type(std::string_view global) {
  for (const std::string_view module : {"torch.", "torch.cuda."})
    for (const auto& [name, type] : kStorageTypes)
      if (global.starts_with(module) && global.substr(module.size()) == name) return type;
  return std::nullopt;
}

class PickleMachine {
 public:
  PickleMachine(std::span<const std::byte> bytes, const std::string& name, std::size_t memory)
      : bytes_(bytes), name_(name), memory_(memory) {}

  PickleGraph run();

 private:
  using Handler = void (PickleMachine::*)();
  using Handlers = std::array<Handler, 256>;

  template <typename... Args>
  [[noreturn]] void reject(fmt::format_string<Args...> text, Args&&... args) const {
    fail(ErrorKind::format, "{}: damaged or no checkpoint: byte {} of its pickle: {}", name_, at_,
         fmt::format(text, std::forward<Args>(args)...));
  }

  // Bytes.
  std::string_view take(std::size_t count);
  std::uint64_t take_unsigned(std::size_t width);
  std::string_view take_line();

  void charge_copies(std::size_t items);
  void charge(std::size_t bytes);
  void charge_items(std::size_t count) { charge(2 * count * sizeof(PickleId)); }

  // Stack.
  PickleId add(PickleValue value);
  void push_id(PickleId id) {
    charge_items(1);
    stack_.push_back(id);
  }
  void push(PickleValue value) { push_id(add(std::move(value))); }
  void push_text(std::size_t length) { push({Kind::text, 0, std::string(take(length)), {}}); }
  void push_number(std::int64_t number) { push({Kind::number, number, {}, {}}); }
  void push_sequence(std::vector<PickleId> items) {
    push({Kind::sequence, 0, {}, std::move(items)});
  }
  PickleId pop();
  std::vector<PickleId> pop_to_mark();
  std::vector<PickleId> pop_many(std::size_t count);
  PickleValue& top_value();
  PickleValue& value(PickleId id) { return graph_.values[id]; }

  // Opcodes.
  static const Handlers& handlers();
  void proto() { take(1); }
  void frame() { take(8); }
  void mark() {
    charge(2 * sizeof(std::size_t));
    marks_.push_back(stack_.size());
  }
  void discard() { pop(); }
  void discard_to_mark() { pop_to_mark(); }
  void none() { push({}); }
  void true_value() { push_number(1); }
  void false_value() { push_number(0); }
  void int4() { push_number(static_cast<std::int32_t>(take_unsigned(4))); }
  void int1() { push_number(static_cast<std::int64_t>(take_unsigned(1))); }
  void int2() { push_number(static_cast<std::int64_t>(take_unsigned(2))); }
  void long1() { push_long(static_cast<std::size_t>(take_unsigned(1))); }
  void long4() { push_long(static_cast<std::size_t>(take_unsigned(4))); }
  void push_long(std::size_t width);
  void real() { take(8), push_number(0); }
  void text1() { push_text(static_cast<std::size_t>(take_unsigned(1))); }
  void text4() { push_text(static_cast<std::size_t>(take_unsigned(4))); }
  void text8() { push_text(static_cast<std::size_t>(take_unsigned(8))); }
  void empty_sequence() { push_sequence({}); }
  void empty_dictionary() { push({Kind::dictionary, 0, {}, {}}); }
  void sequence() { push_sequence(pop_to_mark()); }
  void tuple1() { push_sequence(pop_many(1)); }
  void tuple2() { push_sequence(pop_many(2)); }
  void tuple3() { push_sequence(pop_many(3)); }
  void append() { extend(pop_many(1), Kind::sequence); }
  void appends() { extend(pop_to_mark(), Kind::sequence); }
  void set_item() { extend(pop_many(2), Kind::dictionary); }
  void set_items() { extend(pop_to_mark(), Kind::dictionary); }
  void dictionary();
  void extend(const std::vector<PickleId>& items, Kind kind);
  void get1() { get(take_unsigned(1)); }
  void get4() { get(take_unsigned(4)); }
  void put1() { put(take_unsigned(1)); }
  void put4() { put(take_unsigned(4)); }
  void memoize() { put(memo_.size()); }
  void get(std::uint64_t key);
  void put(std::uint64_t key);
  void global();
  void stack_global();
  void persistent();
  void reduce();
  void new_object();
  void new_object_with_keywords();
  void build();

  // What a REDUCE of a known name gives.
  PickleId call(PickleId callable, PickleId arguments, int depth);
  PickleId call_known(const std::string& name, const std::vector<PickleId>& arguments, int depth);
  PickleId ordered_dictionary(const std::vector<PickleId>& arguments);
  PickleId tensor(const std::vector<PickleId>& arguments);
  PickleId storage(const std::vector<PickleId>& parts);
  void push_global(std::string_view module, std::string_view name);
  PickleId opaque(std::string name) { return add({Kind::object, 0, std::move(name), {}}); }
  std::int64_t integer(PickleId id);
  std::vector<std::int64_t> integers(PickleId id);

  std::span<const std::byte> bytes_;
  const std::string& name_;
  std::size_t at_ = 0;
  PickleGraph graph_;
  std::vector<PickleId> stack_;
  std::vector<std::size_t> marks_;
  std::unordered_map<std::uint64_t, PickleId> memo_;
  std::size_t memory_;  // bytes the graph may still take
  std::size_t copied_ = 0;
};

const PickleMachine::Handlers& PickleMachine::handlers() {
  using M = PickleMachine;
  static const Handlers table = [] {
    Handlers t{};
    const auto set = [&t](int opcode, Handler handler) {
      t[static_cast<std::size_t>(opcode)] = handler;
    };
    set(0x80, &M::proto), set(0x95, &M::frame), set('(', &M::mark), set('0', &M::discard);
    set('1', &M::discard_to_mark), set('N', &M::none), set(0x88, &M::true_value);
    set(0x89, &M::false_value), set('J', &M::int4), set('K', &M::int1), set('M', &M::int2);
    set(0x8A, &M::long1), set(0x8B, &M::long4), set('G', &M::real), set('U', &M::text1);
    set('T', &M::text4), set('X', &M::text4), set(0x8C, &M::text1), set(0x8D, &M::text8);
    set('B', &M::text4), set('C', &M::text1), set(0x8E, &M::text8), set(0x96, &M::text8);
    set(']', &M::empty_sequence), set(')', &M::empty_sequence), set(0x8F, &M::empty_sequence);
    set('}', &M::empty_dictionary), set('t', &M::sequence), set('l', &M::sequence);
    set(0x91, &M::sequence), set(0x85, &M::tuple1), set(0x86, &M::tuple2), set(0x87, &M::tuple3);
    set('a', &M::append), set('e', &M::appends), set(0x90, &M::appends), set('s', &M::set_item);
    set('u', &M::set_items), set('d', &M::dictionary), set('h', &M::get1), set('j', &M::get4);
    set('q', &M::put1), set('r', &M::put4), set(0x94, &M::memoize), set('c', &M::global);
    set(0x93, &M::stack_global), set('Q', &M::persistent), set('R', &M::reduce);
    set(0x81, &M::new_object), set(0x92, &M::new_object_with_keywords), set('b', &M::build);
    return t;
  }();
  return table;
}

PickleGraph PickleMachine::run() {
  constexpr int kStop = '.';
  for (;;) {
    const auto opcode = static_cast<unsigned char>(take(1)[0]);
    if (opcode == kStop) break;
    const Handler handler = handlers()[opcode];
    if (handler == nullptr) reject("opcode 0x{:02X} is none that weights need", opcode);
    (this->*handler)();
  }
  graph_.root = pop();
  graph_.size = at_;
  return std::move(graph_);
}

std::string_view PickleMachine::take(std::size_t count) {
  if (count > bytes_.size() - at_) reject("it ends early");
  const auto* start = reinterpret_cast<const char*>(bytes_.data()) + at_;
  at_ += count;
  return {start, count};
}

std::uint64_t PickleMachine::take_unsigned(std::size_t width) {
  std::uint64_t number = 0;
  const std::string_view taken = take(width);
  for (std::size_t i = 0; i < width; ++i)
    number |= std::uint64_t{static_cast<unsigned char>(taken[i])} << (8 * i);
  return number;
}

std::string_view PickleMachine::take_line() {
  const std::string_view rest{reinterpret_cast<const char*>(bytes_.data()) + at_,
                              bytes_.size() - at_};
  const std::size_t length = rest.find('\n');
  if (length == std::string_view::npos) reject("a name without end");
  return take(length + 1).substr(0, length);
}

// A few bytes may ask for a walk along something long, again and again.
void PickleMachine::charge_copies(std::size_t items) {
  copied_ += items;
  if (copied_ > kMaxCopied)
    fail(ErrorKind::resource, "{}: its pickle copies more than {} values; no checkpoint does",
         name_, kMaxCopied);
}

// Growing vectors hold twice what they need, so items and values count twice.
void PickleMachine::charge(std::size_t bytes) {
  if (bytes > memory_)
    fail(ErrorKind::resource,
         "{}: its pickle asks for many times more memory than the file is long; no checkpoint does",
         name_);
  memory_ -= bytes;
}

PickleId PickleMachine::add(PickleValue value) {
  charge(2 * sizeof(PickleValue) + value.text.size() + value.items.size() * sizeof(PickleId));
  graph_.values.push_back(std::move(value));
  return static_cast<PickleId>(graph_.values.size() - 1);
}

PickleId PickleMachine::pop() {
  if (stack_.empty() || (!marks_.empty() && marks_.back() >= stack_.size()))
    reject("its stack is empty");
  const PickleId id = stack_.back();
  stack_.pop_back();
  return id;
}

std::vector<PickleId> PickleMachine::pop_to_mark() {
  if (marks_.empty()) reject("a mark is missing");
  const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  std::vector<PickleId> items(first, stack_.end());
  stack_.erase(first, stack_.end());
  marks_.pop_back();
  return items;
}

std::vector<PickleId> PickleMachine::pop_many(std::size_t count) {
  std::vector<PickleId> items(count);
  for (std::size_t i = count; i > 0; --i) items[i - 1] = pop();
  return items;
}

PickleValue& PickleMachine::top_value() {
  const PickleId id = pop();
  stack_.push_back(id);
  return value(id);
}

// Numbers wider than 64 bits (random states, hashes) are nobody's shape: they stay opaque.
void PickleMachine::push_long(std::size_t width) {
  if (width > 8) {
    take(width);
    stack_.push_back(opaque("int"));
    return;
  }
  std::uint64_t number = take_unsigned(width);
  if (width > 0 && width < 8 && (number >> (8 * width - 1)) != 0)
    number |= ~std::uint64_t{0} << (8 * width);
  push_number(static_cast<std::int64_t>(number));
}

void PickleMachine::dictionary() {
  std::vector<PickleId> items = pop_to_mark();
  if (items.size() % 2 != 0) reject("a key without value");
  push({Kind::dictionary, 0, {}, std::move(items)});
}

// What is not of that kind is an object of unknown class that behaves like one; its pairs become
// attributes.
void PickleMachine::extend(const std::vector<PickleId>& items, Kind kind) {
  if (kind == Kind::dictionary && items.size() % 2 != 0) reject("a key without value");
  PickleValue& target = top_value();
  if (target.kind != kind && target.kind != Kind::object)
    reject("items for a value that takes none");
  if (target.kind == Kind::object && kind == Kind::sequence) return;
  charge_items(items.size());
  target.items.insert(target.items.end(), items.begin(), items.end());
}

void PickleMachine::get(std::uint64_t key) {
  const auto found = memo_.find(key);
  if (found == memo_.end()) reject("memo entry {} was never made", key);
  push_id(found->second);
}

void PickleMachine::put(std::uint64_t key) {
  const PickleId id = pop();
  stack_.push_back(id);
  charge(kMemoBytes);
  memo_[key] = id;
}

void PickleMachine::global() {
  const std::string_view module = take_line();
  push_global(module, take_line());
}

void PickleMachine::stack_global() {
  const std::vector<PickleId> names = pop_many(2);
  if (value(names[0]).kind != Kind::text || value(names[1]).kind != Kind::text)
    reject("a name that is no text");
  push_global(value(names[0]).text, value(names[1]).text);
}

void PickleMachine::push_global(std::string_view module, std::string_view name) {
  if (module.size() > kMostNameBytes || name.size() > kMostNameBytes)
    reject("a name of {} bytes", module.size() + name.size());
  push({Kind::global, 0, fmt::format("{}.{}", module, name), {}});
}

// ('storage', type, key, device, count[, view]) or, of whole modules, ('module', class, file,
// source).
void PickleMachine::persistent() {
  const PickleId id = pop();
  constexpr std::size_t kMaxParts = 8;
  if (value(id).kind != Kind::sequence || value(id).items.size() < 2 ||
      value(id).items.size() > kMaxParts)
    reject("a reference to something that is no storage");
  const std::vector<PickleId> parts = value(id).items;
  const PickleValue& what = value(parts[0]);
  if (what.kind == Kind::text && what.text == "storage" && value(parts[1]).kind == Kind::global)
    stack_.push_back(storage(parts));
  else if (what.kind == Kind::text && what.text == "module")
    stack_.push_back(parts[1]);
  else
    reject("a reference to something that is no storage");
}

PickleId PickleMachine::storage(const std::vector<PickleId>& parts) {
  if (parts.size() < 5) reject("a storage of {} parts", parts.size());
  PickleStorage made;
  const PickleValue& key = value(parts[2]);
  if (key.text.size() > kMostNameBytes) reject("a key of {} bytes", key.text.size());
  made.key = key.kind == Kind::number ? std::to_string(key.number) : key.text;
  made.type_name = value(parts[1]).text;
  made.type = storage_type(made.type_name);
  made.count = integer(parts[4]);
  if (parts.size() > 5 && value(parts[5]).kind == Kind::sequence) {
    const std::vector<PickleId> view = value(parts[5]).items;
    if (view.size() != 3) reject("a view of {} parts", view.size());
    made.first = integer(view[1]);
    made.count = integer(view[2]);
  }
  if (made.count < 0 || made.first < 0) reject("a storage of negative size");
  charge(2 * sizeof(PickleStorage) + made.key.size() + made.type_name.size());
  graph_.storages.push_back(std::move(made));
  return add({Kind::storage, static_cast<std::int64_t>(graph_.storages.size()) - 1, {}, {}});
}

void PickleMachine::reduce() {
  const std::vector<PickleId> both = pop_many(2);
  stack_.push_back(call(both[0], both[1], 0));
}

void PickleMachine::new_object() {
  reduce();
}

void PickleMachine::new_object_with_keywords() {
  pop();
  reduce();
}

// State of an object: a dictionary, or a pair of that and the slots. That of a known value adds
// nothing to it.
void PickleMachine::build() {
  PickleId state = pop();
  if (value(state).kind == Kind::sequence && !value(state).items.empty())
    state = value(state).items.front();
  PickleValue& target = top_value();
  const PickleValue& given = value(state);
  if (target.kind != Kind::object || given.kind != Kind::dictionary) return;
  charge_copies(given.items.size());
  charge_items(given.items.size());
  target.items.insert(target.items.end(), given.items.begin(), given.items.end());
}

PickleId PickleMachine::call(PickleId callable, PickleId arguments, int depth) {
  if (value(callable).kind != Kind::global) return opaque("a computed function");
  if (value(arguments).kind != Kind::sequence) reject("arguments that are no tuple");
  if (depth > kMaxCallDepth) reject("calls nested too deeply");
  charge_copies(value(arguments).items.size());
  const std::string name = value(callable).text;
  const std::vector<PickleId> list = value(arguments).items;
  return call_known(name, list, depth);
}

PickleId PickleMachine::call_known(const std::string& name, const std::vector<PickleId>& arguments,
                                   int depth) {
  if (name == "collections.OrderedDict" || name == "collections.defaultdict")
    return ordered_dictionary(arguments);
  if (name == "torch._utils._rebuild_tensor_v2" || name == "torch._utils._rebuild_tensor")
    return tensor(arguments);
  const bool first = name == "torch._utils._rebuild_parameter" ||
                     name == "torch._utils._rebuild_parameter_with_state" || name == "torch.Size";
  if (first && !arguments.empty()) return arguments[0];
  if (name == "torch._tensor._rebuild_from_type_v2" && arguments.size() >= 3)
    return call(arguments[0], arguments[2], depth + 1);
  return opaque(name);
}

PickleId PickleMachine::ordered_dictionary(const std::vector<PickleId>& arguments) {
  PickleValue made{Kind::dictionary, 0, {}, {}};
  if (!arguments.empty() && value(arguments[0]).kind == Kind::sequence) {
    charge_copies(value(arguments[0]).items.size());
    for (const PickleId pair : value(arguments[0]).items) {
      const std::vector<PickleId>& both = value(pair).items;
      if (value(pair).kind != Kind::sequence || both.size() != 2) reject("a pair that is none");
      made.items.insert(made.items.end(), both.begin(), both.end());
    }
  }
  return add(std::move(made));
}

PickleId PickleMachine::tensor(const std::vector<PickleId>& arguments) {
  if (arguments.size() < 4 || value(arguments[0]).kind != Kind::storage)
    reject("a tensor without storage");
  const auto place = static_cast<std::size_t>(value(arguments[0]).number);
  if (!graph_.storages[place].type) return opaque(graph_.storages[place].type_name);
  PickleTensor made{place, integer(arguments[1]), integers(arguments[2]), integers(arguments[3])};
  if (made.shape.size() != made.strides.size())
    reject("a tensor whose sides and strides differ in number");
  charge(2 * (sizeof(PickleTensor) + made.shape.size() * sizeof(std::int64_t)) +
         made.shape.size() * sizeof(std::int64_t));
  graph_.tensors.push_back(std::move(made));
  return add({Kind::tensor, static_cast<std::int64_t>(graph_.tensors.size()) - 1, {}, {}});
}

std::int64_t PickleMachine::integer(PickleId id) {
  if (value(id).kind != Kind::number) reject("a size or offset that is no number");
  return value(id).number;
}

std::vector<std::int64_t> PickleMachine::integers(PickleId id) {
  if (value(id).kind != Kind::sequence || value(id).items.size() > kMaxRank)
    reject("a shape that is no tuple of sides");
  std::vector<std::int64_t> numbers;
  for (const PickleId item : value(id).items) numbers.push_back(integer(item));
  return numbers;
}

}  // namespace

const PickleValue* PickleGraph::find(const PickleValue& in, std::string_view key) const {
  if (in.kind != Kind::dictionary && in.kind != Kind::object) return nullptr;
  for (std::size_t i = in.items.size(); i >= 2; i -= 2) {
    const PickleValue& name = values[in.items[i - 2]];
    if (name.kind == Kind::text && name.text == key) return &values[in.items[i - 1]];
  }
  return nullptr;
}

PickleGraph read_pickle(std::span<const std::byte> bytes, const std::string& name,
                        std::size_t memory) {
  return PickleMachine(bytes, name, memory).run();
}

}  // namespace skyglot
