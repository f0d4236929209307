// SPDX-License-Identifier: Apache-2.0
#include "base/http.hpp"

#include "base/error.hpp"
#include "base/log.hpp"
#include "tests/support/test_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace skyglot {
namespace {

using testing::HasSubstr;

constexpr HttpPatience kHasty{.tries = 3, .first_wait_s = 0.01, .longest_wait_s = 5};

class HttpTest : public testing::Test {
 protected:
  // Answers `status` so often, then "at last".
  void stumble(int times, int status, const std::string& retry_after = "") {
    const auto answer = [=, this](const httplib::Request& request, httplib::Response& response) {
      ++asked_;
      last_body_ = request.body;
      if (asked_ > times) return response.set_content("at last", "text/plain");
      response.status = status;
      if (!retry_after.empty()) response.set_header("Retry-After", retry_after);
      response.set_content(std::string(100'000, '.'), "text/plain");
    };
    server_.server.Get("/busy", answer);
    server_.server.Post("/busy", answer);
    server_.start();
  }
  [[nodiscard]] std::string fetched(const HttpRequest& request, std::size_t limit = 1 << 20) const {
    try {
      return fetch_http(request, limit);
    } catch (const Error& error) {
      return error.what();
    }
  }
  [[nodiscard]] HttpRequest busy() const {
    return {.url = server_.url("/busy"), .patience = kHasty};
  }

  TestServer server_;
  int asked_ = 0;
  std::string last_body_;
};

TEST_F(HttpTest, FaultsThatPassAreBorne) {
  stumble(2, 503);
  EXPECT_EQ(fetched(busy()), "at last");
  EXPECT_EQ(asked_, 3);
}

TEST_F(HttpTest, ABodyIsPostedWithEveryTry) {
  stumble(1, 502);
  HttpRequest request = busy();
  request.body = R"({"limit":7})";
  EXPECT_EQ(fetched(request), "at last");
  EXPECT_EQ(last_body_, request.body);
}

TEST_F(HttpTest, PatienceEnds) {
  stumble(100, 503);
  EXPECT_THAT(fetched(busy()), HasSubstr("answered 503; run the same command again later"));
  EXPECT_EQ(asked_, 3);
}

TEST_F(HttpTest, RefusalsAreNotRepeated) {
  stumble(100, 403);
  EXPECT_THAT(fetched(busy()), HasSubstr("answered 403; the source wants a login"));
  EXPECT_EQ(asked_, 1);
}

TEST_F(HttpTest, RetryAfterIsWaitedFor) {
  stumble(1, 429, "1");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(fetched(busy()), "at last");
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(900));
}

TEST_F(HttpTest, AServerThatAsksForTooLongIsNotWaitedFor) {
  stumble(1, 429, "3600");
  EXPECT_THAT(fetched(busy()), HasSubstr("answered 429"));
  EXPECT_EQ(asked_, 1);
}

TEST_F(HttpTest, AnswersAreBounded) {
  server_.server.Get("/endless", [](const httplib::Request&, httplib::Response& response) {
    response.set_chunked_content_provider("text/plain", [](std::size_t, httplib::DataSink& sink) {
      static const std::string more(1 << 16, 'x');
      return sink.write(more.data(), more.size());
    });
  });
  server_.start();
  EXPECT_THAT(fetched({.url = server_.url("/endless"), .patience = kHasty}, 100'000),
              HasSubstr("more than 100000 bytes"));
}

TEST_F(HttpTest, ABrokenAnswerLeavesNothingBehind) {
  server_.server.Get("/cut", [this](const httplib::Request&, httplib::Response& response) {
    const bool whole = ++asked_ > 1;
    response.set_content_provider(
        10, "text/plain", [whole](std::size_t at, std::size_t size, httplib::DataSink& sink) {
          if (!whole && at > 0) return false;
          return sink.write("0123456789" + at, whole ? size : 4);
        });
  });
  server_.start();
  EXPECT_EQ(fetched({.url = server_.url("/cut"), .patience = kHasty}), "0123456789");
}

TEST_F(HttpTest, SlowServersRunOutOfTime) {
  server_.server.Get("/slow", [](const httplib::Request&, httplib::Response& response) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    response.set_content("late", "text/plain");
  });
  server_.start();
  EXPECT_THAT(fetched({.url = server_.url("/slow"), .timeout_s = 1, .patience = {.tries = 1}}),
              HasSubstr("Timeout"));
}

TEST_F(HttpTest, RedirectsAreFollowedOnTheWebOnly) {
  const auto redirect = [&](const char* from, const char* to) {
    server_.server.Get(from, [to](const httplib::Request&, httplib::Response& response) {
      response.set_redirect(to);
    });
  };
  redirect("/moved", "/here");
  redirect("/to-file", "file:///etc/passwd");
  redirect("/round", "/round");
  server_.serve("/here", "found");
  server_.start();
  EXPECT_EQ(fetched({.url = server_.url("/moved")}), "found");
  EXPECT_THAT(fetched({.url = server_.url("/to-file")}), HasSubstr("not http or https"));
  EXPECT_THAT(fetched({.url = server_.url("/round")}), HasSubstr("redirect"));
  EXPECT_THAT(fetched({.url = "file:///etc/passwd"}), HasSubstr("not http or https"));
}

TEST_F(HttpTest, NobodyAnswers) {
  EXPECT_THAT(fetched({.url = "http://127.0.0.1:1/x", .patience = kHasty}), HasSubstr("connect"));
}

// What a transfer keeps renews patience, so a large file comes over a bad line.
TEST(TryPatiently, ProgressRenewsPatience) {
  int attempts = 0;
  const auto failure = try_patiently({.tries = 2, .first_wait_s = 0.001}, [&] {
    ++attempts;
    return std::optional(HttpFailure{.text = "broken", .passing = true, .advanced = attempts < 5});
  });
  EXPECT_EQ(failure->text, "broken");
  EXPECT_EQ(attempts, 5);
}

}  // namespace
}  // namespace skyglot
