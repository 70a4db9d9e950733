#include "proxy/auth/authenticator.h"

#include "base/core/text.h"
#include "base/crypto/base64.h"
#include "base/crypto/secret.h"
#include "discovery/users/user_name.h"

namespace sallyport::auth {

namespace {

// A browser may send an old password that it saved for as long as it likes; one check each will do.
constexpr std::chrono::minutes kRememberWrong{10};

// The name under which the file has the person who calls himself `name`.
std::string line_of(const std::string& name, const discovery::Person* person,
                    const discovery::Htpasswd& passwords) {
  if (passwords.has(name) || person == nullptr) return name;
  if (passwords.has(person->name)) return person->name;
  for (const std::string& other : person->names) {
    if (passwords.has(other)) return other;
  }
  return name;
}

// Wipes a password however its owner leaves.
class Wiped {
 public:
  explicit Wiped(std::string& text) : text_(text) {}
  ~Wiped() { secure_wipe(text_.data(), text_.size()); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;

 private:
  std::string& text_;
};

}  // namespace

class Authenticator::Turn {
 public:
  Turn(Authenticator& owner, std::string key) : owner_(owner), key_(std::move(key)) {}
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  ~Turn() {
    if (mine_) end();
  }

  // True: it is ours. False: it was another's; look again whether a check is still due.
  Task<bool> take() {
    const auto [running, free] = owner_.checking_.try_emplace(key_);
    mine_ = free;
    if (free) co_return true;
    io::Signal wakes;
    running->second.push_back(&wakes);
    co_await wakes.wait();
    co_return false;
  }

 private:
  void end() {
    const auto running = owner_.checking_.find(key_);
    const std::vector<io::Signal*> waiting = std::move(running->second);
    owner_.checking_.erase(running);
    for (io::Signal* one : waiting) one->notify();
  }

  Authenticator& owner_;
  std::string key_;
  bool mine_ = false;
};

Authenticator::Authenticator(io::Worker& worker, io::WorkPool& pool,
                             const discovery::CredentialCache::Key& key,
                             std::shared_ptr<const discovery::Htpasswd> passwords,
                             SignInThrottle& throttle, const SignInLimits& limits)
    : worker_(worker),
      pool_(pool),
      passwords_(std::move(passwords)),
      throttle_(throttle),
      limits_(limits),
      cache_(key, {.wrong_for = kRememberWrong}) {}

Task<Proof> Authenticator::prove(std::string_view value, IpAddress client,
                                 const discovery::Users& users) {
  Proof proof;
  if (value.empty()) co_return proof;
  proof.state = Proof::State::wrong;
  std::optional<BasicCredentials> given = parse_basic(value);
  if (!given) co_return proof;
  const Wiped wiped_password(given->password);
  const Wiped wiped_name(given->user);
  const std::optional<std::string> name = discovery::normal_user_name(given->user);
  if (!name) co_return proof;
  // Held, because the file may be another one when the pool comes back.
  const std::shared_ptr<const discovery::Htpasswd> passwords = passwords_;
  const discovery::Person* person = users.find(*name);
  const std::string line = line_of(*name, person, *passwords);
  proof.user = person != nullptr ? person->name : *name;
  proof.listed = person != nullptr || passwords->has(line);

  // What was checked is believed of the address that it came from only, so that nobody can try
  // guesses from afar against what is remembered.
  const std::string block = client_block(client).to_string();
  const std::string version = passwords->version() + ' ' + block;
  Turn turn(*this, proof.user + ' ' + block);
  while (true) {
    const auto now = worker_.clock().steady();
    SignInThrottle::Answer answer = throttle_.shut(client, proof.user, limits_, now);
    if (answer.cause == SignInThrottle::Cause::none) {
      // As it was a moment ago; also while others are held up.
      if (const auto before = cache_.find(line, given->password, version, now)) {
        proof.state = *before ? Proof::State::accepted : Proof::State::wrong;
        if (!*before) worker_.metrics().add(Metric::auth_failures_total);
        co_return proof;
      }
      answer = throttle_.judge(client, proof.user, limits_, now);
      if (answer.cause != SignInThrottle::Cause::none) {
        throttle_.refused(client, proof.user, limits_, now);
      }
    }
    if (answer.cause != SignInThrottle::Cause::none) {
      proof.state = Proof::State::held_up;
      proof.cause = answer.cause;
      proof.wait = answer.wait;
      worker_.metrics().add(Metric::auth_held_up_total);
      co_return proof;
    }
    const bool ours = co_await turn.take();
    if (ours) break;
  }

  bool verified = false;
  auto work = [&passwords, &verified, &given, &line] {
    verified = passwords->verify(line, given->password);
  };
  const bool done = co_await pool_.run(worker_.executor(), std::move(work));
  if (!done) {
    proof.state = Proof::State::busy;
    co_return proof;
  }
  const auto now = worker_.clock().steady();
  const std::uint64_t checked = cache_.remember(line, given->password, version, verified, now);
  if (verified) {
    throttle_.succeeded(client, proof.user, now);
    proof.state = Proof::State::accepted;
  } else {
    throttle_.failed(client, proof.user, checked, limits_, now);
    worker_.metrics().add(Metric::auth_failures_total);
  }
  co_return proof;
}

std::string Authenticator::challenge(std::string_view realm) {
  std::string value = "Basic realm=\"";
  for (const char c : realm) {
    if (c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20) value += c;
  }
  return value + "\", charset=\"UTF-8\"";
}

std::optional<BasicCredentials> parse_basic(std::string_view value) {
  if (!istarts_with(value, "basic ")) return std::nullopt;
  std::optional<std::string> text = base64_decode(trim(value.substr(6)), 1024);
  if (!text) return std::nullopt;
  const Wiped wiped(*text);
  const std::size_t colon = text->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return BasicCredentials{text->substr(0, colon), text->substr(colon + 1)};
}

}  // namespace sallyport::auth
