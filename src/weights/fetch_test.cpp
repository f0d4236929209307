// SPDX-License-Identifier: Apache-2.0
#include "weights/fetch.hpp"

#include "base/atomic_file.hpp"
#include "base/error.hpp"
#include "base/hash.hpp"
#include "tests/support/test_server.hpp"
#include "weights/weights_testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace skyglot {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using namespace weights_testing;

std::string random_bytes(std::size_t size) {
  std::string bytes;
  for (std::uint64_t i = 0; bytes.size() < size; ++i) bytes += static_cast<char>(mix(i, 7) & 0xFF);
  return bytes;
}

constexpr HttpPatience kHasty{.tries = 2, .first_wait_s = 0.01};

class FetchTest : public testing::Test {
 protected:
  void SetUp() override {
    server_.serve("/model.pt", body_, "application/octet-stream");
    server_.serve("/page", "<html>Please log in</html>", "text/html");
    server_.serve("/empty", "", "application/octet-stream");
    server_.server.Get("/endless", [](const httplib::Request&, httplib::Response& response) {
      response.set_chunked_content_provider("application/octet-stream",
                                            [](std::size_t, httplib::DataSink& sink) {
                                              static const std::string more(1 << 16, 'x');
                                              return sink.write(more.data(), more.size());
                                            });
    });
    redirect("/moved", "/model.pt");
    redirect("/to-file", "file:///etc/passwd");
    redirect("/round", "/round");
    server_.start();
  }
  void redirect(const std::string& from, const std::string& to) {
    server_.server.Get(from, [to](const httplib::Request&, httplib::Response& response) {
      response.set_redirect(to);
    });
  }
  [[nodiscard]] FetchRequest request(const std::string& path) const {
    return {.url = server_.url(path), .target = test_path("model.pt"), .patience = kHasty};
  }
  [[nodiscard]] std::string refused(const FetchRequest& wanted) const {
    const std::string message = refusal([&] { return fetch_file(wanted); });
    EXPECT_FALSE(fs::exists(wanted.target)) << message;
    return message;
  }
  static fs::path part() { return test_path("model.pt.part"); }

