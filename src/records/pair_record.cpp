// SPDX-License-Identifier: Apache-2.0
#include "records/pair_record.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"
#include "geo/wkb.hpp"

#include <fmt/format.h>

namespace skyglot {
namespace {

using OrderedJson = nlohmann::ordered_json;

template <typename JsonType>
JsonType tags_json(const Tags& tags) {
  JsonType object = JsonType::object();
  for (const Tag& tag : tags) object[tag.key] = tag.value;
  return object;
}

Tags tags_of(const ReadJson& object) {
  Tags tags;
  for (const auto& [key, value] : object.items()) tags.push_back({key, value.get<std::string>()});
  return tags;
}

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

int nibble(char digit) {
  const std::size_t value = std::string_view("0123456789abcdef").find(digit);
  if (value == std::string_view::npos)
    fail(ErrorKind::format, "'{}' is no hexadecimal digit", digit);
  return static_cast<int>(value);
}

std::string unhex(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    bytes += static_cast<char>(nibble(text[i]) * 16 + nibble(text[i + 1]));
  return bytes;
}

Split split_of_number(const ReadJson& number) {
  for (const Split split : {Split::train, Split::val, Split::test})
    if (number == static_cast<int>(split)) return split;
  fail(ErrorKind::format, "{} is the number of no split", number.dump());
}

// [year, month, day, hour, minute] as SkyScript stores it; null if nobody knows.
OrderedJson time_json(const std::string& date) {
  const auto parts = split(date, '-');
  if (parts.size() != 3) return nullptr;
  OrderedJson time = OrderedJson::array();
  for (const auto part : parts) time.push_back(parse_int(part).value_or(0));
  time.push_back(0);
  time.push_back(0);
  return time;
}

}  // namespace

ObjectKind kind_of_letter(std::string_view letter) {
  for (const ObjectKind kind : {ObjectKind::node, ObjectKind::way, ObjectKind::area})
    if (letter.size() == 1 && letter[0] == static_cast<char>(kind)) return kind;
  fail(ErrorKind::format, "\"{}\" is no kind of object; it is one of n, w, a", letter);
}

ReadJson record_to_json(const PairRecord& r) {
  ReadJson surrounding = ReadJson::array();
  for (const Tags& tags : r.surrounding) surrounding.push_back(tags_json<ReadJson>(tags));
  return {{"key", r.key},
          {"kind", std::string(1, static_cast<char>(r.kind))},
          {"osm_id", r.osm_id},
          {"targeted", r.targeted},
          {"skip_reason", r.skip_reason},
          {"centre", {r.centre_lonlat.x, r.centre_lonlat.y}},
          {"split", static_cast<int>(r.split)},
          {"collection", r.collection},
          {"scene", r.scene},
          {"date", r.date},
          {"gsd_m", r.gsd_m},
          {"width", r.width},
          {"height", r.height},
          {"outline", hex(to_wkb(r.outline_lonlat))},
          {"tags", tags_json<ReadJson>(r.tags)},
          {"surrounding", std::move(surrounding)},
          {"title", r.title},
          {"title_multi_objects", r.title_multi_objects},
          {"shard", r.shard},
          {"offset", r.offset},
          {"bytes", r.bytes}};
}

PairRecord record_from_json(const ReadJson& json) {
  PairRecord r;
  r.key = json.at("key");
  r.kind = kind_of_letter(json.at("kind").get<std::string>());
  r.osm_id = json.at("osm_id");
  r.targeted = json.at("targeted");
  r.skip_reason = json.at("skip_reason");
  r.centre_lonlat = {json.at("centre").at(0), json.at("centre").at(1)};
  r.split = split_of_number(json.at("split"));
  r.collection = json.at("collection");
  r.scene = json.at("scene");
  r.date = json.at("date");
  r.gsd_m = json.at("gsd_m");
  r.width = json.at("width");
  r.height = json.at("height");
  r.outline_lonlat = from_wkb(unhex(json.at("outline")));
  r.tags = tags_of(json.at("tags"));
  for (const ReadJson& tags : json.at("surrounding")) r.surrounding.push_back(tags_of(tags));
  r.title = json.at("title");
  r.title_multi_objects = json.at("title_multi_objects");
  r.shard = json.at("shard");
  r.offset = json.at("offset");
  r.bytes = json.at("bytes");
  return r;
}

std::string sample_json(const PairRecord& r, const std::string& licence) {
  const Box box = bounding_box(r.outline_lonlat);
  OrderedJson surrounding = OrderedJson::array();
  for (const Tags& tags : r.surrounding) surrounding.push_back(tags_json<OrderedJson>(tags));
  const OrderedJson json{{"key", r.key},
                         {"box", {box.min_x, box.min_y, box.max_x, box.max_y}},
                         {"time", time_json(r.date)},
                         {"center_tags", tags_json<OrderedJson>(r.tags)},
                         {"surrounding_tags", std::move(surrounding)},
                         {"title", r.title},
                         {"title_multi_objects", r.title_multi_objects},
                         {"osm", object_key(r.kind, r.osm_id)},
                         {"collection", r.collection},
                         {"scene", r.scene},
                         {"gsd_m", r.gsd_m},
                         {"width", r.width},
                         {"height", r.height},
                         {"split", to_string(r.split)},
                         {"licence", licence}};
  return json_text(json);
}

}  // namespace skyglot
