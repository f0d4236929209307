// SPDX-License-Identifier: Apache-2.0
// OpenStreetMap's XML: what servers and editors write, not only what a planet holds.
#include "base/error.hpp"
#include "base/strings.hpp"
#include "osm/map_reader.hpp"
#include "osm/packed_file.hpp"

#include <fmt/format.h>
#include <osmium/builder/osm_object_builder.hpp>

#include <exception>
#include <expat.h>
#include <stdexcept>
#include <string_view>

namespace skyglot {
namespace {

using osmium::memory::Buffer;

constexpr std::size_t kChunkBytes = std::size_t{1} << 18;
constexpr std::size_t kBufferBytes = std::size_t{1} << 20;
constexpr std::size_t kRemarkBytes = 500;

class Attributes {
 public:
  explicit Attributes(const char** pairs) : pairs_(pairs) {}
  // nullptr if there is none.
  [[nodiscard]] const char* get(std::string_view name) const {
    for (const char** pair = pairs_; *pair != nullptr; pair += 2)
      if (name == *pair) return pair[1];
    return nullptr;
  }
  [[nodiscard]] const char* get(std::string_view name, const char* otherwise) const {
    const char* value = get(name);
    return value != nullptr ? value : otherwise;
  }
  [[nodiscard]] osmium::Location location() const {
    osmium::Location location;
    if (const char* lon = get("lon")) location.set_lon(lon);
    if (const char* lat = get("lat")) location.set_lat(lat);
    return location;
  }

 private:
  const char** pairs_;
};

// The object whose element is open; strings keep their memory from one to the next.
struct OpenObject {
  struct Member {
    osmium::item_type type;
    osmium::object_id_type ref;
    std::string role;
  };
  osmium::item_type type = osmium::item_type::undefined;
  osmium::object_id_type id = 0;
  osmium::object_version_type version = 0;
  osmium::Timestamp timestamp;
  bool visible = true;
  osmium::Location location;
  std::string tags;  // "key\0value\0..."
  std::vector<osmium::NodeRef> nodes;
  std::vector<Member> members;
};

class XmlMap : public MapReader {
 public:
  XmlMap(const std::filesystem::path& path, osmium::osm_entity_bits::type entities);
  ~XmlMap() override { XML_ParserFree(parser_); }
  XmlMap(const XmlMap&) = delete;
  XmlMap& operator=(const XmlMap&) = delete;

  Buffer read() override;
  std::uint64_t offset() const override { return file_->offset(); }
  std::vector<std::string> warnings() const override;

 private:
  template <typename Step>
  void guarded(Step step) noexcept;
  void parse_chunk();
  void start(std::string_view name, const Attributes& attributes);
  void end();
  void text(std::string_view part);
  void root(std::string_view name, const Attributes& attributes);
  void begin_object(osmium::item_type type, const Attributes& attributes);
  void top_element(std::string_view name, const Attributes& attributes);
  void child(std::string_view name, const Attributes& attributes);
  void add_tag(const Attributes& attributes);
  void add_member(const Attributes& attributes);
  void store();
  template <typename Builder>
  void build(Builder& builder) const;

