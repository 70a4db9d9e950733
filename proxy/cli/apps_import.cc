#include "proxy/cli/apps_import.h"

#include <algorithm>
#include <fmt/format.h>

#include "base/core/text.h"
#include "base/csv/reader.h"
#include "discovery/usage/app_book.h"
#include "proxy/app/hand_tags.h"
#include "proxy/app/state_directory.h"
#include "proxy/cli/discover_book.h"
#include "proxy/cli/flat_json.h"
#include "proxy/cli/kept_state.h"
#include "proxy/cli/listing.h"

namespace sallyport::cli {

namespace {

using discovery::AppTagChange;
using discovery::TagEdit;

constexpr std::size_t kMostBytes = 8 << 20;
constexpr std::size_t kMostTag = 64;  // bytes

struct Wish {
  AppTagChange change;
  std::string note;
  bool new_now = true;  // the app is not so already
  std::string outcome;  // "" is not tried
};

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= kMostTag && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// What one row asks for; a sentence where it cannot be.
std::expected<Wish, std::string> wish_of(const discovery::AppBook& book, const std::string& app,
                                         std::string_view tag, const std::string& note) {
  const discovery::BookedApp* found = book.find_any(app);
  if (found == nullptr) {
    const std::string hint = book.hint(app);
    return std::unexpected("no app '" + printable(app) + "' in the catalog" +
                           (hint.empty() ? "" : "; " + hint));
  }
  const bool away = tag.starts_with('-');
  if (away) tag.remove_prefix(1);
  if (!is_tag(tag)) {
    return std::unexpected("'" + printable(tag) + "' is no tag: letters, digits and _");
  }
  Wish wish;
  wish.change = {found->facts.id, std::string(tag), away ? TagEdit::remove : TagEdit::add};
  wish.note = note;
  wish.new_now = found->has_tag(tag) == away;
  return wish;
}

void read_csv(const SourcePtr& source, const discovery::AppBook& book, std::vector<Wish>& wishes,
              Diagnostics& found) {
  csv::Reader reader(source, found);
  csv::Record record;
  if (!reader.next(record)) {
    if (!found.has_errors()) found.error({source, 1, 1}, "there is nothing in it");
    return;
  }
  std::optional<std::size_t> app, tag, note;
  for (std::size_t i = 0; i < record.fields.size(); ++i) {
    const std::string name = lower(record.fields[i].text);
    auto* column = name == "app" ? &app : name == "tag" ? &tag : name == "note" ? &note : nullptr;
    if (column == nullptr) {
      found.error(record.fields[i].place,
                  "no column is called that; " +
                      did_you_mean(name, std::vector<std::string_view>{"app", "tag", "note"}));
    } else {
      *column = i;
    }
  }
  if (!app || !tag) found.error(record.place, "the first line names the columns app and tag");
  if (found.has_errors()) return;
  while (reader.next(record)) {
    auto wish = wish_of(book, record.fields[*app].text, record.fields[*tag].text,
                        note ? record.fields[*note].text : "");
    if (wish) {
      wishes.push_back(std::move(*wish));
    } else {
      const bool of_tag = wish.error().find("is no tag") != std::string::npos;
      found.error(record.fields[of_tag ? *tag : *app].place, wish.error());
    }
  }
}

void read_json(const SourcePtr& source, const discovery::AppBook& book, std::vector<Wish>& wishes,
               Diagnostics& found) {
  const FlatJson json(source->text);
  if (!json.fine() || !trim(source->text).starts_with('[')) {
    found.error({source, 1, 1}, "it is no list of objects in JSON");
    return;
  }
  for (std::size_t i = 0;; ++i) {
    const std::string at = std::to_string(i) + ".";
    if (!json.has(at + "app") && !json.has(at + "tag")) break;
    auto wish = wish_of(book, json[at + "app"], json[at + "tag"], json[at + "note"]);
    if (wish) {
      wishes.push_back(std::move(*wish));
    } else {
      found.error({source, 1, 1}, fmt::format("object {}: {}", i + 1, wish.error()));
    }
  }
  if (wishes.empty() && !found.has_errors()) {
    found.error({source, 1, 1}, "there is no object with app and tag in it");
  }
}

std::string path_of(const AppTagChange& change, const std::string& by) {
  return "/api/v1/apps/" + url_encoded(change.app) + "/tags/" + url_encoded(change.tag) +
         "?by=" + url_encoded(by);
}

// Nothing where no gateway runs.
std::optional<int> change_there(const std::string& state, const std::string& by,
                                std::vector<Wish>& wishes) {
  int code = kOk;
  for (Wish& wish : wishes) {
    if (!wish.new_now) continue;
    const char* method = wish.change.edit == TagEdit::add ? "PUT" : "DELETE";
    const Result<GatewayReply> reply = ask_gateway(state, method, path_of(wish.change, by));
    if (!reply && reply.error().kind == ErrorKind::not_found) return std::nullopt;
    if (!reply) {
      wish.outcome = describe(reply.error());
      code = kMachine;
    } else if (reply->status != 200) {
      wish.outcome = detail_of(*reply);
      code = std::max(code, reply->status == 503 ? kMachine : kNo);
    } else {
      wish.outcome = "in force";
    }
  }
  return code;
}

int change_here(const std::string& state, const std::string& by, const discovery::Catalog& catalog,
                std::vector<Wish>& wishes) {
  StateToChange taken;
  if (!take_state(state, taken)) return kMachine;
  app::HandTags hand(*taken.store);
  const Time now = system_clock().now();
  if (const Result<void> loaded = hand.load(catalog, now); !loaded) {
    complain(describe(loaded.error()));
    return kMachine;
  }
  int code = kOk;
  for (Wish& wish : wishes) {
    if (!wish.new_now) continue;
    const auto refusal = hand.change(catalog, wish.change, by, now);
    wish.outcome = refusal ? refusal->detail : "kept";
    if (refusal) code = std::max(code, refusal->status == 503 ? kMachine : kNo);
  }
  return code;
}

std::string shown(const std::vector<Wish>& wishes, const std::string& format) {
  Listing listing({"change", "app", "tag", "note", "outcome"});
  for (const Wish& wish : wishes) {
    listing.add({Listing::text(!wish.new_now                      ? "="
                               : wish.change.edit == TagEdit::add ? "+"
                                                                  : "-"),
                 Listing::text(wish.change.app), Listing::text(wish.change.tag),
                 Listing::text(wish.note),
                 Listing::text(wish.new_now ? wish.outcome : "is so already")});
  }
  return listing.render(format);
}

}  // namespace

int import_app_tags(const AppsImportOptions& options) {
  std::string state;
  AskedBook asked;
  if (const int code = open_book(options.common, state, asked); code != kOk) return code;
  const Result<std::string> text = app::read_file(options.file, kMostBytes);
  if (!text) {
    complain(describe(text.error()));
    return kMachine;
  }
  const auto source = std::make_shared<const Source>(Source{options.file, *text});
  std::vector<Wish> wishes;
  Diagnostics found;
  const std::string_view first = trim(*text);
  if (first.starts_with('[') || first.starts_with('{')) {
    read_json(source, *asked.book, wishes, found);
  } else {
    read_csv(source, *asked.book, wishes, found);
  }
  if (found.has_errors()) {
    complain("nothing is changed:\n" + render(found));
    return kWrongInput;
  }
  int code = kOk;
  const std::string by = who_does(options.by);
  if (!options.dry_run) {
    const auto there = change_there(state, by, wishes);
    code = there ? *there : change_here(state, by, *asked.snapshot->catalog, wishes);
  }
  say(shown(wishes, options.format));
  const bool any = std::ranges::any_of(wishes, &Wish::new_now);
  return code != kOk ? code : any ? kOk : kNo;
}

}  // namespace sallyport::cli
