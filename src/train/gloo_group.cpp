// SPDX-License-Identifier: Apache-2.0
#include "train/gloo_group.hpp"

#include "base/error.hpp"

#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <csignal>
#include <cstring>
#include <string_view>

namespace skyglot {
namespace {

// The first line of what Gloo throws; the rest is a trace of its own functions.
std::string reason(const std::exception& error) {
  const std::string_view text = error.what();
  return std::string(text.substr(0, text.find('\n')));
}

class GlooGroup : public ProcessGroup {
 public:
  GlooGroup(const ProcessPlace& place, std::chrono::seconds patience)
      : place_(place), gloo_(join(place, patience)) {}

  [[nodiscard]] int rank() const override { return place_.rank; }
  [[nodiscard]] int world() const override { return place_.world; }

  [[nodiscard]] torch::Tensor gather_rows(const torch::Tensor& rows) override {
    std::vector<torch::Tensor> own{rows.detach().cpu().contiguous()};
    std::vector<std::vector<torch::Tensor>> all(1);
    for (int i = 0; i < place_.world; ++i) all[0].push_back(torch::empty_like(own[0]));
    exchange([&] { gloo_->allgather(all, own)->wait(); });
    return torch::cat(all[0]).to(rows.device());
  }

  // All gradients as one long row: one exchange a step.
  void sum_gradients(const Parameters& parameters) override {
    std::vector<torch::Tensor> gradients;
    std::vector<torch::Tensor> flat;
    for (const Parameters::Entry& entry : parameters.entries()) {
      if (!entry.tensor.grad().defined()) continue;
      gradients.push_back(entry.tensor.grad());
      flat.push_back(gradients.back().detach().cpu().reshape({-1}));
    }
    if (flat.empty()) return;
    std::vector<torch::Tensor> sum{torch::cat(flat)};
    exchange([&] { gloo_->allreduce(sum)->wait(); });
    std::int64_t at = 0;
    for (torch::Tensor& gradient : gradients) {
      gradient.copy_(sum[0].narrow(0, at, gradient.numel()).view(gradient.sizes()));
      at += gradient.numel();
    }
  }

  [[nodiscard]] std::vector<std::int64_t> gather_numbers(std::int64_t number) override {
    const torch::Tensor all = gather_rows(torch::tensor({number}, torch::kInt64));
    return {all.data_ptr<std::int64_t>(), all.data_ptr<std::int64_t>() + all.numel()};
  }

 private:
  using Gloo = c10d::ProcessGroupGloo;

  static c10::intrusive_ptr<Gloo> join(const ProcessPlace& place, std::chrono::seconds patience) {
    try {
      c10d::TCPStoreOptions where;
      where.port = place.port;
      where.isServer = place.rank == 0;
      where.numWorkers = static_cast<std::size_t>(place.world);
      where.timeout = patience;
      auto store = c10::make_intrusive<c10d::TCPStore>(place.master, where);
      auto how = Gloo::Options::create(patience);
      how->devices.push_back(place.master == "127.0.0.1" || place.master == "localhost"
                                 ? Gloo::createDeviceForHostname("127.0.0.1")
                                 : Gloo::createDefaultDevice());
      how->threads = 2;
      return c10::make_intrusive<Gloo>(store, place.rank, place.world, how);
    } catch (const std::exception& error) {
      fail(ErrorKind::io,
           "process {} of {} cannot join the others at {}:{}: {}; MASTER_ADDR and MASTER_PORT must "
           "name the host of rank 0 and a free port",
           place.rank, place.world, place.master, place.port, reason(error));
    }
  }

  template <typename Work>
  void exchange(const Work& work) const {
    try {
      work();
    } catch (const std::exception& error) {
      fail(ErrorKind::io,
           "process {} of {} cannot reach the others: {}; another process has ended or hangs (its "
           "own message says why); the same command goes on from the last checkpoint",
           place_.rank, place_.world, reason(error));
    }
  }

  ProcessPlace place_;
  c10::intrusive_ptr<Gloo> gloo_;
};

}  // namespace

std::unique_ptr<ProcessGroup> join_processes(const ProcessPlace& place,
                                             std::chrono::seconds patience) {
  // Where another process died while this one writes to it, the write is to fail and be explained.
  (void)std::signal(SIGPIPE, SIG_IGN);
  return std::make_unique<GlooGroup>(place, patience);
}

}  // namespace skyglot
