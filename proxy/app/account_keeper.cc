#include "proxy/app/account_keeper.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/core/log.h"
#include "base/core/text.h"
#include "base/core/utf8.h"
#include "base/crypto/base32.h"
#include "base/crypto/base64.h"
#include "base/crypto/random.h"
#include "base/crypto/secret.h"
#include "base/crypto/sha256.h"
#include "base/json/cursor.h"
#include "base/json/writer.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {

namespace {

using admin::Role;
using Refusal = AccountKeeper::Refusal;

constexpr std::string_view kAccount = "account";
constexpr std::string_view kToken = "api_token";
constexpr std::size_t kMostFile = 1 << 20;  // bytes
constexpr std::size_t kMostName = 64;
constexpr std::size_t kLeastPassword = 12;
constexpr std::size_t kMostPassword = 72;  // bcrypt looks at no more

std::int64_t count(Time time) { return static_cast<std::int64_t>(time.time_since_epoch().count()); }
Time time_of(std::int64_t count) { return Time(Time::duration(count)); }

std::string hex_hash(std::string_view text) {
  const Sha256Digest digest = sha256(text);
  return to_hex(digest.data(), digest.size());
}

Refusal unknown(std::string_view what, std::string_view name) {
  return {404, fmt::format("there is no {} '{}'", what, printable(name))};
}

struct ReadAccount {
  std::string name, role, secret;
  Account account;
  portal::Factor factor;
};

bool read_account(JsonCursor& cursor, ReadAccount& into) {
  std::int64_t made = 0, signed_in = 0, held = 0;
  std::uint64_t wrong = 0;
  const bool read = cursor.object([&](std::string_view key) {
    if (key == "name") return cursor.string(into.name);
    if (key == "role") return cursor.string(into.role);
    if (key == "hash") return cursor.string(into.account.hash);
    if (key == "must_change") return cursor.boolean(into.account.must_change);
    if (key == "made") return cursor.number(made);
    if (key == "signed_in") return cursor.number(signed_in);
    if (key == "totp") return cursor.string(into.secret);
    if (key == "totp_step") return cursor.number(into.factor.last_step);
    if (key == "totp_wrong") return cursor.number(wrong);
    if (key == "totp_held") return cursor.number(held);
    return cursor.skip();
  });
  into.account.made = time_of(made);
  into.account.signed_in = time_of(signed_in);
  into.factor.wrong = static_cast<std::uint32_t>(std::min<std::uint64_t>(wrong, UINT32_MAX));
  into.factor.held_until = time_of(held);
  return read;
}

}  // namespace

bool is_account_name(std::string_view name) {
  const auto small = [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c); };
  return !name.empty() && name.size() <= kMostName && small(name.front()) &&
         std::ranges::all_of(name, [&](char c) {
           return small(c) || c == '.' || c == '_' || c == '-' || c == '@';
         });
}

std::string wrong_with_password(std::string_view password, std::string_view name) {
  if (password.size() < kLeastPassword) return "a password has 12 characters at least";
  if (password.size() > kMostPassword) return "a password has 72 bytes at most";
  if (password.find('\0') != password.npos) return "a password has no NUL";
  if (password.find_first_not_of(password.front()) == password.npos) {
    return "a password is more than one character again and again";
  }
  if (lower(password).find(lower(name)) != password.npos) return "a password holds no name";
  return "";
}

std::string one_time_password() {
  std::array<std::uint8_t, 10> bytes;
  random_bytes(bytes);
  const std::string text = lower(
      base32_encode(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size())));
  std::string out;
  for (std::size_t i = 0; i < text.size() && text[i] != '='; ++i) {
    if (i > 0 && i % 4 == 0) out += '-';
    out += text[i];
  }
  return out;
}

std::string new_api_token() {
  std::array<std::uint8_t, 32> bytes;
  random_bytes(bytes);
  return "spt_" + to_hex(bytes.data(), bytes.size());
}

AccountKeeper::AccountKeeper(const std::string& state, discovery::StateStore& log)
    : file_(accounts_file(state)), log_(log) {}

Result<void> AccountKeeper::load() {
  const Result<std::string> text = read_file(file_, kMostFile);
  if (!text && text.error().kind == ErrorKind::not_found) return {};
  if (!text) return std::unexpected(text.error());
  struct stat status{};
  if (::stat(file_.c_str(), &status) != 0 || (status.st_mode & 077) != 0) {
    return fail(ErrorKind::permission, Side::ours,
                file_ +
                    " can be read by others, and it holds what passwords can be guessed from: "
                    "chmod 600");
  }
  if (parse(*text)) return {};
  return fail(ErrorKind::invalid, Side::ours,
              file_ + " is damaged; restore it, or delete it: the accounts in it are gone then");
}

