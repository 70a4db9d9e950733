#include <chrono>
#include <thread>

#include "base/core/text.h"
#include "discovery/events/decode.h"
#include "discovery/store/render.h"
#include "discovery/store/sqlite_store.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/audited.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/kept_state.h"

namespace sallyport::cli {

bool read_time(const std::string& text, const char* what, std::optional<Time>& into) {
  if (text.empty()) return true;
  if (const auto span = parse_duration(text)) {
    into = system_clock().now() - *span;
    return true;
  }
  into = parse_rfc3339(text);
  if (!into)
    complain(std::string(what) + " '" + printable(text) +
             "' is no time and no span; write 24h or 2026-11-23T00:00:00Z");
  return into.has_value();
}

namespace {

constexpr auto kPoll = std::chrono::milliseconds(300);  // --follow asks the store so often

std::optional<discovery::Ending> parse_ending(std::string_view word) {
  using discovery::Ending;
  for (const Ending one :
       {Ending::completed, Ending::blocked, Ending::refused, Ending::client_closed,
        Ending::origin_failed, Ending::timed_out, Ending::failed}) {
    if (discovery::to_string(one) == word) return one;
  }
  return std::nullopt;
}

std::string words(std::span<const std::string_view> list) {
  std::string text;
  for (const std::string_view word : list) text += (text.empty() ? "" : ", ") + std::string(word);
  return text;
}

std::optional<discovery::Query> read_query(const ActivitiesOptions& options) {
  discovery::Query query;
  if (!options.app.empty()) query.app = options.app;
  if (!options.user.empty()) {
    const auto user = asked_user(options.common, options.user);
    if (!user) return std::nullopt;
    query.user = *user == "''" ? "" : *user;
  }
  if (!options.host.empty()) query.host = options.host;
  if (!options.policy.empty()) query.policy = options.policy;
  if (!options.ip.empty()) {
    query.client = IpPrefix::parse(options.ip);
    if (!query.client) {
      complain("--ip '" + printable(options.ip) + "' is no address and no prefix");
      return std::nullopt;
    }
  }
  if (!options.action.empty()) {
    query.type = policy::parse_activity_type(options.action);
    if (!query.type) {
      complain("--action '" + printable(options.action) +
               "' is none of: " + words(policy::activity_type_words()));
      return std::nullopt;
    }
  }
  if (!options.verdict.empty()) {
    query.action = policy::parse_action(options.verdict);
    if (!query.action) query.ending = parse_ending(options.verdict);
    if (!query.action && !query.ending) {
      complain("--verdict '" + printable(options.verdict) +
               "' is none of: " + words(policy::action_words()) +
               ", completed, blocked, refused, client_closed, origin_failed, timed_out, failed");
      return std::nullopt;
    }
  }
  if (!read_time(options.since, "--since", query.since) ||
      !read_time(options.until, "--until", query.until)) {
    return std::nullopt;
  }
  query.limit = options.limit;
  query.order =
      options.oldest_first ? discovery::Order::oldest_first : discovery::Order::newest_first;
  return query;
}

int show_one(const ActivitiesOptions& options, const std::string& state,
             discovery::SqliteStore& store) {
  const std::string& text = options.id;
  const std::optional<Ulid> id = discovery::parse_ulid(text);
  if (!id) {
    complain("--id '" + printable(text) + "' is no event id");
    return kWrongInput;
  }
  auto record = store.find_record(*id);
  if (!record) {
    complain(describe(record.error()));
    return kMachine;
  }
  if (!*record) {
    complain("there is no event " + text + "; it may be older than what is kept");
    return kNo;
  }
  if (!note_read(options.common, state, "activities", "", 1)) return kMachine;
  say(**record + ((*record)->ends_with('\n') ? "" : "\n"));
  return kOk;
}

// The table's head line is shown once.
std::string without_head(std::string text) {
  const std::size_t end = text.find('\n');
  return end == std::string::npos ? text : text.substr(end + 1);
}

int follow(discovery::SqliteStore& store, discovery::Query query, discovery::Format format) {
  // From the newest there is, on.
  discovery::Query last = query;
  last.limit = 1;
  last.order = discovery::Order::newest_first;
  auto newest = store.query(last);
  if (!newest) {
    complain(describe(newest.error()));
    return kMachine;
  }
  if (!newest->empty()) query.after = newest->front().id;
  query.order = discovery::Order::oldest_first;
  query.limit = discovery::kMaxRows;
  bool first = true;
  while (true) {
    auto rows = store.query(query);
    if (!rows) {
      complain(describe(rows.error()));
      return kMachine;
    }
    if (!rows->empty()) {
      query.after = rows->back().id;
      const std::string text = discovery::render_rows(*rows, format);
      say(first || format == discovery::Format::json ? text : without_head(text));
      first = false;
    }
    std::this_thread::sleep_for(kPoll);  // Another process writes; SQLite tells nobody.
  }
}

}  // namespace

int activities(const ActivitiesOptions& options) {
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  const auto format = discovery::parse_format(options.format);
  const auto query = read_query(options);
  if (!query || !format) return kWrongInput;
  auto store = discovery::SqliteStore::open_for_reading(app::store_file(*state));
  if (!store) {
    complain(describe(store.error()));
    return kMachine;
  }
  if (!options.id.empty()) return show_one(options, *state, **store);
  const std::string about = query->user.value_or("");
  if (options.follow) {
    // How many will come nobody knows.
    if (!note_read(options.common, *state, "activities", about, 0)) return kMachine;
    return follow(**store, *query, *format);
  }
  auto rows = (*store)->query(*query);
  if (!rows) {
    complain(describe(rows.error()));
    return kMachine;
  }
  if (!note_read(options.common, *state, "activities", about, rows->size())) return kMachine;
  say(discovery::render_rows(*rows, *format));
  return kOk;
}

}  // namespace sallyport::cli
