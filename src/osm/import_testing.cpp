// SPDX-License-Identifier: Apache-2.0
#include "osm/import_testing.hpp"

#include "base/atomic_file.hpp"
#include "base/numbers.hpp"
#include "base/strings.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

std::string tag_elements(const std::string& tags) {
  std::string text;
  for (const std::string_view tag : split(tags, ';')) {
    const std::size_t equals = tag.find('=');
    if (equals != std::string_view::npos)
      text +=
          fmt::format("<tag k=\"{}\" v=\"{}\"/>", tag.substr(0, equals), tag.substr(equals + 1));
  }
  return text;
}

}  // namespace

fs::path test_folder() {
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  std::string name = fmt::format("{}-{}", test->test_suite_name(), test->name());
  const fs::path folder = fs::path(testing::TempDir()) / replace_all(std::move(name), "/", "-");
  fs::create_directories(folder);
  return folder;
}

fs::path write_osm(const std::string& name, const std::string& elements) {
  const fs::path path = test_folder() / name;
  write_file_atomically(path, "<?xml version='1.0' encoding='UTF-8'?>\n<osm version=\"0.6\">" +
                                  elements + "</osm>\n");
  return path;
}

std::string osm_node(int id, double lon, double lat, const std::string& tags) {
  return fmt::format("<node id=\"{}\" version=\"1\" lon=\"{}\" lat=\"{}\">{}</node>", id,
                     format_double(lon), format_double(lat), tag_elements(tags));
}

std::string osm_way(int id, const std::vector<int>& nodes, const std::string& tags) {
  std::string refs;
  for (const int node : nodes) refs += fmt::format("<nd ref=\"{}\"/>", node);
  return fmt::format("<way id=\"{}\" version=\"1\">{}{}</way>", id, refs, tag_elements(tags));
}

std::string osm_relation(int id, const std::vector<int>& ways, const std::string& tags) {
  std::string members;
  for (const int way : ways)
    members += fmt::format("<member type=\"way\" ref=\"{}\" role=\"outer\"/>", way);
  return fmt::format("<relation id=\"{}\" version=\"1\">{}{}</relation>", id, members,
                     tag_elements(tags));
}

ImportOptions import_of(const std::vector<fs::path>& inputs) {
  ImportOptions options;
  options.inputs = inputs;
  options.output = (test_folder() / "objects.gpkg").string();
  options.overwrite = true;
  options.threads = 2;
  options.version = "test";
  return options;
}

}  // namespace skyglot
