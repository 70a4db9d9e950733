// users export, users erase: what is kept of one person, and taking it away.

#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <unistd.h>

#include "base/core/text.h"
#include "base/json/cursor.h"
#include "discovery/store/read_audit.h"
#include "proxy/app/address_keeper.h"
#include "proxy/app/person_erasure.h"
#include "proxy/app/person_export.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/kept_state.h"

namespace sallyport::cli {
namespace {

// A gateway that erases answers when it is done: it reads all that is stored.
constexpr std::chrono::seconds kPatience = std::chrono::hours(6);
constexpr std::size_t kPiece = 1 << 20;  // bytes of a log that are looked at at once

struct Asked {
  app::Config config;
  std::string state;
  std::shared_ptr<const discovery::Users> users;
  std::optional<app::Person> person;
};

// Nothing after a message.
std::optional<Asked> read_question(const CommonOptions& common, const std::string& user) {
  Asked asked;
  auto config = config_of(common, asked.state);
  if (!config) return std::nullopt;
  asked.config = std::move(*config);
  asked.users = people_of(asked.config);
  if (asked.users == nullptr) return std::nullopt;
  auto person = app::person_of(*asked.users, user);
  if (!person) {
    complain(person.error().detail);
    return std::nullopt;
  }
  asked.person = std::move(*person);
  return asked;
}

int failed(const Error& error) {
  complain(describe(error));
  return kMachine;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

bool copy_all(std::FILE* from, std::FILE* to) {
  std::rewind(from);
  std::vector<char> piece(kPiece);
  while (const std::size_t read = std::fread(piece.data(), 1, piece.size(), from)) {
    if (std::fwrite(piece.data(), 1, read, to) != read) return false;
  }
  return std::ferror(from) == 0 && std::fflush(to) == 0;
}

// A pipe or a terminal has none.
bool is_on_disk(std::FILE* file) {
  return ::fsync(::fileno(file)) == 0 || errno == EINVAL || errno == EROFS;
}

// Where it goes; null after a message.
File open_output(const std::string& output) {
  if (output == "-") return File(::fdopen(::dup(STDOUT_FILENO), "w"));
  const int file =
      ::open(output.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    complain(
        fmt::format("{}: {}", output, std::error_code(errno, std::generic_category()).message()));
    return nullptr;
  }
  return File(::fdopen(file, "w"));
}

// Whether a file holds one of the names, read piece by piece.
bool holds(const std::filesystem::path& path, const discovery::NameMatch& names) {
  std::ifstream in(path, std::ios::binary);
  std::string text;
  std::string piece(kPiece, '\0');
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    text.append(piece, 0, static_cast<std::size_t>(in.gcount()));
    if (names.in(text)) return true;
    // A name may lie over the edge; no longer than that.
    if (text.size() > 1'024) text.erase(0, text.size() - 1'024);
  }
  return false;
}

// The logs in files that speak of them, the rotated ones too: those are not ours to change.
std::vector<std::string> logs_of(const Asked& asked) {
  std::vector<std::string> found;
  for (const discovery::FileSinkOptions& log : asked.config.logs.files) {
    const std::filesystem::path path =
        log.path.starts_with('/') ? log.path : app::log_directory(asked.state) + "/" + log.path;
    std::error_code none;
    for (const auto& one : std::filesystem::directory_iterator(path.parent_path(), none)) {
      const std::string name = one.path().filename().string();
      if (!name.starts_with(path.filename().string())) continue;
      if (holds(one.path(), asked.person->match.all)) found.push_back(one.path().string());
    }
  }
  return found;
}

void say_elsewhere(const Asked& asked) {
  for (const std::string& file : logs_of(asked)) {
    say("not changed, and holds their name: " + printable(file) + "\n");
  }
  if (asked.person->listed) {
    say(fmt::format(
        "not changed: '{}' is in {}; while that is so, what they do is recorded again\n",
        printable(asked.person->name), printable(asked.config.users)));
  }
}

std::string counts_of(const app::PersonKept& kept) {
  return fmt::format(
      "  activities           {}\n  named by others'     {}\n  counts of use        {}\n"
      "  alerts               {}\n"
      "  named by others'     {}\n  state                {}\n  governance entries   {} (emptied)\n"
      "  entries of reads     {} (emptied)\n  copies of uploads    {}\n",
      kept.events.events, kept.events.mentions, kept.events.uses, kept.alerts, kept.alert_mentions,
      kept.state, kept.governance, kept.reads, kept.copies);
}

app::PersonErased read_reply(const std::string& body) {
  app::PersonErased erased;
  JsonCursor cursor(body);
  const std::pair<std::string_view, std::uint64_t*> kNumbers[] = {
      {"activities", &erased.events.events},
      {"mentions", &erased.events.mentions},
      {"uses", &erased.events.uses},
      {"alerts", &erased.alerts},
      {"alert_mentions", &erased.alert_mentions},
      {"state", &erased.state},
      {"governance", &erased.governance},
      {"reads", &erased.reads},
      {"copies", &erased.copies}};
  cursor.object([&](std::string_view key) {
    for (const auto& [name, number] : kNumbers) {
      if (key == name) return cursor.number(*number);
    }
    return key == "scrubbed" ? cursor.boolean(erased.scrubbed) : cursor.skip();
  });
  return erased;
}

int say_erased(const Asked& asked, const app::PersonErased& erased) {
  say(fmt::format("erased of '{}':\n{}", printable(asked.person->name), counts_of(erased)));
  say_elsewhere(asked);
  if (erased.scrubbed) return kOk;
  complain(
      "something of it may still stand in a write-ahead log, because somebody reads all the "
      "time: run it again later");
  return kMachine;
}

// Without a gateway.
int erase_here(const Asked& asked, const app::ErasureWish& wish) {
  StateToChange taken;
  if (!take_state(asked.state, taken)) return kMachine;
  taken.store.reset();  // It is opened anew, and written as a whole.
  app::AddressKeeper addresses(app::addresses_file(asked.state), system_clock(),
                               [](const app::AddressKeeper::Map&) {});
  addresses.open();
  const auto map = addresses.map();
  for (const discovery::AddressEntry* one : map->list(system_clock().now())) {
    if (asked.person->match.all.is(one->user)) addresses.remove(one->prefix);
  }
  addresses.look_after();
  const auto erased = app::erase_person(asked.state, *asked.person, wish);
  if (erased) return say_erased(asked, *erased);
  complain("not done: " + erased.error().detail);
  return erased.error().side == Side::client ? kNo : kMachine;
}

}  // namespace

int users_export(const UsersExportOptions& options) {
  const auto asked = read_question(options.common, options.user);
  if (!asked) return kWrongInput;
  const File body(std::tmpfile());
  if (body == nullptr) {
    complain("there is no room for what is exported");
    return kMachine;
  }
  const Time now = system_clock().now();
  const auto counts = app::export_person(
      asked->state, *asked->users, *asked->person, now, [&](std::string_view line) {
        return std::fwrite(line.data(), 1, line.size(), body.get()) == line.size() &&
               std::fputc('\n', body.get()) != EOF;
      });
  if (!counts) return failed(counts.error());
  std::uint64_t lines = 0;
  for (const auto& [type, count] : *counts) lines += count;
  if (!note_read(options.common, asked->state, "users export", asked->person->name, lines)) {
    return kMachine;
  }
  const File output = open_output(options.output);
  if (output == nullptr) return kMachine;
  const std::string manifest =
      app::manifest_of(*asked->person, *counts, who_does(options.common.by),
                       discovery::audit_text(options.common.reason), now) +
      "\n";
  const bool written =
      std::fwrite(manifest.data(), 1, manifest.size(), output.get()) == manifest.size() &&
      copy_all(body.get(), output.get()) && is_on_disk(output.get());
  if (!written) {
    complain(fmt::format("{}: {}", options.output,
                         std::error_code(errno, std::generic_category()).message()));
    return kMachine;
  }
  if (lines == 0) complain(fmt::format("nothing is kept of '{}'", printable(asked->person->name)));
  return lines > 0 ? kOk : kNo;
}

int users_erase(const UsersEraseOptions& options) {
  const auto asked = read_question(options.common, options.user);
  if (!asked) return kWrongInput;
  const std::string reason = discovery::audit_text(options.common.reason);
  if (trim(reason).empty()) {
    complain("--reason says why; it stays in the governance log");
    return kWrongInput;
  }
  if (!options.yes) {
    const auto kept = app::look_at_person(asked->state, *asked->person, system_clock().now());
    if (!kept) return failed(kept.error());
    say(fmt::format("--yes would erase of '{}':\n{}", printable(asked->person->name),
                    counts_of(*kept)));
    say_elsewhere(*asked);
    if (kept->suspended) complain("they are suspended: lift it first (sallyport unsuspend)");
    return kept->any() && !kept->suspended ? kOk : kNo;
  }
  const std::string who = who_does(options.common.by);
  const auto reply =
      ask_gateway(asked->state, "DELETE",
                  fmt::format("/api/v1/users/{}?by={}&reason={}", url_encoded(asked->person->name),
                              url_encoded(who), url_encoded(reason)),
                  kPatience);
  if (reply) {
    if (reply->status == 200) return say_erased(*asked, read_reply(reply->body));
    complain("not done: " + detail_of(*reply));
    return reply->status == 503 ? kMachine : kNo;
  }
  if (reply.error().kind != ErrorKind::not_found) return failed(reply.error());
  return erase_here(*asked, {who, "shell " + who_does(""), reason, system_clock().now(),
                             discovery::Vacuum::whole});
}

}  // namespace sallyport::cli
