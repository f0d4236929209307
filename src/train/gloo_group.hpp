// SPDX-License-Identifier: Apache-2.0
// Processes that find each other over TCP and exchange through Gloo, as torchrun, srun and mpirun
// start them.
#pragma once

#include "train/process_group.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace skyglot {

/// Who this process is among those of a training.
struct ProcessPlace {
  int rank = 0;
  int world = 1;
  std::string master = "127.0.0.1";  ///< host of rank 0
  std::uint16_t port = 29500;
  int local = 0;  ///< who it is among those of this host
};

/// From RANK and WORLD_SIZE (torchrun), SLURM_PROCID and SLURM_NTASKS (srun) or
/// OMPI_COMM_WORLD_RANK and OMPI_COMM_WORLD_SIZE (mpirun), the first pair that is set, with
/// MASTER_ADDR and MASTER_PORT; `local` from LOCAL_RANK, SLURM_LOCALID or
/// OMPI_COMM_WORLD_LOCAL_RANK where set. Nothing where none is, or the world is 1. Throws
/// Error(usage) naming a variable that makes no sense or is missing.
[[nodiscard]] std::optional<ProcessPlace> process_place();

/// What CUDA_VISIBLE_DEVICES is to be in a process, so that each has a GPU of its own: of
/// `visible`, that variable now (null: not set), the entry that is `local`'s turn. A list of one
/// stays as it is: srun gave each process its own.
[[nodiscard]] std::string own_gpu(const char* visible, int local);

/// Waits until all processes are there. What they exchange later fails with Error(io) that names
/// this rank, when another ends or says nothing for `patience`. Throws Error(io) if they do not
/// come together.
[[nodiscard]] std::unique_ptr<ProcessGroup> join_processes(
    const ProcessPlace& place, std::chrono::seconds patience = std::chrono::minutes(10));

}  // namespace skyglot