bool AccountKeeper::parse(std::string_view text) {
  JsonCursor cursor(text);
  const auto account = [&] {
    ReadAccount read;
    if (!read_account(cursor, read)) return false;
    const auto role = admin::parse_role(read.role);
    if (!role || !is_account_name(read.name) || accounts_.size() >= kMost) return false;
    read.account.role = *role;
    if (!read.secret.empty()) {
      const auto secret = base64_decode(read.secret, 256);
      if (!secret || secret->empty()) return false;
      read.factor.secret = *secret;
      factors_.put(read.name, std::move(read.factor));
    }
    return accounts_.emplace(std::move(read.name), std::move(read.account)).second;
  };
  const auto token = [&] {
    std::string name, role;
    std::int64_t made = 0;
    ApiToken one;
    const bool read = cursor.object([&](std::string_view key) {
      if (key == "name") return cursor.string(name);
      if (key == "role") return cursor.string(role);
      if (key == "hash") return cursor.string(one.hash);
      if (key == "made") return cursor.number(made);
      return cursor.skip();
    });
    const auto known = admin::parse_role(role);
    if (!read || !known || !is_account_name(name) || tokens_.size() >= kMost) return false;
    one.role = *known;
    one.made = time_of(made);
    return tokens_.emplace(std::move(name), std::move(one)).second;
  };
  return cursor.object([&](std::string_view key) {
    if (key == "accounts") return cursor.array(account);
    if (key == "tokens") return cursor.array(token);
    return cursor.skip();
  }) && cursor.at_end();
}

