// SPDX-License-Identifier: Apache-2.0
#include "imagery/stac_source.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/json.hpp"
#include "base/log.hpp"
#include "base/numbers.hpp"
#include "base/pipeline.hpp"
#include "base/progress.hpp"
#include "base/strings.hpp"
#include "base/url.hpp"
#include "imagery/stac_assets.hpp"
#include "imagery/stac_json.hpp"

#include <fmt/ranges.h>

#include <map>
#include <set>

namespace skyglot {
namespace {

using Take = std::function<void(ReadJson, const std::string&)>;

constexpr std::size_t kMaxDocumentBytes = std::size_t{64} << 20;
constexpr std::size_t kMostPages = 100'000;
constexpr int kMostLevels = 100;

bool is_url(const std::string& location) {
  return location.starts_with("http://") || location.starts_with("https://");
}

// One request for a page: GET where there is no body.
struct Page {
  std::string location;
  std::string body;
};

std::string start_of(const std::string& text) {
  std::string start = text.substr(0, 40);
  std::ranges::replace(start, '\n', ' ');
  return start;
}

// Copies of JSON take stack by its depth.
constexpr int kDeepestJson = 100;

ReadJson parse(const std::string& text, const std::string& location) {
  const auto shallow = [&](int depth, ReadJson::parse_event_t, const ReadJson&) {
    if (depth > kDeepestJson)
      fail(ErrorKind::format, "{} is no STAC: its JSON is nested more than {} times", location,
           kDeepestJson);
    return true;
  };
  try {
    ReadJson json = ReadJson::parse(text, shallow);
    if (!json.is_object())
      fail(ErrorKind::format, "{} is no STAC: a JSON object was expected", location);
    return json;
  } catch (const ReadJson::exception& error) {
    fail(ErrorKind::format,
         "{} is no STAC: it is not whole JSON ({}); it starts with \"{}\". Check the address, and "
         "that it needs no login",
         location, error.what(), start_of(text));
  }
}

const ReadJson* link_of(const ReadJson& document, const char* rel) {
  for (const ReadJson& link : list_at(document, "links"))
    if (link.is_object() && text_at(link, "rel") == rel && !text_at(link, "href").empty())
      return &link;
  return nullptr;
}

// API searches take times, not only days.
std::string rfc3339(const std::string& datetime) {
  std::vector<std::string> ends;
  for (const std::string_view end : split(datetime, '/')) {
    const bool day = end.size() == 10;
    const char* time = ends.empty() ? "T00:00:00Z" : "T23:59:59Z";
    ends.push_back(std::string(end) + (day ? time : ""));
  }
  if (ends.size() == 1 && datetime.size() == 10) ends.push_back(datetime + "T23:59:59Z");
  return join(ends, "/");
}

ReadJson search_body(const StacSource& source) {
  ReadJson body{{"limit", source.page_size}};
  const StacFilter& f = source.filter;
  if (f.bbox_lonlat)
    body["bbox"] = {f.bbox_lonlat->min_x, f.bbox_lonlat->min_y, f.bbox_lonlat->max_x,
                    f.bbox_lonlat->max_y};
  if (!f.datetime.empty()) body["datetime"] = rfc3339(f.datetime);
  if (!f.collections.empty()) body["collections"] = f.collections;
  return body;
}

// RFC 3986: everything but the unreserved characters and the few that queries may hold.
std::string query_escaped(std::string_view text) {
  return percent_encoded(text, "-._~,:/");
}

std::string search_url(const std::string& endpoint, const StacSource& source) {
  const StacFilter& f = source.filter;
  std::string url = endpoint + (endpoint.find('?') == std::string::npos ? '?' : '&');
  url += fmt::format("limit={}", source.page_size);
  if (f.bbox_lonlat)
    url += fmt::format("&bbox={},{},{},{}", format_double(f.bbox_lonlat->min_x),
                       format_double(f.bbox_lonlat->min_y), format_double(f.bbox_lonlat->max_x),
                       format_double(f.bbox_lonlat->max_y));
  if (!f.datetime.empty()) url += "&datetime=" + query_escaped(rfc3339(f.datetime));
  if (!f.collections.empty())
    url += "&collections=" + query_escaped(fmt::format("{}", fmt::join(f.collections, ",")));
  return url;
}

class Reader {
 public:
  Reader(const StacSource& source, const Take& take) : source_(source), take_(take) {}

  void run() {
    const std::string path = source_.location.substr(0, source_.location.find_first_of("?#"));
    if (is_url(source_.location) && path.ends_with("/search"))
      read_pages({search_url(source_.location, source_), ""});
    else
      read_pages({source_.location, ""});
  }

 private:
  ReadJson load(const Page& page) const {
    check_interrupt();
    if (!is_url(page.location))
      return parse(read_file(page.location, kMaxDocumentBytes), page.location);
    const HttpRequest request{.url = page.location,
                              .body = page.body,
                              .timeout_s = source_.timeout_s,
                              .patience = source_.patience};
    return parse(fetch_http(request, kMaxDocumentBytes), page.location);
  }

  [[nodiscard]] bool enough() const { return taken_ >= source_.max_items; }

  void give(ReadJson item, const std::string& base) {
    if (enough()) return;
    ++taken_;
    take_(std::move(item), base);
  }

  // Counts how deep a walk over catalogues is.
  class Level {
   public:
    explicit Level(int& levels) : levels_(levels) { ++levels_; }
    ~Level() { --levels_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    int& levels_;
  };

  // Marks a page as read; a second time means that the source never ends.
  void visit(const Page& page) {
    if (visited_.size() >= kMostPages)
      fail(ErrorKind::format, "{} led to {} pages and still names more; give a narrower search",
           source_.location, kMostPages);
    if (!visited_.insert(page.location + '\n' + page.body).second)
      fail(ErrorKind::format,
           "{} leads back to a page that was read before; the source pages in a circle",
           page.location);
  }

