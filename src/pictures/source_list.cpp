// SPDX-License-Identifier: Apache-2.0
#include "base/atomic_file.hpp"
#include "base/csv.hpp"
#include "base/error.hpp"
#include "base/strings.hpp"
#include "base/unicode.hpp"
#include "pictures/source_kinds.hpp"
#include "pictures/tar_index.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> kPathColumns{"filepath", "image", "filename", "path"};
constexpr char kNoSeparator = '\0';
constexpr std::string_view kIntoTar = ".tar/";

// A path that leads into a tar.
struct IntoTar {
  std::string tar;
  std::string member;
};

std::optional<IntoTar> split_at_tar(const std::string& entry) {
  const std::size_t into = entry.find(kIntoTar);
  if (into == std::string::npos) return std::nullopt;
  const std::size_t end = into + kIntoTar.size();
  return IntoTar{entry.substr(0, end - 1), entry.substr(end)};
}

// Members of tars by name; each tar is looked through once, whatever the order of the list.
class TarLookup {
 public:
  explicit TarLookup(const SourceOptions& options) : options_(options) {}

  void add(const fs::path& tar) {
    std::error_code code;
    if (tars_.contains(tar.string()) || !fs::is_regular_file(tar, code)) return;
    Tar& known = *tars_.emplace(tar.string(), std::make_unique<Tar>(tar)).first->second;
    for (const ShardReader::Member& member : known.index.members())
      known.members.emplace(member.name, &member);
  }

  [[nodiscard]] SourcePicture find(const fs::path& tar, const std::string& member,
                                   std::string id) const {
    SourcePicture picture;
    picture.id = std::move(id);
    const auto known = tars_.find(tar.string());
    if (known == tars_.end()) {
      picture.problem = "no such tar file";
      picture.missing = true;
      return picture;
    }
    const auto found = known->second->members.find(member);
    if (found == known->second->members.end())
      picture.problem = "not in " + tar.filename().string();
    else if (found->second->size > options_.max_file_bytes)
      picture.problem = fmt::format("{} bytes are more than allowed", found->second->size);
    else
      picture.bytes = TarFile(tar).read(*found->second);
    return picture;
  }

 private:
  struct Tar {
    explicit Tar(const fs::path& path) : index(path) {}
    TarIndex index;
    std::unordered_map<std::string_view, const ShardReader::Member*> members;
  };
  const SourceOptions& options_;
  std::map<std::string, std::unique_ptr<Tar>> tars_;
};

std::string_view first_line(std::string_view text) {
  text = without_mark(text);
  while (text.starts_with('#')) text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return trim(text.substr(0, text.find('\n')));
}

char sniffed_separator(std::string_view line, std::string_view extension) {
  char best = extension == ".tsv" ? '\t' : ',';
  for (const char candidate : {',', '\t', ';'})
    if (std::ranges::count(line, candidate) > std::ranges::count(line, best)) best = candidate;
  return best;
}

// Of a list without a header: "# ..." is a comment there, "#1.jpg" a picture.
std::size_t comments_end(std::string_view text) {
  std::size_t end = text.size() - without_mark(text).size();
  while (text.substr(end).starts_with("# "))
    end = std::min(text.find('\n', end), text.size() - 1) + 1;
  return end;
}

class ListIndex : public PictureIndex {
 public:
  ListIndex(const fs::path& list, const SourceOptions& options)
      : options_(options),
        name_(list.string()),
        root_(options.root.empty() ? list.parent_path() : options.root),
        text_(read_file(list)),
        separator_(sniffed_separator(first_line(text_), to_lower(list.extension().string()))),
        tars_(options_) {
    read_rows(header_reader(to_lower(list.extension().string()) == ".txt"));
    if (rows_.empty()) fail(ErrorKind::input, "{}: the list names no pictures", name_);
  }

  [[nodiscard]] std::uint64_t size() const override { return rows_.size(); }
  [[nodiscard]] std::string id(std::uint64_t number) const override {
    return entry_of(row(number));
  }
  [[nodiscard]] SourcePicture read(std::uint64_t number) const override {
    std::vector<std::string> cells = row(number);
    SourcePicture picture = open(entry_of(cells));
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (i != path_column_) picture.beside[header_[i]] = std::move(cells[i]);
    return picture;
  }

 private:
  // Behind the header, if there is one.
  CsvReader header_reader(bool may_be_missing) {
    CsvReader reader(text_, name_, separator_);
    reader.next_row(header_);
    for (std::string& name : header_) name = trim(name);
    if (const auto column = find_path_column()) {
      path_column_ = *column;
      return reader;
    }
    if (!may_be_missing || !options_.path_column.empty())
      fail(
          ErrorKind::input, "{}: no column {}; there are: {}; name the column of paths", name_,
          options_.path_column.empty() ? "filepath, image, filename or path" : options_.path_column,
          join(header_, ", "));
    separator_ = kNoSeparator;
    header_ = {"filepath"};
    text_.erase(0, comments_end(text_));
    return {text_, name_, separator_, CsvReader::Comments::none};
  }

  [[nodiscard]] std::optional<std::size_t> find_path_column() const {
    const auto index_of = [&](std::string_view name) -> std::optional<std::size_t> {
      const auto found = std::ranges::find(header_, name);
      if (found == header_.end()) return std::nullopt;
      return static_cast<std::size_t>(found - header_.begin());
    };
    if (!options_.path_column.empty()) return index_of(options_.path_column);
    for (const std::string_view name : kPathColumns)
      if (const auto index = index_of(name)) return index;
    return std::nullopt;
  }

  // Goes through the whole list, so that a broken line is told before work begins.
  void read_rows(CsvReader reader) {
    for (std::vector<std::string> cells; reader.next_row(cells);) {
      if (cells.size() != header_.size())
        fail(ErrorKind::format, "{}:{}: {} cells where the header has {}", name_, reader.row_line(),
             cells.size(), header_.size());
      rows_.push_back(reader.row_offset());
      if (!options_.contents) continue;
      if (const auto into = split_at_tar(entry_of(cells))) tars_.add(root_ / into->tar);
    }
  }

  [[nodiscard]] std::vector<std::string> row(std::uint64_t number) const {
    CsvReader reader(std::string_view(text_).substr(rows_.at(number)), name_, separator_,
                     CsvReader::Comments::none);
    std::vector<std::string> cells;
    reader.next_row(cells);
    return cells;
  }
  [[nodiscard]] std::string entry_of(const std::vector<std::string>& cells) const {
    return std::string(trim(cells.at(path_column_)));
  }

  [[nodiscard]] SourcePicture open(const std::string& entry) const {
    const auto into = split_at_tar(entry);
    if (!into || !options_.contents) return read_picture_file(root_ / entry, entry, options_);
    return tars_.find(root_ / into->tar, into->member, entry);
  }

  SourceOptions options_;
  std::string name_;
  fs::path root_;
  std::string text_;
  char separator_;
  TarLookup tars_;
  std::vector<std::string> header_;
  std::size_t path_column_ = 0;
  std::vector<std::size_t> rows_;  // where in the text each begins
};

}  // namespace

std::unique_ptr<PictureIndex> index_list(const fs::path& list, const SourceOptions& options) {
  return std::make_unique<ListIndex>(list, options);
}

}  // namespace skyglot
