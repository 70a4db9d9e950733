#include "proxy/cli/discover.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "discovery/store/sqlite_store.h"
#include "discovery/usage/report.h"
#include "discovery/users/user_name.h"
#include "policy/activity/risk_factors.h"
#include "policy/activity/words.h"
#include "proxy/app/hand_tags.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/kept_state.h"
#include "proxy/cli/listing.h"
#include "proxy/cli/report_text.h"

namespace sallyport::cli {
namespace {

using discovery::AppBook;
using discovery::BookedApp;
using discovery::Report;
using discovery::ReportQuestion;
using discovery::UsageBy;
using std::chrono::days;

// A question with what it points to.
struct Asked {
  std::shared_ptr<const session::Snapshot> snapshot;
  std::unique_ptr<AppBook> book;
  std::unique_ptr<discovery::SqliteStore> store;
  ReportQuestion question;
};

// Wrong input, after a message.
int wrong(const std::string& message) {
  complain(message);
  return kWrongInput;
}

bool is_one_of(std::span<const std::string_view> words, const std::string& word) {
  return std::ranges::find(words, word) != words.end();
}

std::string no_such(std::string_view what, const std::string& word,
                    std::span<const std::string_view> words) {
  const std::string hint = did_you_mean(word, {words.begin(), words.end()});
  return fmt::format("no {} '{}'{}", what, printable(word), hint.empty() ? "" : "; " + hint);
}

// "3" or "0-5".
bool read_score(const std::string& text, discovery::AppChoice& choice) {
  const auto parts = split(text, '-');
  const auto least = parse_decimal(trim(parts.front()));
  const auto most = parse_decimal(trim(parts.back()));
  if (parts.size() > 2 || !least || !most || *most > 10 || *least > *most) return false;
  choice.least_score = static_cast<std::uint32_t>(*least);
  choice.most_score = static_cast<std::uint32_t>(*most);
  return true;
}

int read_app_filter(const DiscoverOptions& options, const AppBook& book,
                    discovery::UsageFilter& filter) {
  discovery::AppChoice& choice = filter.apps;
  for (const std::string& name : options.apps) {
    const BookedApp* app = book.find_any(name);
    if (app == nullptr) {
      const std::string hint = book.hint(name);
      return wrong("no app '" + printable(name) + "' in the catalog" +
                   (hint.empty() ? ": see sallyport apps list" : "; " + hint));
    }
    choice.apps.push_back(app->facts.id);
  }
  for (const std::string& category : options.categories) {
    if (!is_one_of(policy::app_category_words(), category)) {
      return wrong(no_such("category", category, policy::app_category_words()));
    }
  }
  for (const auto* factors : {&options.has, &options.lacks}) {
    for (const std::string& factor : *factors) {
      if (!discovery::is_factor(factor)) {
        return wrong(no_such("risk factor", factor, policy::risk_factor_words()));
      }
    }
  }
  choice.categories = options.categories;
  choice.tags = options.tags;
  choice.has = options.has;
  choice.lacks = options.lacks;
  if (!options.risk_score.empty() && !read_score(options.risk_score, choice)) {
    return wrong("--risk-score '" + printable(options.risk_score) +
                 "' is no score of 0 to 10; write 3 or 0-5");
  }
  if (const auto* query = discovery::find_suggested_query(options.query))
    choice.also(query->choice);
  return kOk;
}

int read_who_filter(const DiscoverOptions& options, const discovery::Users& users,
                    discovery::UsageFilter& filter) {
  if (!options.user.empty()) {
    const auto name = discovery::normal_user_name(options.user);
    filter.user = name ? users.canonical(*name) : options.user;
  }
  filter.group = lower(options.group);
  if (!options.address.empty()) {
    filter.address = IpPrefix::parse(options.address);
    if (!filter.address) {
      return wrong("--address '" + printable(options.address) + "' is no address and no network");
    }
  }
  for (const char c : options.country) filter.country += static_cast<char>(c & ~0x20);
  if (!filter.country.empty() && !policy::is_country_code(filter.country)) {
    return wrong("--country '" + printable(options.country) + "' is no country; write DE");
  }
  filter.device = options.device;
  return kOk;
}

std::optional<std::uint64_t> read_bytes(std::string_view text) {
  static constexpr std::pair<std::string_view, unsigned> kUnits[] = {
      {"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}, {"B", 0}, {"", 0}};
  for (const auto& [unit, shift] : kUnits) {
    if (!text.ends_with(unit)) continue;
    const auto count = parse_decimal(trim(text.substr(0, text.size() - unit.size())));
    if (!count || *count > UINT64_MAX >> shift) return std::nullopt;
    return *count << shift;
  }
  return std::nullopt;
}

int read_thresholds(const std::vector<std::string>& texts, bool more, ReportQuestion& question) {
  for (const std::string& text : texts) {
    const std::size_t at = text.find('=');
    const auto* metric = discovery::find_usage_metric(text.substr(0, at));
    std::optional<std::uint64_t> value;
    if (metric != nullptr && at != std::string::npos) {
      const std::string_view number = std::string_view(text).substr(at + 1);
      value = metric->bytes ? read_bytes(number) : parse_decimal(number);
    }
    if (!value) {
      std::string names;
      for (const auto& one : discovery::usage_metrics()) {
        names += (names.empty() ? "" : ", ") + std::string(one.name);
      }
      return wrong("'" + printable(text) +
                   "' is no threshold; write users=50 or traffic=1GiB, of: " + names);
    }
    question.thresholds.push_back({metric, *value, more});
  }
  return kOk;
}

// The whole days that a span touches.
int read_span(const DiscoverOptions& options, ReportQuestion& question) {
  std::optional<Time> since, until;
  if (!read_time(options.since, "--since", since) || !read_time(options.until, "--until", until)) {
    return kWrongInput;
  }
  question.since = std::chrono::floor<days>(*since);
  question.until = until ? std::chrono::ceil<days>(*until)
                         : std::chrono::floor<days>(system_clock().now()) + days(1);
  if (question.until > question.since) return kOk;
  return wrong("--until is before --since");
}

int open_book(const DiscoverOptions& options, std::string& state, Asked& asked) {
  const auto config = config_of(options.common, state);
  if (!config) return kWrongInput;
  asked.snapshot = snapshot_of(*config);
  if (asked.snapshot == nullptr) return kWrongInput;
  std::unique_ptr<discovery::StateStore> kept;
  if (!open_for_reading(state, kept)) return kMachine;
  discovery::AppTagOverlay none;
  if (kept == nullptr) {
    asked.book = std::make_unique<AppBook>(asked.snapshot->catalog, none);
    return kOk;
  }
  app::HandTags hand(*kept);
  const Result<void> loaded = hand.load(*asked.snapshot->catalog, system_clock().now());
  if (!loaded) {
    complain(describe(loaded.error()));
    return kMachine;
  }
  asked.book = std::make_unique<AppBook>(asked.snapshot->catalog, *hand.overlay());
  return kOk;
}

int read_question(const DiscoverOptions& options, Asked& asked) {
  std::string state;
  if (const int code = open_book(options, state, asked); code != kOk) return code;
  ReportQuestion& question = asked.question;
  question.book = asked.book.get();
  question.users = asked.snapshot->users.get();
  question.sort = discovery::find_usage_metric(options.sort);
  question.limit = options.limit;
  for (const int code :
       {read_span(options, question), read_app_filter(options, *asked.book, question.filter),
        read_who_filter(options, *question.users, question.filter),
        read_thresholds(options.more_than, true, question),
        read_thresholds(options.less_than, false, question)}) {
    if (code != kOk) return code;
  }
  auto store = discovery::SqliteStore::open_for_reading(app::store_file(state));
  if (!store) {
    complain(describe(store.error()));
    return kMachine;
  }
  asked.store = std::move(*store);
  question.store = asked.store.get();
  return kOk;
}

Result<Report> app_page(const DiscoverOptions& options, Asked& asked) {
  ReportQuestion& question = asked.question;
  const BookedApp* app = asked.book->find_any(options.name);
  const std::string name = app != nullptr ? app->facts.id : lower(options.name);
  if (app != nullptr) {
    question.filter.apps.apps = {name};
  } else {
    question.filter.domains = {name};
  }
  return report_app(question, app, name, system_clock().now());
}

Result<Report> answer(const DiscoverOptions& options, Asked& asked) {
  const ReportQuestion& question = asked.question;
  switch (options.action) {
    case DiscoverAction::dashboard:
      return report_dashboard(question);
    case DiscoverAction::apps:
    case DiscoverAction::non_compliant:
      return report_apps(question);
    case DiscoverAction::app:
      return app_page(options, asked);
    case DiscoverAction::users:
      return report_by(question, UsageBy::user);
    case DiscoverAction::addresses:
      return report_by(question, UsageBy::address);
    case DiscoverAction::devices:
      return report_by(question, UsageBy::device);
    case DiscoverAction::countries:
      return report_by(question, UsageBy::country);
    case DiscoverAction::categories:
      return report_categories(question);
    case DiscoverAction::alternatives:
      return report_alternatives(
          question, options.name.empty() ? nullptr : asked.book->find_any(options.name));
    case DiscoverAction::leakage:
      return report_leakage(question);
    case DiscoverAction::fresh:
      return report_new(question);
    case DiscoverAction::inactive:
      return report_inactive(question);
    case DiscoverAction::hosts:
    case DiscoverAction::queries:
      break;
  }
  return report_hosts(question);
}

// What the answer does not know, for whoever reads it.
void tell_gaps(const Report& report) {
  if (report.extent.uncounted > 0) {
    complain(fmt::format("{} kept events are not counted yet; the gateway does that while it runs",
                         report.extent.uncounted));
  }
  if (report.beyond_limits > 0) {
    complain(fmt::format("{} transactions are beyond the limits of their day, and shown as (other)",
                         report.beyond_limits));
  }
}

int show_queries(const DiscoverOptions& options) {
  Listing listing({"query", "what"});
  for (const auto& query : discovery::suggested_queries()) {
    listing.add({Listing::text(query.name), Listing::text(query.what)});
  }
  say(listing.render(options.format));
  return kOk;
}

}  // namespace

int discover(const DiscoverOptions& options) {
  if (options.action == DiscoverAction::queries) return show_queries(options);
  if (options.action == DiscoverAction::non_compliant && options.lacks.empty()) {
    return wrong("say with --lacks what apps are to have, such as --lacks iso_27001");
  }
  Asked asked;
  if (const int code = read_question(options, asked); code != kOk) return code;
  const bool one = options.action == DiscoverAction::alternatives && !options.name.empty();
  if (one && asked.book->find_any(options.name) == nullptr) {
    const std::string hint = asked.book->hint(options.name);
    complain("no app '" + printable(options.name) + "' in the catalog" +
             (hint.empty() ? ": see sallyport apps list" : "; " + hint));
    return kNo;
  }
  const Result<Report> report = answer(options, asked);
  if (!report) {
    complain(describe(report.error()));
    return kMachine;
  }
  tell_gaps(*report);
  const bool page = !report->facts.empty();
  say(page ? render_page(*report, options.format) : render_list(*report, options.format));
  const bool empty = std::ranges::all_of(
      report->tables, [](const discovery::ReportTable& table) { return table.rows.empty(); });
  return empty ? kNo : kOk;
}

}  // namespace sallyport::cli
