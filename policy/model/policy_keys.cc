#include "policy/model/policy_keys.h"

#include <algorithm>
#include <array>

namespace sallyport::policy {
namespace {

constexpr std::array kDeciding = {Kind::access, Kind::session, Kind::tls};
constexpr std::array kPages = {Kind::access, Kind::session};
constexpr std::array kSession = {Kind::session};
constexpr std::array kActivity = {Kind::activity};
constexpr std::array kDiscovery = {Kind::app_discovery};
constexpr std::array kReporting = {Kind::activity, Kind::app_discovery};
constexpr std::array kDetection = {Kind::detection};

constexpr std::array kKeys = std::to_array<PolicyKey>({
    {"id",
     "Stays when the name changes: small letters, digits, '-'. Made of the name where it is left "
     "out.",
     {}},
    {"name", "Unique; people and events see it.", {}},
    {"kind", "What the policy is about; session where it is left out.", {}},
    {"extends", "template/ID: takes every key of the template, and says what differs.", {}},
    {"description", "What it is for.", {}},
    {"owner", "Who answers for it.", {}},
    {"references", "Where to read more.", {}},
    {"severity", "How much an operator cares; medium where it is left out.", {}},
    {"category", "What it guards against.", {}},
    {"mode", "rehearse judges and records, and changes nothing.", {}},
    {"starts", "A date: in force from that day on.", {}},
    {"expires", "A date: in force until that day begins.", {}},
    {"zone", "The time zone of dates and times in it: Europe/Vienna.", {}},
    {"when", "All of these must hold; without it the policy always holds.", {}},
    {"except", "Where one of these holds, the policy does not.", {}},
    {"then", "What is done.", kDeciding},
    {"say", "Shown to the person who was stopped or asked.", kDeciding},
    {"for",
     "How long an answer holds, where `then` asks: 30m, 8h, 7d. Left out: 8h, of a notice 7d.",
     kPages},
    {"per",
     "How wide an answer is: user (all that the policy matches), app (this app; where it is left "
     "out), address (this app, from this client address).",
     kPages},
    {"hold",
     "Of a block by what an upload's bytes show: all (where it is left out) holds it until all of "
     "it "
     "was seen; tail lets all but the last 64 KiB go on, so that nothing waits and the other side "
     "never has it whole.",
     kSession},
    {"redirect",
     "The page that a person who was stopped is sent to; of isolate, where the other browser is.",
     kPages},
    {"replacement",
     "Of a block: the text of the file that whoever downloads gets in place of what was blocked.",
     kSession},
    {"quarantine",
     "Of a block by what an upload's bytes show: true keeps a copy for the operators, enciphered "
     "to "
     "the certificate of `quarantine` in the configuration.",
     kSession},
    {"add_headers", "Fields of the request, in place of what the client sent.", kSession},
    {"remove_headers", "Fields that the request loses.", kSession},
    {"restrict_tenants",
     "Which tenants of apps may be used: told to the apps by header fields, on their hosts only.",
     kSession},
    {"restrict_youtube", "moderate or strict: Restricted Mode of YouTube.", kSession},
    {"safe_search", "strict: search engines leave out what is not for everybody.", kSession},
    {"throttle",
     "How fast a user's bodies pass, all of them together: 1 MB/s, or { upload: 256 KB/s, "
     "download: "
     "2 MB/s }. Of several that match, the slowest counts.",
     kSession},
    {"alerts_per_day",
     "An alert for each match, at most so many a day (UTC); none takes a template's alerts away.",
     {}},
    {"tag_app", "A tag that the app gets.", kReporting},
    {"repeat", "So many activities of one user within a window.", kActivity},
    {"per_day", "What an app must come to on one day (UTC), all of it.", kDiscovery},
    {"detect", "What a detection looks for in what it matches.", kDetection},
});

}  // namespace

std::span<const PolicyKey> policy_keys() { return kKeys; }

std::size_t key_order(std::string_view key) {
  return static_cast<std::size_t>(
      std::find_if(kKeys.begin(), kKeys.end(),
                   [key](const PolicyKey& one) { return one.name == key; }) -
      kKeys.begin());
}

}  // namespace sallyport::policy
