// SPDX-License-Identifier: Apache-2.0
// WebDataset shards: tar files of samples whose members share a key.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace skyglot {

/// Where a member's bytes lie in the shard.
struct ShardMember {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// Writes a ustar file atomically. Owner, mode and time are fixed, so the same samples give the
/// same bytes.
class ShardWriter {
 public:
  explicit ShardWriter(const std::filesystem::path& path);
  ~ShardWriter();

  /// `name` is "key.jpg", "key.txt", ... Members of one sample must follow one another.
  ShardMember add(const std::string& name, std::string_view bytes);

  struct Summary {
    std::uint64_t bytes = 0;
    std::string sha256;
  };
  /// Ends the archive and gives it its name. Throws Error(io) or Error(resource).
  Summary commit();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct ShardLimits {
  std::uint64_t max_member_bytes = std::uint64_t{256} << 20;
};

/// A tar read member by member. Throws Error(format) naming the shard if it is truncated (a missing
/// end mark counts), no tar, or holds absolute paths, ".." or links.
class ShardReader {
 public:
  explicit ShardReader(const std::filesystem::path& path);
  ~ShardReader();
  ShardReader(ShardReader&&) noexcept;
  ShardReader& operator=(ShardReader&&) noexcept;

  struct Member {
    std::string name;  ///< without a leading "./"
    std::uint64_t size = 0;
    std::uint64_t offset = 0;  ///< of its bytes in the shard
  };
  /// The next regular file; nothing at the end. Throws Error(format) also for a file with holes,
  /// whose bytes do not lie in one piece.
  [[nodiscard]] std::optional<Member> next();
  /// The bytes of the member that next() gave last; once.
  [[nodiscard]] std::string bytes();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Calls `visit(name, bytes)` for each file of a tar in order; stop by returning false. Throws
/// what ShardReader does, and Error(resource) for a member past the
/// limit.
void read_shard(const std::filesystem::path& path,
                const std::function<bool(const std::string& name, std::string_view bytes)>& visit,
                const ShardLimits& limits = {});

}  // namespace skyglot
