// SPDX-License-Identifier: Apache-2.0
#include "page/page_template.hpp"

#include "base/error.hpp"
#include "base/resource.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// Templates of the test, in the folder that SKYGLOT_DATA names.
class PageTemplate : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) / "templates";
    fs::create_directories(folder_ / "pages");
    setenv("SKYGLOT_DATA", folder_.c_str(), 1);
  }
  void TearDown() override { unsetenv("SKYGLOT_DATA"); }

  std::string fill(const std::string& text, const nlohmann::json& values) {
    std::ofstream(folder_ / "pages/t.mustache") << text;
    return fill_template("t", values);
  }

  std::string complaint(const std::string& text, const nlohmann::json& values) {
    try {
      (void)fill(text, values);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  }

 private:
  fs::path folder_;
};

TEST_F(PageTemplate, EscapesTextAndKeepsHtml) {
  EXPECT_EQ(fill("<p>{{text}} {{{html}}}</p>\n", {{"text", "a <b> & \"c\""}, {"html", "<i>d</i>"}}),
            "<p>a &lt;b&gt; &amp; &quot;c&quot; <i>d</i></p>\n");
}

TEST_F(PageTemplate, RepeatsListsAndDropsWhatIsFalse) {
  EXPECT_EQ(fill("{{#rows}}\n<li>{{name}}</li>\n{{/rows}}\n{{#never}}\nno\n{{/never}}\n",
                 {{"rows", {{{"name", "a"}}, {{"name", "b"}}}}, {"never", false}}),
            "<li>a</li>\n<li>b</li>\n\n");  // the line of a section not shown stays, empty
  EXPECT_EQ(fill("{{^rows}}none{{/rows}}", {{"rows", nlohmann::json::array()}}), "none");
}

TEST_F(PageTemplate, MissingValuesAndBrokenTemplatesAreSaid) {
  EXPECT_THAT(complaint("{{there}} {{not_there}}", {{"there", "x"}}), HasSubstr("not_there"));
  EXPECT_THAT(complaint("{{#open}} never closed", {{"open", true}}), HasSubstr("pages/t.mustache"));
}

}  // namespace
}  // namespace skyglot
