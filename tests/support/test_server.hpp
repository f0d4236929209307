// SPDX-License-Identifier: Apache-2.0
// A web server inside a test, on a free port of this machine only.
#pragma once

#include <atomic>
#include <httplib.h>
#include <string>
#include <thread>

namespace skyglot {

class TestServer {
 public:
  TestServer() : port_(server.bind_to_any_port("127.0.0.1")) {}
  ~TestServer() {
    server.stop();
    if (thread_.joinable()) thread_.join();
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  /// After the routes are set.
  void start() {
    server.set_keep_alive_timeout(1);
    thread_ = std::thread([this] { server.listen_after_bind(); });
    while (!server.is_running()) std::this_thread::yield();
  }
  [[nodiscard]] std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  /// Answers `path` with `body` always.
  void serve(const std::string& path, const std::string& body,
             const char* type = "application/json") {
    server.Get(path, [body, type](const httplib::Request&, httplib::Response& response) {
      response.set_content(body, type);
    });
  }

  httplib::Server server;

 private:
  int port_;
  std::thread thread_;
};

}  // namespace skyglot
