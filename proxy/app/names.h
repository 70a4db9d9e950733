#pragma once
// Names of persons under pseudonyms in everything that is kept and told
// (`recording.anonymize_users`, discovery/users/name_cipher.h).
//
// Workers know people by their names: they judge by them. Where an event leaves its worker, the
// scribe hides what names persons in it (NameHider), before anything else looks at it; so whatever
// comes behind (store, counts, logs, detections, alerts, deliveries, reports) has pseudonyms and
// knows of no names. What workers tell the desk is hidden on its way (portal_desk.h), what the desk
// tells workers is revealed (gateway.cc). What operators ask by a name is hidden as it comes in
// (asked_by_names(), and `names` of policy sources).
//
// The key is a file of the state directory, DIR/names.key (0600). Without it nobody can read the
// names, and new pseudonyms are others.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "discovery/events/sink.h"
#include "discovery/store/usage_exclusions.h"
#include "discovery/users/name_cipher.h"
#include "discovery/users/user_directory.h"
#include "proxy/admin/api.h"
#include "proxy/app/config.h"

namespace sallyport::app {

using NameCipherPtr = std::shared_ptr<const discovery::NameCipher>;

// The key that is there; null where there is none. ErrorKind::permission where others may read it.
Result<NameCipherPtr> open_names(const std::string& state);
// Likewise; makes one where there is none.
Result<NameCipherPtr> make_names(const std::string& state);
// By whom names are hidden: null where the configuration does not ask for it, or where no gateway
// ran since it does.
Result<NameCipherPtr> names_of(const Config& config);

// For policy sources; empty where `cipher` is null.
inline std::function<std::string(std::string_view)> also_named(const NameCipherPtr& cipher) {
  if (cipher == nullptr) return nullptr;
  return [cipher](std::string_view name) {
    auto revealed = cipher->reveal(name);  // A policy may name a pseudonym, too.
    return revealed ? std::move(*revealed) : cipher->hide(name);
  };
}

// Thread rule: one thread, the scribe's.
class NameHider final : public discovery::Enricher {
 public:
  static constexpr std::size_t kMostKnown = 64 * 1024;  // pseudonyms that are remembered

  // `next` (may be null) sees what is left; it outlives the hider.
  NameHider(NameCipherPtr cipher, discovery::Enricher* next)
      : cipher_(std::move(cipher)), next_(next) {}

  // The user, under all names; accounts inside apps, and whom things are opened to. What of these
  // names, and which mail addresses, stand in the path, the query, names of objects and files and
  // in what went wrong.
  void enrich(discovery::Event& event) override;

 private:
  struct Named;
  const std::string& hidden(const std::string& name);
  void hide_in(std::string& text, const std::vector<Named>& names) const;
  void hide(policy::Details& details);
  void hide(policy::Details& details, std::optional<policy::FileFacts>& file,
            const std::vector<Named>& names) const;

  NameCipherPtr cipher_;
  discovery::Enricher* next_;
  std::unordered_map<std::string, std::string> known_;
};

// Makes of a call by names one by pseudonyms: `user`, `filter` and the person in the path, before
// it is answered or recorded. The refusal where the caller may not ask by names: only operators
// may, because who asks by a name learns whose the answer is.
std::optional<http::Reply> ask_by_pseudonyms(admin::Call& call, std::string_view pattern,
                                             const discovery::NameCipher& cipher,
                                             const discovery::Users& hidden);

// Mail addresses, and what stands behind `user:`, `account:`, `target.user:` or `--user`, hidden.
std::string hide_in_question(const discovery::NameCipher& cipher, std::string_view text);

// Every place of `name` in the text, in any case and as a whole word, becomes `hidden`; and so does
// what stands before its '@' or behind its '\\'.
void hide_name_in(std::string& text, std::string_view name, std::string_view hidden);

discovery::UsageExclusions hidden(const discovery::NameCipher& cipher,
                                  discovery::UsageExclusions exclusions);

}  // namespace sallyport::app
