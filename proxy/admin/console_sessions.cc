#include "proxy/admin/console_sessions.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/core/text.h"
#include "base/crypto/random.h"

namespace sallyport::admin {

namespace {

std::string random_text() {
  std::array<std::uint8_t, 32> bytes;
  random_bytes(bytes);
  return to_hex(bytes.data(), bytes.size());
}

bool is_over(const ConsoleSessions::Session& session, ConsoleSessions::Moment now) {
  return now - session.used >= ConsoleSessions::kIdle ||
         now - session.begun >= ConsoleSessions::kLongest;
}

}  // namespace

void ConsoleSessions::make_room(std::string_view account, Moment now) {
  std::erase_if(sessions_, [now](const auto& one) { return is_over(one.second, now); });
  const auto oldest = [this](auto counts) {
    auto found = sessions_.end();
    for (auto one = sessions_.begin(); one != sessions_.end(); ++one) {
      if (!counts(one->second)) continue;
      if (found == sessions_.end() || one->second.used < found->second.used) found = one;
    }
    return found;
  };
  const auto of_account = [account](const Session& one) { return one.account == account; };
  const auto own =
      std::ranges::count_if(sessions_, [&](const auto& one) { return of_account(one.second); });
  if (static_cast<std::size_t>(own) >= kMostOfAccount) sessions_.erase(oldest(of_account));
  if (sessions_.size() >= kMost) sessions_.erase(oldest([](const Session&) { return true; }));
}

std::string ConsoleSessions::open(std::string_view account, Moment now,
                                  std::optional<Outside> outside) {
  make_room(account, now);
  std::string token = random_text();
  sessions_.emplace(sha256(std::string_view(token)),
                    Session{std::string(account), random_text(), now, now, std::move(outside)});
  return token;
}

const ConsoleSessions::Session* ConsoleSessions::find(std::string_view token, Moment now,
                                                      bool used) {
  const auto found = sessions_.find(sha256(token));
  if (found == sessions_.end()) return nullptr;
  if (is_over(found->second, now)) {
    sessions_.erase(found);
    return nullptr;
  }
  if (used) found->second.used = now;
  return &found->second;
}

void ConsoleSessions::end(std::string_view token) { sessions_.erase(sha256(token)); }

std::size_t ConsoleSessions::end_of(std::string_view account) {
  return std::erase_if(sessions_,
                       [account](const auto& one) { return one.second.account == account; });
}

std::vector<ConsoleSessions::Session> ConsoleSessions::list(Moment now) const {
  std::vector<Session> list;
  for (const auto& [digest, session] : sessions_) {
    if (!is_over(session, now)) list.push_back(session);
  }
  std::ranges::sort(list, [](const Session& a, const Session& b) {
    return std::tie(a.account, a.begun) < std::tie(b.account, b.begun);
  });
  return list;
}

}  // namespace sallyport::admin
