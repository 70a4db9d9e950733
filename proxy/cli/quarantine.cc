// Copies of blocked uploads: which there are, and out with them. What they hold only the operators'
// key opens.

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include "base/core/file.h"
#include "base/core/text.h"
#include "base/json/cursor.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {
namespace {

namespace fs = std::filesystem;

struct Kept {
  std::string event_id, time, user, client, app, host, method, path, policy, policy_id;
  std::string file_name, file_type, sha256;
  std::uint64_t bytes = 0;
};

std::optional<Kept> read_kept(const fs::path& file) {
  constexpr std::size_t kLargest = 64 * 1024;
  const Result<std::string> text = read_regular_file(file.string(), kLargest);
  if (!text) return std::nullopt;
  Kept kept;
  JsonCursor cursor(*text);
  const bool read = cursor.object([&](std::string_view key) {
    static const std::pair<std::string_view, std::string Kept::*> kTexts[] = {
        {"event_id", &Kept::event_id},
        {"time", &Kept::time},
        {"user", &Kept::user},
        {"client", &Kept::client},
        {"app", &Kept::app},
        {"host", &Kept::host},
        {"method", &Kept::method},
        {"path", &Kept::path},
        {"policy", &Kept::policy},
        {"policy_id", &Kept::policy_id},
        {"file_name", &Kept::file_name},
        {"file_type", &Kept::file_type},
        {"sha256", &Kept::sha256}};
    for (const auto& [name, member] : kTexts) {
      if (key == name) return cursor.string(kept.*member);
    }
    if (key == "bytes") return cursor.number(kept.bytes);
    return cursor.skip();
  });
  if (!read || kept.event_id != file.stem().string()) return std::nullopt;
  return kept;
}

bool is_id(std::string_view text) {
  return text.size() == 26 &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); });
}

int remove(const std::string& folder, const std::vector<std::string>& ids) {
  int code = kOk;
  for (const std::string& id : ids) {
    std::error_code failed;
    const fs::path base = fs::path(folder) / id;
    const bool gone = is_id(id) && fs::remove(base.string() + ".p7m", failed);
    if (gone) {
      fs::remove(base.string() + ".json", failed);
      fmt::print("removed {}\n", id);
      continue;
    }
    complain(failed ? fmt::format("{}: {}", id, failed.message())
                    : fmt::format("there is no copy '{}'", printable(id)));
    code = failed ? kMachine : kWrongInput;
  }
  return code;
}

}  // namespace

int quarantine(const QuarantineOptions& options) {
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  const std::string folder = app::quarantine_folder(*state);
  if (!options.remove.empty()) return remove(folder, options.remove);

  std::vector<Kept> all;
  std::error_code failed;
  for (const fs::directory_entry& one : fs::directory_iterator(folder, failed)) {
    if (one.path().extension() != ".json") continue;
    std::optional<Kept> kept = read_kept(one.path());
    if (!kept) {
      complain(fmt::format("{} is no copy's: left out", one.path().string()));
      continue;
    }
    all.push_back(std::move(*kept));
  }
  if (failed && failed != std::errc::no_such_file_or_directory) {
    complain(fmt::format("{}: {}", folder, failed.message()));
    return kMachine;
  }
  // The latest first: ids sort by time.
  std::ranges::sort(all, std::ranges::greater(), &Kept::event_id);
  if (all.size() > options.limit) all.resize(options.limit);
  const bool table = options.format == "table";
  std::vector<std::string> columns{"event_id",  "time",  "user",  "app",
                                   "file_name", "bytes", "policy"};
  if (!table) {
    columns.insert(columns.end(), {"client", "host", "method", "path", "policy_id", "file_type",
                                   "sha256", "copy"});
  }
  Listing listing(columns);
  for (const Kept& one : all) {
    std::vector<Listing::Cell> row{Listing::text(one.event_id),
                                   Listing::text(table ? one.time.substr(0, 19) : one.time),
                                   Listing::text(one.user.empty() ? one.client : one.user),
                                   Listing::text(one.app.empty() ? one.host : one.app),
                                   Listing::text(one.file_name),
                                   Listing::number(one.bytes),
                                   Listing::text(one.policy)};
    if (!table) {
      for (const std::string* text : {&one.client, &one.host, &one.method, &one.path,
                                      &one.policy_id, &one.file_type, &one.sha256}) {
        row.push_back(Listing::text(*text));
      }
      row.push_back(Listing::text((fs::path(folder) / (one.event_id + ".p7m")).string()));
    }
    listing.add(std::move(row));
  }
  if (!note_read(options.common, *state, "quarantine", "", all.size())) return kMachine;
  fmt::print("{}", listing.render(options.format));
  if (table && !all.empty()) {
    fmt::print("\nTo open one: openssl cms -decrypt -inform DER -inkey KEY.pem -in {}/ID.p7m\n",
               folder);
  }
  return kOk;
}

}  // namespace sallyport::cli
