#include "proxy/app/names.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <sys/stat.h>

#include "base/core/text.h"
#include "base/crypto/random.h"
#include "base/crypto/sha256.h"
#include "discovery/users/user_name.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {

using discovery::NameCipher;

namespace {

constexpr std::size_t kLeastInText = 3;  // bytes of a name that is looked for in texts

// Of hex digits; "" where it is no key.
std::string parse_key(std::string_view text) {
  text = trim(text.substr(0, text.find('\n')));
  if (text.size() != 2 * NameCipher::kKeySize) return {};
  std::string key;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    if (!is_hex(text[i]) || !is_hex(text[i + 1])) return {};
    key += static_cast<char>(hex_value(text[i]) * 16 + hex_value(text[i + 1]));
  }
  return key;
}

bool is_part_of_word(char c) { return is_alpha(c) || is_digit(c); }

// Every place of `what`, in any case and as a whole word, becomes `by`.
void replace_words(std::string& text, std::string_view what, std::string_view by) {
  if (what.size() < kLeastInText || text.size() < what.size()) return;
  for (std::size_t at = 0; at + what.size() <= text.size();) {
    const bool here = iequals(std::string_view(text).substr(at, what.size()), what) &&
                      (at == 0 || !is_part_of_word(text[at - 1])) &&
                      (at + what.size() == text.size() || !is_part_of_word(text[at + what.size()]));
    if (!here) {
      ++at;
      continue;
    }
    text.replace(at, what.size(), by);
    at += by.size();
  }
}

// What is a name without its domain; "" where it has none.
std::string_view own_part(std::string_view name) {
  if (const std::size_t slash = name.find('\\'); slash != name.npos) return name.substr(slash + 1);
  const std::size_t at = name.rfind('@');
  return at == name.npos ? std::string_view() : name.substr(0, at);
}

// As addresses of sites write a name: "ana_corp_example".
std::string with_underscores(std::string text) {
  for (char& c : text) {
    if (c == '@' || c == '.' || c == '\\') c = '_';
  }
  return text;
}

}  // namespace

Result<NameCipherPtr> open_names(const std::string& state) {
  const std::string file = names_key_file(state);
  struct stat about{};
  if (::stat(file.c_str(), &about) != 0 && errno == ENOENT) return nullptr;
  if ((about.st_mode & 077) != 0) {
    return fail(ErrorKind::permission, Side::ours,
                file + " is the key of names and may be read by others: chmod 600");
  }
  Result<std::string> text = read_file(file, 1024);
  if (!text) return pass_on(std::move(text));
  const std::string key = parse_key(*text);
  if (key.empty()) {
    return fail(ErrorKind::invalid, Side::ours,
                file +
                    " is no key of names; put the one of a backup there, or move it away: then "
                    "nobody can read the names that are kept any more");
  }
  return std::make_shared<const NameCipher>(key);
}

Result<NameCipherPtr> make_names(const std::string& state) {
  Result<NameCipherPtr> there = open_names(state);
  if (!there || *there != nullptr) return there;
  std::array<std::uint8_t, NameCipher::kKeySize> random;
  random_bytes(random);
  if (Result<void> made = make_directory(state, 0750); !made) return pass_on(std::move(made));
  Result<void> written =
      write_file(names_key_file(state), to_hex(random.data(), random.size()) + "\n", 0600);
  if (!written) return pass_on(std::move(written));
  return open_names(state);
}

Result<NameCipherPtr> names_of(const Config& config) {
  if (!config.anonymize_users) return nullptr;
  return open_names(config.state_directory);
}

// A name that an exchange tells, and what stands for it.
struct NameHider::Named {
  std::string name, hidden;
};

const std::string& NameHider::hidden(const std::string& name) {
  if (const auto known = known_.find(name); known != known_.end()) return known->second;
  if (known_.size() >= kMostKnown) known_.clear();
  return known_.emplace(name, cipher_->hide(name)).first->second;
}

void NameHider::hide_in(std::string& text, const std::vector<Named>& names) const {
  if (text.empty()) return;
  if (auto without = hide_mail_addresses(*cipher_, text)) text = std::move(*without);
  for (const Named& one : names) {
    replace_words(text, one.name, one.hidden);
    if (one.name.find('@') == one.name.npos) continue;
    replace_words(text, with_underscores(one.name), with_underscores(one.hidden));
  }
}

void NameHider::hide(policy::Details& details) {
  if (!details.account.empty()) details.account = hidden(details.account);
  for (auto* list : {&details.target_emails, &details.target_users}) {
    for (std::string& one : *list) one = hidden(one);
    std::ranges::sort(*list);
  }
}

void NameHider::hide(policy::Details& details, std::optional<policy::FileFacts>& file,
                     const std::vector<Named>& names) const {
  for (std::string* text : {&details.object_id, &details.object_name, &details.object_parent,
                            &details.conversation, &details.instance, &details.transfer_session}) {
    hide_in(*text, names);
  }
  for (std::string& one : details.target_groups) hide_in(one, names);
  if (file) hide_in(file->name, names);
}

