// accounts, accounts token: through the gateway where one runs, in the state directory else.

#include <fmt/format.h>

#include "base/core/text.h"
#include "base/json/cursor.h"
#include "discovery/users/bcrypt.h"
#include "proxy/app/account_routes.h"
#include "proxy/cli/commands.h"
#include "proxy/cli/kept_state.h"

namespace sallyport::cli {

namespace {

using app::AccountKeeper;

struct Here {
  StateToChange state;
  std::unique_ptr<AccountKeeper> accounts;
};

// Nothing is written where a command only lists. False after a message.
bool read_accounts(const std::string& state, std::unique_ptr<discovery::StateStore>& store,
                   std::unique_ptr<AccountKeeper>& accounts) {
  if (!open_for_reading(state, store)) return false;
  if (store == nullptr) return true;  // nothing yet
  accounts = std::make_unique<AccountKeeper>(state, *store);
  const Result<void> loaded = accounts->load();
  if (!loaded) complain(describe(loaded.error()));
  return loaded.has_value();
}

// False after a message.
bool take_accounts(const std::string& state, Here& here) {
  if (!take_state(state, here.state)) return false;
  here.accounts = std::make_unique<AccountKeeper>(state, *here.state.store);
  const Result<void> loaded = here.accounts->load();
  if (!loaded) complain(describe(loaded.error()));
  return loaded.has_value();
}

std::string text_of(std::string_view json, std::string_view member) {
  std::string text;
  JsonCursor cursor(json);
  cursor.object([&](std::string_view key) {
    return key == member && cursor.next() == JsonCursor::Kind::string ? cursor.string(text)
                                                                      : cursor.skip();
  });
  return text;
}

void say_password(const std::string& name, const std::string& password) {
  say(
      fmt::format("{} signs in with the password {}\nIt is shown this once, and changed at the "
                  "first sign-in.\n",
                  name, password));
}

void say_factor(const std::string& name, const std::string& uri) {
  say(
      fmt::format("{} signs in with a code from now on. Give this to the authenticator app, as a "
                  "QR code or by hand:\n{}\n",
                  name, uri));
}

void say_token(const std::string& name, const std::string& token) {
  say(fmt::format("The token '{}', shown this once:\n{}\n", name, token));
}

// What the gateway made of it; nothing where none runs. `told`: given what it answered.
template <class Told>
std::optional<int> by_gateway(const std::string& state, std::string_view method,
                              const std::string& path, const Told& told) {
  const Result<GatewayReply> reply = ask_gateway(state, method, path);
  if (!reply && reply.error().kind == ErrorKind::not_found) return std::nullopt;
  if (!reply) {
    complain(describe(reply.error()));
    return kMachine;
  }
  if (reply->status == 200) {
    told(reply->body);
    return kOk;
  }
  complain("not done: " + detail_of(*reply));
  return reply->status == 503 ? kMachine : kNo;
}

std::string by(const AccountsOptions& options) { return "by=" + url_encoded(who_does(options.by)); }

// `path`: below /api/v1/. `here`: the same without a gateway, which says what came of it.
template <class Told, class DoneHere>
int change(const AccountsOptions& options, std::string_view method, const std::string& path,
           const Told& told, const DoneHere& done_here) {
  std::string state;
  if (!config_of(options.common, state)) return kWrongInput;
  if (const auto code = by_gateway(state, method, "/api/v1/" + path, told)) return *code;
  Here here;
  if (!take_accounts(state, here)) return kMachine;
  const auto refusal = done_here(*here.accounts, who_does(options.by), system_clock().now());
  return refusal ? say_refused(*refusal) : kOk;
}

using Refused = std::optional<AccountKeeper::Refusal>;

int list(const AccountsOptions& options, bool tokens) {
  std::string state;
  if (!config_of(options.common, state)) return kWrongInput;
  std::unique_ptr<discovery::StateStore> store;
  std::unique_ptr<AccountKeeper> accounts;
  if (!read_accounts(state, store, accounts)) return kMachine;
  if (tokens) {
    Listing listing({"name", "role", "made"});
    for (const auto& [name, token] :
         accounts ? accounts->tokens() : std::map<std::string, app::ApiToken, std::less<>>{}) {
      listing.add(
          {Listing::text(name), Listing::text(to_string(token.role)), time_cell(token.made)});
    }
    say(listing.render(options.format));
    return kOk;
  }
  Listing listing({"name", "role", "made", "signed_in", "must_change", "totp"});
  for (const auto& [name, account] :
       accounts ? accounts->accounts() : std::map<std::string, app::Account, std::less<>>{}) {
    listing.add({Listing::text(name), Listing::text(to_string(account.role)),
                 time_cell(account.made), time_cell(account.signed_in),
                 Listing::text(account.must_change ? "true" : ""),
                 Listing::text(accounts->has_factor(name) ? "true" : "")});
  }
  say(listing.render(options.format));
  return kOk;
}

}  // namespace

int accounts_list(const AccountsOptions& options) { return list(options, false); }
int accounts_token_list(const AccountsOptions& options) { return list(options, true); }

int accounts_add(const AccountsOptions& options) {
  const std::string path = fmt::format("accounts?name={}&role={}&{}", url_encoded(options.name),
                                       options.role, by(options));
  return change(
      options, "POST", path,
      [&](const std::string& body) { say_password(options.name, text_of(body, "password")); },
      [&](AccountKeeper& accounts, const std::string& who, Time now) -> Refused {
        const std::string password = app::one_time_password();
        Refused refused =
            accounts.add(options.name, *admin::parse_role(options.role),
                         discovery::bcrypt_hash(password, app::kOneTimePasswordCost), who, now);
        if (!refused) say_password(options.name, password);
        return refused;
      });
}

int accounts_reset(const AccountsOptions& options) {
  const std::string path =
      fmt::format("accounts/{}/reset?{}", url_encoded(options.name), by(options));
  return change(
      options, "POST", path,
      [&](const std::string& body) { say_password(options.name, text_of(body, "password")); },
      [&](AccountKeeper& accounts, const std::string& who, Time now) -> Refused {
        const std::string password = app::one_time_password();
        Refused refused = accounts.set_password(
            options.name, discovery::bcrypt_hash(password, app::kOneTimePasswordCost), true, who,
            now);
        if (!refused) say_password(options.name, password);
        return refused;
      });
}

int accounts_remove(const AccountsOptions& options) {
  return change(
      options, "DELETE", fmt::format("accounts/{}?{}", url_encoded(options.name), by(options)),
      [](const std::string&) { say("removed\n"); },
      [&](AccountKeeper& accounts, const std::string& who, Time now) -> Refused {
        Refused refused = accounts.remove(options.name, who, now);
        if (!refused) say("removed\n");
        return refused;
      });
}

int accounts_role(const AccountsOptions& options) {
  const std::string path = fmt::format("accounts/{}/role?role={}&{}", url_encoded(options.name),
                                       options.role, by(options));
  const std::string done = options.name + " is " + options.role + " now\n";
  return change(
      options, "PUT", path, [&](const std::string&) { say(done); },
      [&](AccountKeeper& accounts, const std::string& who, Time now) -> Refused {
        Refused refused =
            accounts.set_role(options.name, *admin::parse_role(options.role), who, now);
        if (!refused) say(done);
        return refused;
      });
}

int accounts_totp(const AccountsOptions& options) {
  const std::string path =
      fmt::format("accounts/{}/totp?{}", url_encoded(options.name), by(options));
  const auto tell = [&](const std::string& uri) {
    if (options.off) {
      say("no code is asked for any more\n");
    } else {
      say_factor(options.name, uri);
    }
  };
  return change(
      options, options.off ? "DELETE" : "POST", path,
      [&](const std::string& body) { tell(text_of(body, "uri")); },
      [&](AccountKeeper& accounts, const std::string& who, Time now) -> Refused {
        const std::string secret = options.off ? std::string() : new_totp_secret();
        Refused refused = accounts.set_factor(options.name, secret, who, now);
        if (!refused) tell(app::factor_uri(options.name, secret));
        return refused;
      });
}

// Sessions are the running gateway's alone.
int accounts_end(const AccountsOptions& options) {
  return change(
      options, "DELETE",
      fmt::format("accounts/{}/sessions?{}", url_encoded(options.name), by(options)),
      [](const std::string&) { say("ended\n"); },
      [](AccountKeeper&, const std::string&, Time) -> Refused {
        return AccountKeeper::Refusal{404, "no gateway runs, so nobody is signed in"};
      });
}

int accounts_token_add(const AccountsOptions& options) {
  const std::string path = fmt::format("tokens?name={}&role={}&{}", url_encoded(options.name),
                                       options.role, by(options));
  return change(
      options, "POST", path,
      [&](const std::string& body) { say_token(options.name, text_of(body, "token")); },
      [&](AccountKeeper& accounts, const std::string& who, Time now) -> Refused {
        const std::string token = app::new_api_token();
        Refused refused =
            accounts.add_token(options.name, *admin::parse_role(options.role), token, who, now);
        if (!refused) say_token(options.name, token);
        return refused;
      });
}

int accounts_token_remove(const AccountsOptions& options) {
  return change(
      options, "DELETE", fmt::format("tokens/{}?{}", url_encoded(options.name), by(options)),
      [](const std::string&) { say("taken back\n"); },
      [&](AccountKeeper& accounts, const std::string& who, Time now) -> Refused {
        Refused refused = accounts.remove_token(options.name, who, now);
        if (!refused) say("taken back\n");
        return refused;
      });
}

}  // namespace sallyport::cli