std::string AccountKeeper::text() const {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  json.key("accounts");
  json.begin_array();
  for (const auto& [name, account] : accounts_) {
    json.begin_object();
    json.member("name", name);
    json.member("role", to_string(account.role));
    json.member("hash", account.hash);
    json.member("must_change", account.must_change);
    json.member("made", count(account.made));
    json.member("signed_in", count(account.signed_in));
    if (const portal::Factor* factor = factors_.find(name)) {
      json.member("totp", base64_encode(factor->secret));
      json.member("totp_step", factor->last_step);
      json.member("totp_wrong", std::uint64_t{factor->wrong});
      json.member("totp_held", count(factor->held_until));
    }
    json.end_object();
  }
  json.end_array();
  json.key("tokens");
  json.begin_array();
  for (const auto& [name, token] : tokens_) {
    json.begin_object();
    json.member("name", name);
    json.member("role", to_string(token.role));
    json.member("hash", token.hash);
    json.member("made", count(token.made));
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out + "\n";
}

Result<void> AccountKeeper::write() const { return write_file(file_, text(), 0600); }

template <class Undo>
std::optional<Refusal> AccountKeeper::keep(std::string_view kind, std::string_view key,
                                           std::string_view change, std::optional<Role> role,
                                           std::string_view who, Time now, Undo undo) {
  Result<void> kept = write();
  if (kept) {
    std::string value;
    JsonWriter json(value);
    json.begin_object();
    json.member("change", change);
    if (role) json.member("role", to_string(*role));
    json.end_object();
    const discovery::StateEntry entry{
        std::string(kind), std::string(key), std::move(value), std::string(who), now, std::nullopt};
    kept = log_.put({&entry, 1});
    if (kept) return std::nullopt;
  }
  undo();
  if (const Result<void> back = write(); !back) log::error(describe(back.error()));
  return Refusal{503, describe(kept.error())};
}

const Account* AccountKeeper::find(std::string_view name) const {
  const auto found = accounts_.find(name);
  return found == accounts_.end() ? nullptr : &found->second;
}

const std::pair<const std::string, ApiToken>* AccountKeeper::find_token(
    std::string_view token) const {
  const std::string hash = hex_hash(token);
  for (const auto& one : tokens_) {
    if (constant_time_equal(std::string_view(one.second.hash), hash)) return &one;
  }
  return nullptr;
}

bool AccountKeeper::is_last_operator(std::string_view name) const {
  const Account* account = find(name);
  if (account == nullptr || account->role != Role::operator_) return false;
  return std::ranges::count_if(
             accounts_, [](const auto& one) { return one.second.role == Role::operator_; }) == 1;
}

std::optional<Refusal> AccountKeeper::add(std::string_view name, Role role, std::string hash,
                                          std::string_view who, Time now) {
  if (!is_account_name(name)) {
    return Refusal{400,
                   "a name is 1 to 64 of a-z, 0-9, '.', '_', '-' and '@', and begins with a "
                   "letter or digit"};
  }
  if (accounts_.contains(name)) {
    return Refusal{409, fmt::format("there is an account '{}' already", name)};
  }
  if (accounts_.size() >= kMost) return Refusal{409, "there are 1,000 accounts, which is the most"};
  if (hash.empty()) return Refusal{503, "no hash of a password could be made"};
  accounts_.emplace(name, Account{role, std::move(hash), true, now, {}});
  return keep(kAccount, name, "added", role, who, now,
              [&] { accounts_.erase(accounts_.find(name)); });
}

std::optional<Refusal> AccountKeeper::remove(std::string_view name, std::string_view who,
                                             Time now) {
  const auto found = accounts_.find(name);
  if (found == accounts_.end()) return unknown("account", name);
  if (is_last_operator(name)) {
    return Refusal{409, "this is the last operator; add another first"};
  }
  const Account before = found->second;
  const portal::Factor* factor = factors_.find(name);
  const std::optional<portal::Factor> kept = factor ? std::optional(*factor) : std::nullopt;
  accounts_.erase(found);
  factors_.remove(name);
  return keep(kAccount, name, "removed", std::nullopt, who, now, [&] {
    accounts_.emplace(name, before);
    if (kept) factors_.put(std::string(name), *kept);
  });
}

std::optional<Refusal> AccountKeeper::set_role(std::string_view name, Role role,
                                               std::string_view who, Time now) {
  const auto found = accounts_.find(name);
  if (found == accounts_.end()) return unknown("account", name);
  if (role != Role::operator_ && is_last_operator(name)) {
    return Refusal{409, "this is the last operator; add another first"};
  }
  const Role before = std::exchange(found->second.role, role);
  return keep(kAccount, name, "role", role, who, now, [&] { found->second.role = before; });
}

std::optional<Refusal> AccountKeeper::set_password(std::string_view name, std::string hash,
                                                   bool must_change, std::string_view who,
                                                   Time now) {
  const auto found = accounts_.find(name);
  if (found == accounts_.end()) return unknown("account", name);
  if (hash.empty()) return Refusal{503, "no hash of a password could be made"};
  const Account before = found->second;
  found->second.hash = std::move(hash);
  found->second.must_change = must_change;
  return keep(kAccount, name, must_change ? "password reset" : "password", before.role, who, now,
              [&] { found->second = before; });
}

std::optional<Refusal> AccountKeeper::set_factor(std::string_view name, std::string secret,
                                                 std::string_view who, Time now) {
  const Account* account = find(name);
  if (account == nullptr) return unknown("account", name);
  const portal::Factor* factor = factors_.find(name);
  const std::optional<portal::Factor> before = factor ? std::optional(*factor) : std::nullopt;
  if (secret.empty() && !before) return Refusal{404, "there is no authenticator app to forget"};
  factors_.remove(name);
  const bool on = !secret.empty();
  if (on) {
    portal::Factor fresh;
    fresh.secret = std::move(secret);
    fresh.enrolled = now;
    factors_.put(std::string(name), std::move(fresh));
  }
  return keep(kAccount, name, on ? "authenticator app set" : "authenticator app forgotten",
              account->role, who, now, [&] {
                factors_.remove(name);
                if (before) factors_.put(std::string(name), *before);
              });
}

std::optional<Refusal> AccountKeeper::add_token(std::string_view name, Role role,
                                                std::string_view token, std::string_view who,
                                                Time now) {
  if (!is_account_name(name)) {
    return Refusal{400,
                   "a name is 1 to 64 of a-z, 0-9, '.', '_', '-' and '@', and begins with a "
                   "letter or digit"};
  }
  if (tokens_.contains(name)) {
    return Refusal{409, fmt::format("there is a token '{}' already", name)};
  }
  if (tokens_.size() >= kMost) return Refusal{409, "there are 1,000 tokens, which is the most"};
  tokens_.emplace(name, ApiToken{role, hex_hash(token), now});
  return keep(kToken, name, "added", role, who, now, [&] { tokens_.erase(tokens_.find(name)); });
}

std::optional<Refusal> AccountKeeper::remove_token(std::string_view name, std::string_view who,
                                                   Time now) {
  const auto found = tokens_.find(name);
  if (found == tokens_.end()) return unknown("token", name);
  const ApiToken before = found->second;
  tokens_.erase(found);
  return keep(kToken, name, "removed", std::nullopt, who, now,
              [&] { tokens_.emplace(name, before); });
}

Result<portal::CodeCheck> AccountKeeper::check_code(std::string_view name, std::string_view code,
                                                    Time now) {
  const portal::CodeCheck said = factors_.check(name, code, now);
  // A code that was used must be known as used after a crash, and a guess as a guess.
  Result<void> kept = write();
  if (!kept) return pass_on(std::move(kept));
  return said;
}

void AccountKeeper::signed_in(std::string_view name, Time now) {
  const auto found = accounts_.find(name);
  if (found == accounts_.end()) return;
  found->second.signed_in = now;
  if (const Result<void> kept = write(); !kept) log::warning(describe(kept.error()));
}

std::optional<Refusal> AccountKeeper::note_outside(std::string_view name, std::string_view what,
                                                   Role role, Time now) {
  std::string value;
  JsonWriter json(value);
  json.begin_object();
  json.member("change", what);
  json.member("role", to_string(role));
  json.end_object();
  const discovery::StateEntry entry{
      std::string(kAccount), std::string(name), std::move(value), std::string(name), now,
      std::nullopt};
  const Result<void> kept = log_.put({&entry, 1});
  if (kept) return std::nullopt;
  return Refusal{503, describe(kept.error())};
}

}  // namespace sallyport::app