  std::string body_ = random_bytes(300'000);
  TestServer server_;
};

TEST_F(FetchTest, FetchesAndChecks) {
  FetchRequest wanted = request("/moved");
  wanted.bytes = body_.size();
  wanted.sha256 = sha256(body_);
  const FetchResult result = fetch_file(wanted);
  EXPECT_EQ(result.sha256, wanted.sha256);
  EXPECT_EQ(read_file(wanted.target), body_);
  EXPECT_FALSE(fs::exists(part()));
}

TEST_F(FetchTest, GoesOnWhereItStopped) {
  write_file_atomically(part(), body_.substr(0, 123'456));
  FetchRequest wanted = request("/model.pt");
  wanted.sha256 = sha256(body_);
  EXPECT_EQ(fetch_file(wanted).resumed_at, 123'456U);
  EXPECT_EQ(read_file(wanted.target), body_);
}

TEST_F(FetchTest, APartThatIsWholeOnlyGetsItsName) {
  write_file_atomically(part(), body_);
  FetchRequest wanted = request("/no-such-file");
  wanted.bytes = body_.size();
  EXPECT_EQ(fetch_file(wanted).bytes, body_.size());
}

TEST_F(FetchTest, APartLongerThanTheFileBeginsAnew) {
  write_file_atomically(part(), body_ + "surplus");
  EXPECT_EQ(fetch_file(request("/model.pt")).resumed_at, 0U);
  EXPECT_EQ(read_file(test_path("model.pt")), body_);
}

TEST_F(FetchTest, NamesTheStatus) {
  EXPECT_THAT(refused(request("/no-such-file")), HasSubstr("404"));
}

TEST_F(FetchTest, AWebPageIsNotTheFile) {
  EXPECT_THAT(refused(request("/page")), HasSubstr("web page"));
}

TEST_F(FetchTest, NothingIsNotTheFile) {
  EXPECT_THAT(refused(request("/empty")), HasSubstr("nothing"));
}

TEST_F(FetchTest, AWrongSizeIsNoticedBeforeTheFirstByte) {
  FetchRequest wanted = request("/model.pt");
  wanted.bytes = body_.size() + 1;
  EXPECT_THAT(refused(wanted), HasSubstr("300000 bytes where the catalogue says 300001"));
  EXPECT_EQ(fs::file_size(part()), 0U);
}

TEST_F(FetchTest, AnEndlessAnswerIsCutOff) {
  FetchRequest wanted = request("/endless");
  wanted.bytes = 1'000'000;
  EXPECT_THAT(refused(wanted), HasSubstr("more than the 1000000 bytes that the catalogue says"));
  EXPECT_LE(fs::file_size(part()), 1'000'000U);
}

TEST_F(FetchTest, AWrongHashIsRemoved) {
  FetchRequest wanted = request("/model.pt");
  wanted.sha256 = std::string(64, '0');
  EXPECT_THAT(refused(wanted), HasSubstr(sha256(body_)));
  EXPECT_FALSE(fs::exists(part()));
}

TEST_F(FetchTest, RedirectsStayOnTheWeb) {
  EXPECT_THAT(refused(request("/to-file")), HasSubstr("not http or https"));
  EXPECT_THAT(refused(request("/round")), HasSubstr("redirect"));
  FetchRequest local = request("");
  local.url = "file:///etc/passwd";
  EXPECT_THAT(refused(local), HasSubstr("not http or https"));
}

TEST_F(FetchTest, SaysThatNobodyAnswers) {
  FetchRequest wanted = request("/model.pt");
  wanted.url = "http://127.0.0.1:1/model.pt";
  EXPECT_THAT(refused(wanted), HasSubstr("it goes on where it stopped"));
}

// A server that breaks off, then one whose file has changed since.
class BrokenServerTest : public testing::Test {
 protected:
  void SetUp() override {
    server_.server.Get(
        "/model.pt", [this](const httplib::Request& request, httplib::Response& response) {
          const bool same = request.get_header_value("If-Range").empty() ||
                            request.get_header_value("If-Range") == etag_;
          if (!same) const_cast<httplib::Request&>(request).ranges.clear();
          response.set_header("ETag", etag_);
          response.set_content_provider(
              body_.size(), "application/octet-stream",
              [this](std::size_t at, std::size_t length, httplib::DataSink& sink) {
                if (at >= stop_at_) return false;
                const std::size_t size = std::min({length, stop_at_ - at, std::size_t{10'000}});
                return sink.write(body_.data() + at, size);
              });
        });
    server_.start();
  }
  [[nodiscard]] FetchRequest request(int tries = 2) const {
    return {.url = server_.url("/model.pt"),
            .target = test_path("model.pt"),
            .patience = {.tries = tries, .first_wait_s = 0.01}};
  }

  std::string body_ = random_bytes(300'000);
  std::string etag_ = "\"one\"";
  std::size_t stop_at_ = 100'000;
  TestServer server_;
};

TEST_F(BrokenServerTest, KeepsWhatCameAndTakesUpAgain) {
  const FetchRequest wanted = request();
  EXPECT_THAT(refusal([&] { return fetch_file(wanted); }), HasSubstr("goes on where it stopped"));
  EXPECT_EQ(fs::file_size(test_path("model.pt.part")), 100'000U);
  EXPECT_EQ(read_file(test_path("model.pt.part.etag")), "\"one\"");
  stop_at_ = body_.size();
  EXPECT_EQ(fetch_file(wanted).resumed_at, 100'000U);
  EXPECT_EQ(read_file(wanted.target), body_);
}

TEST_F(BrokenServerTest, AFileThatChangedIsFetchedWhole) {
  const FetchRequest wanted = request();
  EXPECT_THROW((void)fetch_file(wanted), Error);
  stop_at_ = body_.size();
  etag_ = "\"two\"";
  body_ = random_bytes(200'000) + std::string(100'000, 'x');
  const FetchResult result = fetch_file(wanted);
  EXPECT_EQ(result.bytes, body_.size());
  EXPECT_EQ(result.resumed_at, 0U);
  EXPECT_EQ(read_file(wanted.target), body_);
}

// A line that breaks again and again: one run of the program fetches the file all the same.
TEST_F(BrokenServerTest, OneRunTakesUpABrokenTransfer) {
  FetchRequest wanted = request(3);
  wanted.bytes = body_.size();
  server_.server.set_post_routing_handler([this](const httplib::Request&, httplib::Response&) {
    stop_at_ += 100'000;  // for the next try
  });
  const FetchResult result = fetch_file(wanted);
  EXPECT_EQ(result.resumed_at, 0U);
  EXPECT_EQ(read_file(wanted.target), body_);
}

}  // namespace
}  // namespace skyglot
