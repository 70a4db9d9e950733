#include "proxy/app/address_routes.h"

#include <fmt/format.h>

#include "base/core/text.h"
#include "base/json/writer.h"
#include "discovery/users/address_feed.h"
#include "discovery/users/user_name.h"

namespace sallyport::app {

namespace {

using admin::Call;

constexpr std::size_t kUsualShown = 1'000;

enum class Manner : unsigned char { add, replace };

Task<http::Reply> take_feed(AddressKeeper& keeper, const Call& call, Manner manner) {
  auto entries = discovery::parse_address_feed(call.body, keeper.now());
  if (!entries) {
    co_return admin::problem(400, "Not a feed of addresses",
                             fmt::format("{}", fmt::join(entries.error(), "; ")));
  }
  const auto change = manner == Manner::add ? keeper.put(std::move(*entries))
                                            : keeper.replace_all(std::move(*entries));
  if (!change) {
    co_return admin::problem(
        409, "The map of addresses is full",
        fmt::format("it holds {} entries at most, and nothing of this was taken",
                    discovery::AddressBook::kMost));
  }
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  json.member("added", change->added);
  json.member("replaced", change->replaced);
  json.member("dropped", change->dropped);
  json.member("total", keeper.map()->size());
  json.end_object();
  co_return admin::json_answer(std::move(text));
}

Task<http::Reply> show(AddressKeeper& keeper, const Call& call) {
  std::size_t limit = kUsualShown;
  if (const std::string& asked = call.asked("limit"); !asked.empty()) {
    const auto number = parse_decimal(asked);
    if (!number || *number == 0 || *number > discovery::AddressBook::kMost) {
      co_return admin::problem(400, "Bad limit",
                               fmt::format("limit is from 1 to {}", discovery::AddressBook::kMost));
    }
    limit = static_cast<std::size_t>(*number);
  }
  const std::string user = lower(call.asked("user"));
  const std::vector<discovery::AddressEntry> all = keeper.shown();
  std::vector<const discovery::AddressEntry*> entries;
  for (const discovery::AddressEntry& one : all) entries.push_back(&one);
  if (!user.empty()) {
    std::erase_if(entries, [&user](const auto* entry) { return entry->user != user; });
  }
  const std::size_t total = entries.size();
  if (entries.size() > limit) entries.resize(limit);
  std::string text = fmt::format("{{\"total\": {}, ", total);
  text += discovery::render_address_feed(entries).substr(1);
  text.pop_back();  // json_answer() ends the line.
  co_return admin::json_answer(std::move(text));
}

Task<http::Reply> remove(AddressKeeper& keeper, const Call& call) {
  const auto prefix = IpPrefix::parse(call.names.front());
  if (!prefix || prefix->has_host_bits()) {
    co_return admin::problem(400, "Not an address",
                             "write 192.0.2.7, or a prefix with its slash as %2F");
  }
  if (!keeper.remove(*prefix)) {
    co_return admin::problem(404, "Nobody is there",
                             fmt::format("the map has no entry for {}", prefix->to_string()));
  }
  co_return admin::json_answer(fmt::format("{{\"total\": {}}}", keeper.map()->size()));
}

}  // namespace

void add_address_routes(admin::Api& api, AddressKeeper& keeper) {
  using Takes = admin::Api::Takes;
  constexpr std::string_view kAll = "/api/v1/addresses";
  api.on(
      "POST", kAll, [&keeper](const Call& call) { return take_feed(keeper, call, Manner::add); },
      Takes::body);
  api.on(
      "PUT", kAll, [&keeper](const Call& call) { return take_feed(keeper, call, Manner::replace); },
      Takes::body);
  api.on("GET", "/api/v1/addresses?user&limit",
         [&keeper](const Call& call) { return show(keeper, call); });
  api.on("DELETE", "/api/v1/addresses/{}",
         [&keeper](const Call& call) { return remove(keeper, call); });
}

}  // namespace sallyport::app