  std::unique_ptr<PackedFile> file_;
  std::filesystem::path path_;
  osmium::osm_entity_bits::type entities_;
  XML_Parser parser_;
  std::exception_ptr problem_;  // exceptions must not pass through expat
  std::string chunk_;
  bool ended_ = false;
  Buffer buffer_;
  int depth_ = 0;
  bool in_object_ = false;
  bool in_remark_ = false;
  OpenObject object_;
  std::string remark_;
  std::int64_t centres_ = 0;
};

XmlMap::XmlMap(const std::filesystem::path& path, osmium::osm_entity_bits::type entities)
    : file_(PackedFile::open(path)),
      path_(path),
      entities_(entities),
      parser_(XML_ParserCreate(nullptr)),
      chunk_(kChunkBytes, '\0') {
  if (parser_ == nullptr) throw std::bad_alloc();
  XML_SetUserData(parser_, this);
  XML_SetElementHandler(
      parser_,
      [](void* self, const char* name, const char** attributes) {
        auto& map = *static_cast<XmlMap*>(self);
        map.guarded([&] { map.start(name, Attributes(attributes)); });
      },
      [](void* self, const char*) {
        auto& map = *static_cast<XmlMap*>(self);
        map.guarded([&] { map.end(); });
      });
  XML_SetCharacterDataHandler(parser_, [](void* self, const char* part, int size) {
    auto& map = *static_cast<XmlMap*>(self);
    map.guarded([&] { map.text({part, static_cast<std::size_t>(size)}); });
  });
  // A few lines of nested entities can stand for gigabytes; no map needs them.
  XML_SetEntityDeclHandler(parser_, [](void* self, const char*, int, const char*, int, const char*,
                                       const char*, const char*, const char*) {
    static_cast<XmlMap*>(self)->guarded(
        [] { throw std::runtime_error("XML entities are not supported"); });
  });
}

template <typename Step>
void XmlMap::guarded(Step step) noexcept {
  if (problem_) return;
  try {
    step();
  } catch (...) {
    problem_ = std::current_exception();
    XML_StopParser(parser_, XML_FALSE);
  }
}

// Where the parser stands, for messages. Expat 2.9 has wider functions and deprecates the others.
std::string place_in(XML_Parser parser) {
#if XML_MAJOR_VERSION > 2 || XML_MINOR_VERSION >= 9
  return fmt::format("line {}, column {}", XML_GetCurrentLineNumber64(parser),
                     XML_GetCurrentColumnNumber64(parser));
#else
  return fmt::format("line {}, column {}", XML_GetCurrentLineNumber(parser),
                     XML_GetCurrentColumnNumber(parser));
#endif
}

void XmlMap::parse_chunk() {
  const std::size_t size = file_->read(chunk_);
  ended_ = size < chunk_.size();
  const auto status = XML_Parse(parser_, chunk_.data(), static_cast<int>(size), ended_ ? 1 : 0);
  if (problem_) std::rethrow_exception(problem_);
  if (status != XML_STATUS_OK)
    throw std::runtime_error(fmt::format(
        "XML: {} at {}", XML_ErrorString(XML_GetErrorCode(parser_)), place_in(parser_)));
}

Buffer XmlMap::read() {
  buffer_ = Buffer(kBufferBytes, Buffer::auto_grow::yes);
  while (!ended_ && buffer_.committed() < kBufferBytes / 2) parse_chunk();
  return buffer_.committed() > 0 ? std::move(buffer_) : Buffer();
}

void XmlMap::start(std::string_view name, const Attributes& attributes) {
  ++depth_;
  if (depth_ == 1) root(name, attributes);
  if (depth_ == 2) top_element(name, attributes);
  if (depth_ == 3 && in_object_) child(name, attributes);
}

void XmlMap::end() {
  if (depth_ == 2 && in_object_) store();
  if (depth_ == 2) in_object_ = in_remark_ = false;
  --depth_;
}

void XmlMap::text(std::string_view part) {
  if (in_remark_ && remark_.size() < kRemarkBytes) remark_ += part;
}

void XmlMap::root(std::string_view name, const Attributes& attributes) {
  if (name == "osmChange")
    fail(ErrorKind::input,
         "{}: holds changes, not a map; apply them to a map first with 'osmium apply-changes'",
         path_.string());
  if (name != "osm") throw std::runtime_error(fmt::format("its root is <{}>, not <osm>", name));
  const std::string_view version = attributes.get("version", "none");
  if (version != "0.6")
    throw std::runtime_error(fmt::format("version 0.6 is read, not '{}'", version));
}

void XmlMap::top_element(std::string_view name, const Attributes& attributes) {
  if (name == "node") begin_object(osmium::item_type::node, attributes);
  if (name == "way") begin_object(osmium::item_type::way, attributes);
  if (name == "relation") begin_object(osmium::item_type::relation, attributes);
  in_remark_ = name == "remark";
}

void XmlMap::begin_object(osmium::item_type type, const Attributes& attributes) {
  in_object_ = true;
  object_.type = type;
  object_.id = osmium::string_to_object_id(attributes.get("id", "0"));
  object_.version = osmium::string_to_object_version(attributes.get("version", "0"));
  const char* timestamp = attributes.get("timestamp");
  object_.timestamp = timestamp != nullptr ? osmium::Timestamp(timestamp) : osmium::Timestamp();
  object_.visible = std::string_view(attributes.get("visible", "true")) != "false" &&
                    std::string_view(attributes.get("action", "")) != "delete";
  object_.location = type == osmium::item_type::node ? attributes.location() : osmium::Location();
  object_.tags.clear();
  object_.nodes.clear();
  object_.members.clear();
}

void XmlMap::child(std::string_view name, const Attributes& attributes) {
  if (name == "center") ++centres_;
  if (name == "tag") add_tag(attributes);
  if (name == "nd")
    object_.nodes.emplace_back(osmium::string_to_object_id(attributes.get("ref", "0")),
                               attributes.location());
  if (name == "member") add_member(attributes);
}

void XmlMap::add_tag(const Attributes& attributes) {
  object_.tags.append(attributes.get("k", "")).push_back('\0');
  object_.tags.append(attributes.get("v", "")).push_back('\0');
}

void XmlMap::add_member(const Attributes& attributes) {
  const osmium::item_type type = osmium::char_to_item_type(*attributes.get("type", ""));
  const char* ref = attributes.get("ref");
  if (type == osmium::item_type::undefined || ref == nullptr)
    throw std::runtime_error("a <member> without type or ref");
  object_.members.push_back({type, osmium::string_to_object_id(ref), attributes.get("role", "")});
}

template <typename Builder>
void XmlMap::build(Builder& builder) const {
  builder.set_id(object_.id).set_version(object_.version).set_timestamp(object_.timestamp);
  builder.set_visible(object_.visible);
  osmium::builder::TagListBuilder tags(builder);
  for (std::string_view rest = object_.tags; !rest.empty();) {
    const char* key = rest.data();
    const char* value = key + std::string_view(key).size() + 1;
    tags.add_tag(key, value);
    rest.remove_prefix(static_cast<std::size_t>(value - key) + std::string_view(value).size() + 1);
  }
}

void XmlMap::store() {
  if ((entities_ & osmium::osm_entity_bits::from_item_type(object_.type)) == 0) return;
  if (object_.type == osmium::item_type::node) {
    osmium::builder::NodeBuilder node(buffer_);
    node.set_location(object_.location);
    build(node);
  } else if (object_.type == osmium::item_type::way) {
    osmium::builder::WayBuilder way(buffer_);
    build(way);
    osmium::builder::WayNodeListBuilder nodes(way);
    for (const osmium::NodeRef& node : object_.nodes) nodes.add_node_ref(node);
  } else {
    osmium::builder::RelationBuilder relation(buffer_);
    build(relation);
    osmium::builder::RelationMemberListBuilder members(relation);
    for (const OpenObject::Member& member : object_.members)
      members.add_member(member.type, member.ref, member.role);
  }
  buffer_.commit();
}

std::vector<std::string> XmlMap::warnings() const {
  std::vector<std::string> all;
  if (!remark_.empty())
    all.push_back(
        fmt::format("{}: the server says \"{}\", so the file may hold a part only; ask it "
                    "for a smaller area or with a longer timeout",
                    path_.string(), trim(remark_)));
  if (centres_ > 0)
    all.push_back(
        fmt::format("{}: {} objects have a centre ('out center'), which is no shape; ask "
                    "for their nodes in place of it: '(._;>;); out meta;'",
                    path_.string(), centres_));
  return all;
}

}  // namespace

std::unique_ptr<MapReader> open_xml_map(const std::filesystem::path& path,
                                        osmium::osm_entity_bits::type entities) {
  return std::make_unique<XmlMap>(path, entities);
}

}  // namespace skyglot