  void read_pages(Page page) {
    for (bool more = true; more && !enough();) {
      visit(page);
      const ReadJson document = load(page);
      read_document(document, page.location);
      const ReadJson* next = link_of(document, "next");
      more = next != nullptr && text_at(document, "type") == "FeatureCollection";
      if (more) page = next_page(*next, page.location);
    }
  }

  [[nodiscard]] Page next_page(const ReadJson& link, const std::string& base) const {
    Page page{resolved_href(base, text_at(link, "href")), ""};
    if (is_url(base) && !is_url(page.location))
      fail(ErrorKind::format, "{} names {} as its next page, which is no web address", base,
           page.location);
    if (to_lower(text_at(link, "method")) != "post") return page;
    const auto merge = link.find("merge");
    ReadJson body =
        merge != link.end() && *merge == true ? search_body(source_) : ReadJson::object();
    if (link.contains("body") && link.at("body").is_object()) body.update(link.at("body"));
    page.body = body.dump();
    return page;
  }

  void read_document(const ReadJson& document, const std::string& location) {
    const std::string type = text_at(document, "type");
    if (type == "Feature") {
      give(document, location);
    } else if (type == "FeatureCollection") {
      for (const ReadJson& item : list_at(document, "features")) give(item, location);
    } else if (type == "Catalog" || type == "Collection" || document.contains("stac_version")) {
      read_catalogue_document(document, location);
    } else {
      fail(ErrorKind::format,
           "{} is no STAC item, item collection, catalogue or API: its type is \"{}\"", location,
           type);
    }
  }

  void read_catalogue_document(const ReadJson& document, const std::string& location) {
    const ReadJson* search = link_of(document, "search");
    if (search != nullptr && is_url(location) && text_at(document, "type") != "Collection") {
      read_pages({search_url(resolved_href(location, text_at(*search, "href")), source_), ""});
      return;
    }
    const Level level(levels_);
    if (levels_ > kMostLevels)
      fail(ErrorKind::format, "{} lies more than {} levels below {}; give a catalogue further down",
           location, kMostLevels, source_.location);
    for (const ReadJson& link : list_at(document, "links")) {
      const std::string rel = link.is_object() ? text_at(link, "rel") : "";
      if (enough() || (rel != "item" && rel != "items" && rel != "child")) continue;
      const std::string target = resolved_href(location, text_at(link, "href"));
      if (is_url(location) && !is_url(target)) continue;
      if (!visited_.contains(target + '\n')) read_pages({target, ""});
    }
  }

  const StacSource& source_;
  const Take& take_;
  std::size_t taken_ = 0;
  int levels_ = 0;
  std::set<std::string> visited_;
};

struct Item {
  ReadJson json;
  std::string base;
};

// Assets named in a row are shown in that order.
StacImport with_bands_of_assets(StacImport import) {
  if (import.asset.find(',') == std::string::npos || !import.collection.bands.empty())
    return import;
  std::vector<std::string> keys;
  for (const std::string_view key : split(import.asset, ',')) keys.emplace_back(trim(key));
  if (keys.size() == 3) import.collection.bands = import.scenes.bands = keys;
  return import;
}

// Says once for all items which asset was taken of several that might have been meant.
void say_guesses(const std::vector<Item>& items, const StacImport& import) {
  std::map<std::string, std::size_t> guesses;
  for (const Item& item : items) try {
      const StacChoice choice = choose_assets(item.json, {import.asset, import.scenes.bands});
      if (choice.guessed) ++guesses[to_string(choice)];
    } catch (const ReadJson::exception&) {
      continue;  // scene_from_item will say what is wrong with it
    }
  for (const auto& [text, count] : guesses)
    log_warning("took {} of {} items, the first there is; --asset chooses another", text,
                format_count(count));
}

}  // namespace

void StacSource::validate() const {
  filter.validate();
  if (page_size < 1 || page_size > 10'000)
    fail(ErrorKind::usage, "--limit must lie between 1 and 10000");
  if (max_items < 1) fail(ErrorKind::usage, "--max-items must be at least 1");
}

void read_stac(const StacSource& source, const Take& take) {
  source.validate();
  Reader(source, take).run();
}

CatalogueCounts import_stac(const StacImport& wanted, ImageryCatalogue& catalogue) {
  const StacImport import = with_bands_of_assets(wanted);
  import.collection.validate();
  CatalogueCounts counts;
  std::vector<Item> items;
  read_stac(import.source, [&](ReadJson item, const std::string& base) {
    if (matches(item, import.source.filter))
      items.push_back({std::move(item), base});
    else
      ++counts.skipped["outside_filter"];
  });
  say_guesses(items, import);
  Progress progress("items", items.size());
  std::vector<Scene> scenes;
  std::size_t drawn = 0;
  run_pipeline(
      PipelineLimits{.threads = import.threads,
                     .in_flight = 2 * static_cast<std::size_t>(import.threads)},
      [&]() -> std::optional<Item> {
        if (drawn == items.size()) return std::nullopt;
        return std::move(items[drawn++]);
      },
      [&](const Item& item) {
        return scene_from_item(item.json, {item.base, import.asset, import.source.patience},
                               import.scenes);
      },
      [&](std::variant<Scene, Skipped> outcome) {
        progress.advance();
        if (auto* scene = std::get_if<Scene>(&outcome))
          scenes.push_back(std::move(*scene));
        else
          ++counts.skipped[std::get<Skipped>(outcome).reason];
      });
  add_scenes(catalogue, import.collection, import.source.location, std::move(scenes), counts);
  return counts;
}

}  // namespace skyglot
