#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "base/core/host.h"
#include "base/core/text.h"
#include "discovery/store/sqlite_state_store.h"
#include "proxy/app/desk_api.h"
#include "proxy/app/loader.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/app_risk.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/gateway_client.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {

namespace {

// Nothing was set by hand where there is no state yet.
class NoState final : public discovery::StateStore {
 public:
  Result<std::vector<discovery::StateEntry>> entries(std::string_view, Time) override {
    return std::vector<discovery::StateEntry>();
  }
  Result<void> put(std::span<const discovery::StateEntry>) override { return nothing(); }
  Result<void> remove(std::string_view, std::string_view, std::string_view, Time) override {
    return nothing();
  }
  Result<std::vector<discovery::StateChange>> changes(std::string_view, std::size_t) override {
    return std::vector<discovery::StateChange>();
  }
  Result<std::vector<discovery::GovernanceEntry>> governance(std::uint64_t, std::size_t) override {
    return std::vector<discovery::GovernanceEntry>();
  }
  Result<discovery::GovernanceHead> governance_head() override {
    return discovery::GovernanceHead();
  }
  Result<std::size_t> expire(Time) override { return std::size_t{0}; }

 private:
  static Result<void> nothing() {
    return fail(ErrorKind::permission, Side::ours, "there is no state directory yet");
  }
};

// The catalog as files and hands have it, whether a gateway runs or not.
struct Known {
  std::shared_ptr<const discovery::Catalog> catalog;
  std::unique_ptr<discovery::StateStore> store;
  std::unique_ptr<app::HandTags> hand;
};

std::optional<Known> know(const app::Config& config, const std::string& state, bool to_change,
                          int& code) {
  Known known;
  Diagnostics warnings;
  auto material = app::load_material(config, system_clock().now(), warnings);
  if (!material) {
    complain("the files have faults (sallyport check):\n" + render(material.error()));
    code = kWrongInput;
    return std::nullopt;
  }
  known.catalog = (*material).snapshot->catalog;
  const std::string file = app::hand_file(state);
  auto store = to_change ? discovery::SqliteStateStore::open(file)
                         : discovery::SqliteStateStore::open_for_reading(file);
  if (store) {
    known.store = std::move(*store);
  } else if (!to_change && ::access(file.c_str(), F_OK) != 0) {
    known.store = std::make_unique<NoState>();
  } else {
    complain(describe(store.error()));
    code = kMachine;
    return std::nullopt;
  }
  known.hand = std::make_unique<app::HandTags>(*known.store);
  const Result<void> loaded = known.hand->load(*known.catalog, system_clock().now());
  if (!loaded) {
    complain(describe(loaded.error()));
    code = kMachine;
    return std::nullopt;
  }
  return known;
}

std::string who_asks(const AppsOptions& options) {
  if (!options.by.empty()) return options.by;
  const passwd* entry = ::getpwuid(::getuid());
  return entry != nullptr ? entry->pw_name : "";
}

bool has(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

int list(const AppsOptions& options, const Known& known) {
  Listing listing({"id", "name", "category", "risk_score", "tags", "by_hand", "domains"});
  const std::string words = lower(options.words);
  for (const discovery::App& app : known.catalog->apps()) {
    const policy::AppFacts facts = discovery::facts_of(app, *known.hand->overlay());
    if (!options.category.empty() && facts.category != options.category) continue;
    if (!options.tag.empty() && !has(facts.tags, options.tag)) continue;
    if (!words.empty() && facts.id.find(words) == std::string::npos &&
        lower(facts.name).find(words) == std::string::npos) {
      continue;
    }
    std::vector<std::string> by_hand;
    for (const app::HandTags::Kept& kept : known.hand->kept()) {
      if (kept.change.app != facts.id) continue;
      by_hand.push_back((kept.change.edit == discovery::TagEdit::add ? "+" : "-") +
                        kept.change.tag + (kept.holds ? "" : " (not in force)"));
    }
    std::vector<std::string> domains = app.domains;
    // A table shows that there are more; JSON and CSV have them all.
    if (options.format == "table" && domains.size() > 2) {
      const std::size_t more = domains.size() - 2;
      domains.resize(2);
      domains.push_back(fmt::format("+{}", more));
    }
    const bool scored = facts.risk && facts.risk->score;
    listing.add({Listing::text(facts.id), Listing::text(facts.name), Listing::text(facts.category),
                 scored ? Listing::number(*facts.risk->score) : Listing::text(""),
                 Listing::texts(facts.tags), Listing::texts(std::move(by_hand)),
                 Listing::texts(std::move(domains))});
  }
  say(listing.render(options.format));
  return kOk;
}

// What the catalog knows of an address.
int explain_address(const AppsOptions& options, const Known& known, const IpAddress& address) {
  const discovery::Catalog::Found found = known.catalog->find_by_address(address);
  if (found.app == nullptr) {
    complain("no app's range holds " + address.to_string());
    return kNo;
  }
  const AskedAddress asked{address.to_string(), found.range->to_string()};
  say(explain_app_risk(*found.app, known.catalog->risk_rules(), system_clock().now(),
                       options.format, &asked));
  return kOk;
}

int explain(const AppsOptions& options, const Known& known) {
  if (const auto host = Host::parse(options.app); host && host->is_address()) {
    return explain_address(options, known, *host->address());
  }
  if (const auto address = IpAddress::parse(options.app)) {  // IPv6 without brackets
    return explain_address(options, known, *address);
  }
  const discovery::App* app = known.catalog->find(options.app);
  if (app == nullptr) {
    std::vector<std::string_view> ids;
    for (const discovery::App& one : known.catalog->apps()) ids.push_back(one.facts.id);
    const std::string hint = did_you_mean(options.app, ids);
    complain("no app '" + printable(options.app) + "' in the catalog" +
             (hint.empty() ? ": see sallyport apps list" : "; " + hint));
    return kNo;
  }
  say(explain_app_risk(*app, known.catalog->risk_rules(), system_clock().now(), options.format));
  return kOk;
}

// What was set by hand, as conf/tags/apps.yaml would say it.
int export_tags(const Known& known) {
  std::map<std::string, std::vector<std::string>> by_tag;
  std::string removed;
  for (const app::HandTags::Kept& kept : known.hand->kept()) {
    if (kept.change.edit == discovery::TagEdit::add) {
      by_tag[kept.change.tag].push_back(kept.change.app);
    } else {
      removed +=
          fmt::format("# taken away by hand: {} from {}\n", kept.change.tag, kept.change.app);
    }
  }
  std::string text;
  for (const auto& [tag, apps] : by_tag) {
    text += tag + ":\n";
    for (const std::string& app : apps) text += "  - " + app + "\n";
  }
  say(text.empty() && removed.empty() ? "{}\n" : text + removed);
  return kOk;
}

int change_here(const AppsOptions& options, Known& known) {
  const Time now = system_clock().now();
  const std::optional<app::HandTags::Refusal> refusal =
      options.action == AppsAction::reset
          ? known.hand->forget(*known.catalog, options.app, who_asks(options), now)
          : known.hand->change(*known.catalog,
                               {options.app, options.new_tag,
                                options.action == AppsAction::tag ? discovery::TagEdit::add
                                                                  : discovery::TagEdit::remove},
                               who_asks(options), now);
  if (refusal) {
    complain("not changed: " + refusal->detail);
    return refusal->status == 503 ? kMachine : kNo;
  }
  say("kept; no gateway runs, so it takes effect at the next start\n");
  return kOk;
}

// True where a gateway answered, whatever it said.
bool change_there(const AppsOptions& options, const std::string& state, int& code) {
  std::string path = "/api/v1/apps/" + url_encoded(options.app);
  path += options.action == AppsAction::reset ? std::string("/by-hand")
                                              : "/tags/" + url_encoded(options.new_tag);
  path += "?by=" + url_encoded(who_asks(options));
  Result<GatewayReply> reply =
      ask_gateway(state, options.action == AppsAction::tag ? "PUT" : "DELETE", path);
  if (!reply && reply.error().kind == ErrorKind::not_found) return false;
  if (!reply) {
    complain(describe(reply.error()));
    code = kMachine;
  } else if (reply->status != 200) {
    complain("not changed: " + detail_of(*reply));
    code = reply->status == 503 ? kMachine : kNo;
  } else {
    say("in force on every worker\n");
    code = kOk;
  }
  return true;
}

}  // namespace

int apps(const AppsOptions& options) {
  Diagnostics warnings;
  auto config = app::load_config(options.common.config, warnings);
  if (!config) {
    complain("the configuration cannot be used:\n" + render(config.error()));
    return kWrongInput;
  }
  const std::string state =
      options.common.state.empty() ? config->state_directory : options.common.state;
  const bool to_change = options.action != AppsAction::list &&
                         options.action != AppsAction::explain &&
                         options.action != AppsAction::export_;
  int code = kOk;
  if (to_change && change_there(options, state, code)) return code;
  std::unique_ptr<app::StateDirectory> ours;
  if (to_change) {
    // Taken, so that no gateway starts meanwhile and misses the change.
    Result<std::unique_ptr<app::StateDirectory>> taken = app::StateDirectory::open(state);
    if (!taken) {
      complain("not changed: " + taken.error().detail);
      return kMachine;
    }
    ours = std::move(*taken);
  }
  std::optional<Known> known = know(*config, state, to_change, code);
  if (!known) return code;
  if (options.action == AppsAction::list) return list(options, *known);
  if (options.action == AppsAction::explain) return explain(options, *known);
  if (options.action == AppsAction::export_) return export_tags(*known);
  return change_here(options, *known);
}

}  // namespace sallyport::cli