void NameHider::enrich(discovery::Event& event) {
  policy::Activity& activity = event.activity;
  std::vector<Named> names;
  const auto take = [&](std::string& name) {
    std::string plain = std::move(name);
    name = hidden(plain);
    names.push_back({std::move(plain), name});
  };
  if (activity.user) take(*activity.user);
  for (std::string& name : activity.user_names) take(name);
  std::ranges::sort(activity.user_names);
  const auto note = [&](const Boxed<policy::Details>& details) {
    if (!details) return;
    if (!details->account.empty()) names.push_back({details->account, hidden(details->account)});
    for (const auto* list : {&details->target_emails, &details->target_users}) {
      for (const std::string& one : *list) names.push_back({one, hidden(one)});
    }
  };
  note(activity.details);
  for (const discovery::ActivityRecord& one : event.activities) note(one.details);
  // The longest first: "ana" stands in "ana@corp.example".
  std::ranges::stable_sort(
      names, [](const auto& a, const auto& b) { return a.name.size() > b.name.size(); });
  // What is a name without its domain. Behind all whole ones.
  for (std::size_t i = 0, whole = names.size(); i < whole; ++i) {
    const std::string own(own_part(names[i].name));
    if (own.size() >= kLeastInText) names.push_back({own, hidden(own)});
  }
  if (activity.details) {
    hide(*activity.details);
    hide(*activity.details, activity.file, names);
  } else if (activity.file) {
    hide_in(activity.file->name, names);
  }
  for (discovery::ActivityRecord& one : event.activities) {
    if (one.details) {
      hide(*one.details);
      hide(*one.details, one.file, names);
    } else if (one.file) {
      hide_in(one.file->name, names);
    }
  }
  if (activity.path) hide_in(*activity.path, names);
  if (activity.query) hide_in(*activity.query, names);
  hide_in(event.query, names);
  hide_in(event.error, names);
  if (next_ != nullptr) next_->enrich(event);
}

std::string hide_in_question(const NameCipher& cipher, std::string_view text) {
  std::string out;
  bool about_persons = false;  // what comes next
  for (std::size_t at = 0; at < text.size();) {
    const auto is_of_word = [](char c) {
      return !std::string_view(" \t\r\n,:=[]{}()'\"").contains(c);
    };
    if (!is_of_word(text[at])) {
      // A list of names ends with its bracket, a key with what follows it.
      if (text[at] == ']' || text[at] == '}') about_persons = false;
      out += text[at++];
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_of_word(text[end])) ++end;
    const std::string_view word = text.substr(at, end - at);
    std::size_t next = end;
    while (next < text.size() && text[next] == ' ') ++next;
    const bool is_key = word.starts_with("--") || (next < text.size() && text[next] == ':') ||
                        (end < text.size() && text[end] == '=');
    if (is_key) {
      about_persons = word == "user" || word == "account" || word == "target.user" ||
                      word == "target.email" || word == "--user";
      out += word;
    } else if (about_persons && word != "is" && word != "set" && word != "not" &&
               word.find_first_of("*?~") == word.npos) {
      out += cipher.asked(word);
    } else if (auto hidden = hide_mail_addresses(cipher, word);
               hidden && !discovery::is_pseudonym(word)) {
      out += *hidden;
    } else {
      out += word;
    }
    at = end;
  }
  return out;
}

std::optional<http::Reply> ask_by_pseudonyms(admin::Call& call, std::string_view pattern,
                                             const NameCipher& cipher,
                                             const discovery::Users& hidden) {
  bool by_name = false;
  const auto take = [&](std::string& asked) {
    const auto name = discovery::normal_user_name(asked);
    if (!name) return;
    by_name = by_name || cipher.asked(*name) != *name;
    asked = hidden.canonical(*name);
  };
  for (const std::string_view key : {"user", "owner"}) {
    const auto asked = call.query.find(std::string(key));
    if (asked == call.query.end() || asked->second == "''") continue;
    if (asked->second.find('*') == std::string::npos) take(asked->second);
  }
  const bool in_path = (pattern.starts_with("/api/v1/users/{}") && !pattern.ends_with("/reveal")) ||
                       pattern.starts_with("/api/v1/suspensions/{}") ||
                       pattern.starts_with("/api/v1/factors/{}");
  if (in_path && !call.names.empty()) take(call.names.front());
  if (const auto filter = call.query.find("filter"); filter != call.query.end()) {
    std::string without = hide_in_question(cipher, filter->second);
    by_name = by_name || without != filter->second;
    filter->second = std::move(without);
  }
  if (!by_name || call.caller.role == admin::Role::operator_) return std::nullopt;
  return admin::problem(403, "Not yours to ask",
                        "names of persons are hidden (recording.anonymize_users), and only an "
                        "operator may ask by one: ask by the pseudonym");
}

void hide_name_in(std::string& text, std::string_view name, std::string_view hidden) {
  replace_words(text, name, hidden);
  if (const std::string_view own = own_part(name); !own.empty()) replace_words(text, own, hidden);
}

discovery::UsageExclusions hidden(const NameCipher& cipher, discovery::UsageExclusions exclusions) {
  for (std::string& user : exclusions.users) user = cipher.asked(user);
  return exclusions;
}

}  // namespace sallyport::app
