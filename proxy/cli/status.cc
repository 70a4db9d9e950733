#include <fmt/format.h>
#include <map>

#include "base/core/text.h"
#include "base/json/cursor.h"
#include "proxy/app/loader.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/gateway_client.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {

namespace {

// A JSON text as "a.b" = "value" lines; of a list the elements, joined.
class Flat {
 public:
  explicit Flat(std::string_view text) : cursor_(text) { fine_ = value("") && cursor_.at_end(); }
  bool fine() const { return fine_; }
  std::string operator[](const std::string& path) const {
    const auto found = values_.find(path);
    return found == values_.end() ? std::string() : found->second;
  }

 private:
  bool value(const std::string& path) {
    switch (cursor_.next()) {
      case JsonCursor::Kind::object:
        return cursor_.object([&](std::string_view key) {
          return value(path.empty() ? std::string(key) : path + "." + std::string(key));
        });
      case JsonCursor::Kind::array:
        return cursor_.array([&] { return value(path); });
      case JsonCursor::Kind::string: {
        std::string text;
        if (!cursor_.string(text)) return false;
        add(path, text);
        return true;
      }
      case JsonCursor::Kind::number: {
        std::int64_t number = 0;
        if (!cursor_.number(number)) return false;
        add(path, std::to_string(number));
        return true;
      }
      case JsonCursor::Kind::boolean: {
        bool truth = false;
        if (!cursor_.boolean(truth)) return false;
        add(path, truth ? "yes" : "no");
        return true;
      }
      default:
        return cursor_.skip();
    }
  }
  void add(const std::string& path, const std::string& text) {
    std::string& whole = values_[path];
    whole += (whole.empty() ? "" : ", ") + text;
  }

  JsonCursor cursor_;
  std::map<std::string, std::string> values_;
  bool fine_ = false;
};

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string shown(const Flat& is) {
  std::string text;
  const auto line = [&](std::string_view name, const std::string& value) {
    text += fmt::format("{:<14}{}\n", name, printable(value));
  };
  line("state", fmt::format("{} since {} (process {}, {} workers)", is["state"], is["started"],
                            is["process"], is["workers"]));
  line("proxy", is["proxy"]);
  line("admin", is["admin"]);
  line("snapshot", is["snapshot"]);
  line("loaded", is["loaded"]);
  line("connections", fmt::format("{} open, {} in all, {} refused", is["traffic.connections_open"],
                                  is["traffic.connections"], is["traffic.connections_refused"]));
  line("exchanges", fmt::format("{}, {} blocked, {} failed", is["traffic.exchanges"],
                                is["traffic.exchanges_blocked"], is["traffic.exchanges_failed"]));
  line("events",
       fmt::format("{} recorded, {} dropped, {} journaled, {} waiting", is["events.recorded"],
                   is["events.dropped"], is["events.journaled"], is["events.waiting"]));
  line("store", is["events.store_ok"] == "yes" ? is["events.store_bytes"] + " bytes"
                                               : "NOT WORKING: " + is["events.store_error"]);
  line("alerts", fmt::format("{} today, {} more kept back by daily limits{}",
                             is["alerts.raised_today"], is["alerts.suppressed_today"],
                             is["alerts.store_ok"] == "yes"
                                 ? std::string()
                                 : "; NOT STORED: " + is["alerts.store_error"]));
  if (!is["events.log_errors"].empty()) line("logs", "NOT WORKING: " + is["events.log_errors"]);
  line("last reload",
       fmt::format("{}: {}", is["last_reload.at"], or_dash(is["last_reload.rebuilt"])));
  if (!is["last_reload.faulty"].empty()) {
    line("FAULTY", is["last_reload.faulty"] + "; what was in force before is in force");
    text += is["last_reload.said"];
  }
  if (!is["last_reload.need_restart"].empty()) {
    line("need restart", is["last_reload.need_restart"]);
  }
  return text;
}

}  // namespace

int status(const StatusOptions& options) {
  const std::optional<std::string> state = state_directory(options.common);
  if (!state) return kWrongInput;
  Result<GatewayReply> reply = ask_gateway(*state, "GET", "/api/v1/status");
  if (!reply) {
    complain(reply.error().detail);
    return reply.error().kind == ErrorKind::not_found ? kNo : kMachine;
  }
  if (reply->status != 200) {
    complain(detail_of(*reply));
    return kMachine;
  }
  if (options.format == "json") {
    say(reply->body);
    return kOk;
  }
  const Flat flat(reply->body);
  if (!flat.fine()) {
    complain("the gateway's answer is not understood; is it another version?");
    return kMachine;
  }
  say(shown(flat));
  // For scripts: something is wrong although it runs.
  return flat["last_reload.faulty"].empty() && flat["events.store_ok"] == "yes" &&
                 flat["alerts.store_ok"] == "yes"
             ? kOk
             : kNo;
}

int reload(const CommonOptions& options) {
  const std::optional<std::string> state = state_directory(options);
  if (!state) return kWrongInput;
  Result<GatewayReply> reply = ask_gateway(*state, "POST", "/api/v1/reload");
  if (!reply) {
    complain(reply.error().detail);
    return reply.error().kind == ErrorKind::not_found ? kNo : kMachine;
  }
  const Flat is(reply->body);
  if (reply->status != 200 || !is.fine()) {
    complain(detail_of(*reply));
    return kMachine;
  }
  if (!is["said"].empty()) complain(is["said"]);
  if (!is["faulty"].empty()) {
    complain("not in force as the files say: " + is["faulty"]);
    return kNo;
  }
  say(fmt::format("snapshot {} is in force on every worker; read anew: {}\n", is["snapshot"],
                  is["rebuilt"].empty() ? "nothing, for nothing changed" : is["rebuilt"]));
  return kOk;
}

int feeds(const FeedsOptions& options) {
  Diagnostics warnings;
  auto config = app::load_config(options.common.config, warnings);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return kWrongInput;
  }
  const Time now = system_clock().now();
  auto material = app::load_material(*config, now, warnings);
  if (!material) {
    complain("the files have faults (sallyport check):\n" + render(material.error()));
    return kWrongInput;
  }
  Listing listing({"name", "state", "format", "addresses", "hosts", "bad_lines", "ignored",
                   "expired", "bytes", "as_of", "age", "max_age", "path", "trouble"});
  bool all_well = true;
  for (const discovery::FeedStatus& feed : (*material).snapshot->tags->feeds()) {
    const bool stale = feed.is_stale(now);
    all_well = all_well && feed.usable && !stale;
    const auto age = feed.age(now);
    listing.add(
        {Listing::text(feed.name),
         Listing::text(!feed.usable ? "unusable"
                       : stale      ? "stale"
                                    : "fresh"),
         Listing::text(to_string(feed.format)), Listing::number(feed.entries),
         Listing::number(feed.hosts), Listing::number(feed.bad_lines),
         Listing::number(feed.ignored), Listing::number(feed.expired), Listing::number(feed.bytes),
         Listing::text(feed.as_of ? format_rfc3339(*feed.as_of).substr(0, 19) + "Z" : ""),
         Listing::text(age ? format_duration(std::chrono::duration_cast<std::chrono::minutes>(*age))
                           : ""),
         Listing::text(feed.max_age.count() > 0 ? format_duration(feed.max_age) : ""),
         Listing::text(feed.path), Listing::text(feed.trouble)});
  }
  say(listing.render(options.format));
  return all_well ? kOk : kNo;
}

}  // namespace sallyport::cli
