// SPDX-License-Identifier: Apache-2.0
// libarchive's handles, freed when they go out of scope.
#pragma once

#include <archive.h>
#include <archive_entry.h>
#include <memory>

namespace skyglot {

struct FreeArchive {
  void operator()(archive* handle) const { archive_free(handle); }
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

/// Made by archive_read_new() or archive_write_new().
using ArchiveHandle = std::unique_ptr<archive, FreeArchive>;
using ArchiveEntry = std::unique_ptr<archive_entry, FreeArchive>;

}  // namespace skyglot
