// SPDX-License-Identifier: Apache-2.0
#include "train/process_group.hpp"

#include "base/atomic_file.hpp"
#include "tests/support/message_of.hpp"

#include "train/gloo_group.hpp"
#include "train/train_testing.hpp"
#include "train/trainer.hpp"
#include "train/training_log.hpp"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <cstdlib>
#include <unistd.h>

namespace skyglot {
namespace {

using testing::HasSubstr;
using namespace testing_support;

std::uint16_t free_port() {
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(descriptor, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(descriptor);
  return ntohs(address.sin_port);
}

struct Variables {
  explicit Variables(std::initializer_list<std::pair<const char*, const char*>> set) {
    for (const auto& [name, value] : set) {
      setenv(name, value, 1);
      names.emplace_back(name);
    }
  }
  ~Variables() {
    for (const std::string& name : names) unsetenv(name.c_str());
  }
  std::vector<std::string> names;
};

TEST(ProcessPlace, IsReadFromTheStartersVariables) {
  EXPECT_FALSE(process_place());
  {
    const Variables torchrun{
        {"RANK", "1"}, {"WORLD_SIZE", "4"}, {"MASTER_ADDR", "node7"}, {"MASTER_PORT", "1234"}};
    const auto place = process_place();
    ASSERT_TRUE(place);
    EXPECT_EQ(place->rank, 1);
    EXPECT_EQ(place->world, 4);
    EXPECT_EQ(place->master, "node7");
    EXPECT_EQ(place->port, 1234);
  }
  {
    const Variables srun{{"SLURM_PROCID", "3"}, {"SLURM_NTASKS", "8"}, {"SLURM_LOCALID", "1"}};
    EXPECT_EQ(process_place()->rank, 3);
    EXPECT_EQ(process_place()->local, 1);
  }
  const Variables alone{{"OMPI_COMM_WORLD_RANK", "0"}, {"OMPI_COMM_WORLD_SIZE", "1"}};
  EXPECT_FALSE(process_place());
}

TEST(ProcessPlace, EveryProcessOfAHostHasAGpuOfItsOwn) {
  EXPECT_EQ(own_gpu(nullptr, 2), "2");
  EXPECT_EQ(own_gpu("4,5,6,7", 2), "6");
  EXPECT_EQ(own_gpu("GPU-8ab,GPU-9cd", 1), "GPU-9cd");
  EXPECT_EQ(own_gpu("3", 2), "3");
  EXPECT_EQ(own_gpu("", 1), "");
}

TEST(ProcessPlace, VariablesThatMakeNoSenseAreNamed) {
  const Variables wrong{{"RANK", "4"}, {"WORLD_SIZE", "4"}};
  EXPECT_THAT(message_of([] { (void)process_place(); }), HasSubstr("RANK is \"4\""));
  unsetenv("WORLD_SIZE");
  EXPECT_THAT(message_of([] { (void)process_place(); }), HasSubstr("WORLD_SIZE is not set"));
}

// Runs `body(rank)` in a process of its own; its exit code is what the body returns.
template <typename Body>
pid_t start(const Body& body, int rank) {
  const pid_t child = fork();
  if (child == 0) _exit(body(rank));
  return child;
}

int exit_code(pid_t child) {
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The batch of 8 goes through as one of 8 or as two of 4: the same losses.
TEST(DataParallel, TwoProcessesLearnAsOneDoes) {
  const auto folder = fresh_folder("parallel");
  TrainingRecipe recipe = small_recipe(folder);
  recipe.steps = 50;
  recipe.checkpoint_every = 20;
  const std::uint16_t port = free_port();
  const auto train = [&](int rank) {
    const auto group = join_processes({rank, 2, "127.0.0.1", port}, std::chrono::seconds(60));
    TrainingRun run;
    run.output = folder / "two";
    run.threads = 1;
    run.group = group.get();
    return train_model(recipe, run).complete ? 0 : 1;
  };
  // libtorch's threads do not outlive a fork: the processes come first.
  const pid_t first = start(train, 0);
  const pid_t second = start(train, 1);
  ASSERT_EQ(exit_code(first), 0);
  ASSERT_EQ(exit_code(second), 0);
  const auto one = [&](int) {
    TrainingRun run;
    run.output = folder / "one";
    run.threads = 1;
    return train_model(recipe, run).complete ? 0 : 1;
  };
  ASSERT_EQ(exit_code(start(one, 0)), 0);
  const TrainingLog alone(folder / "one" / "log.jsonl", 1000);
  const TrainingLog together(folder / "two" / "log.jsonl", 1000);
  ASSERT_EQ(alone.steps().size(), 50u);
  ASSERT_EQ(together.steps().size(), 50u);
  for (std::size_t i = 0; i < 50; ++i)
    EXPECT_NEAR(alone.steps()[i].loss, together.steps()[i].loss, 1e-4) << i;
}

TEST(DataParallel, AProcessThatEndsEndsTheOthersWithAMessage) {
  const std::uint16_t port = free_port();
  const auto leave = [&](int rank) {
    const auto group = join_processes({rank, 2, "127.0.0.1", port}, std::chrono::seconds(20));
    (void)group->gather_numbers(rank);
    if (rank == 1) _exit(7);
    const std::string message = message_of([&] {
      for (int i = 0; i < 100; ++i) (void)group->gather_numbers(i);
    });
    return message.find("process 0 of 2 cannot reach the others") == std::string::npos ? 1 : 0;
  };
  const pid_t first = start(leave, 0);
  const pid_t second = start(leave, 1);
  EXPECT_EQ(exit_code(second), 7);
  EXPECT_EQ(exit_code(first), 0);
}

}  // namespace
}  // namespace skyglot
