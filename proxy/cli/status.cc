#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/tags/ip_tags.h"
#include "proxy/app/loader.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/flat_json.h"
#include "proxy/cli/gateway_client.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {

namespace {

std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

std::string receiver_of(const FlatJson& is, const std::string& path) {
  std::string text =
      fmt::format("{} ({} {}): {} alerts delivered, {} waiting", is[path + "name"],
                  is[path + "type"], is[path + "to"], is[path + "delivered"], is[path + "waiting"]);
  if (is.has(path + "oldest")) text += " since " + is[path + "oldest"];
  if (is[path + "aside"] != "0") text += ", " + is[path + "aside"] + " PUT ASIDE";
  if (is.has(path + "error")) {
    text += fmt::format("; NOT WORKING ({} tries failed): {}", is[path + "failures"],
                        is[path + "error"]);
    if (is.has(path + "next_try")) text += "; next try " + is[path + "next_try"];
  }
  return text;
}

std::string shown(const FlatJson& is) {
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
  line("alerts",
       fmt::format("{} today, {} more kept back by daily limits{}", is["alerts.raised_today"],
                   is["alerts.suppressed_today"],
                   is["alerts.store_ok"] == "yes" ? std::string()
                                                  : "; NOT STORED: " + is["alerts.store_error"]));
  for (std::size_t i = 0; is.has(fmt::format("alert_receivers.{}.name", i)); ++i) {
    line("receiver", receiver_of(is, fmt::format("alert_receivers.{}.", i)));
  }
  if (is.has("governance.head")) line("governance", "head " + is["governance.head"]);
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
  return show_gateway(options, "/api/v1/status", [](const FlatJson& is) {
    say(shown(is));
    // For scripts: something is wrong although it runs.
    return is["last_reload.faulty"].empty() && is["events.store_ok"] == "yes" &&
                   is["alerts.store_ok"] == "yes"
               ? kOk
               : kNo;
  });
}

int reload(const CommonOptions& options) {
  const std::optional<std::string> state = state_directory(options);
  if (!state) return kWrongInput;
  Result<GatewayReply> reply = ask_gateway(*state, "POST", "/api/v1/reload");
  if (!reply) {
    complain(reply.error().detail);
    return reply.error().kind == ErrorKind::not_found ? kNo : kMachine;
  }
  const FlatJson is(reply->body);
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

int ranges(const RangesOptions& options) {
  Diagnostics warnings;
  const auto config = app::load_config(options.common.config, warnings);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return kWrongInput;
  }
  Listing listing({"name", "cidrs", "category", "tags", "isp", "country", "line"});
  if (!config->address_tags.empty()) {
    const auto tags = discovery::load_ip_tags(config->address_tags, system_clock().now(), warnings);
    if (!tags) {
      complain("the ranges have faults:\n" + render(tags.error()));
      return kWrongInput;
    }
    const std::string words = lower(options.words);
    for (const discovery::TaggedRange& range : (*tags)->ranges()) {
      if (!range.holds(words)) continue;
      std::vector<std::string> cidrs = range.cidrs;
      // A table shows that there are more; JSON and CSV have them all.
      if (options.format == "table" && cidrs.size() > 3) {
        const std::size_t more = cidrs.size() - 3;
        cidrs.resize(3);
        cidrs.push_back(fmt::format("+{}", more));
      }
      listing.add({Listing::text(range.name), Listing::texts(std::move(cidrs)),
                   Listing::text(range.category ? to_string(*range.category) : ""),
                   Listing::texts(range.tags), Listing::text(range.isp.value_or("")),
                   Listing::text(range.country.value_or("")), Listing::number(range.line)});
    }
  }
  say(listing.render(options.format));
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
