#include "proxy/app/names.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "discovery/events/encode.h"
#include "proxy/app/name_reveal.h"
#include "proxy/app/state_directory.h"

namespace sallyport::app {
namespace {

using discovery::Event;
using discovery::NameCipher;

NameCipherPtr a_cipher() {
  return std::make_shared<const NameCipher>(std::string(NameCipher::kKeySize, 'k'));
}

struct Seen final : discovery::Enricher {
  std::string user;
  void enrich(Event& event) override { user = event.activity.user.value_or(""); }
};

Event an_event() {
  Event event;
  event.activity.user = "quentin.marsh";
  event.activity.user_names = {"corp\\qmarsh", "quentin.marsh", "quentin.marsh@corp.example"};
  event.activity.user_domain = "corp.example";
  event.activity.groups = {"finance"};
  event.activity.path = "/personal/Quentin_Marsh_corp_example/marshmallow/quentin.marsh?x";
  event.activity.query = "to=sofia%40corp.example&n=1";
  event.query = "to=pat@partner.example";
  event.error = "quentin.marsh was refused";
  policy::Details details;
  details.account = "Quentin.Marsh@corp.example";
  details.account_domain = "corp.example";
  details.target_emails = {"pat@partner.example", "sofia@corp.example"};
  details.target_domains = {"corp.example", "partner.example"};
  details.target_users = {"sofia"};
  details.object_name = "review of sofia.docx";
  event.activity.details = details;
  event.activity.file.emplace().name = "qmarsh.pdf";
  discovery::ActivityRecord second;
  second.details = details;
  second.file.emplace().name = "for sofia@corp.example.pdf";
  event.activities = {discovery::ActivityRecord(), second};
  return event;
}

TEST(NameHider, LeavesNoNameInARecordAndTheDomains) {
  const NameCipherPtr cipher = a_cipher();
  Seen next;
  Event event = an_event();
  NameHider hider(cipher, &next);
  hider.enrich(event);
  std::string record;
  append_json(record, event);
  for (const std::string_view name : {"quentin", "qmarsh", "sofia", "pat@"}) {
    EXPECT_EQ(lower(record).find(name), record.npos) << record;
  }
  EXPECT_EQ(event.activity.user, cipher->hide("quentin.marsh"));
  EXPECT_EQ(next.user, cipher->hide("quentin.marsh"));
  EXPECT_EQ(event.activity.user_domain, "corp.example");
  EXPECT_EQ(event.activity.groups, std::vector<std::string>{"finance"});
  EXPECT_EQ(event.activity.details->account, cipher->hide("quentin.marsh@corp.example"));
  EXPECT_EQ(event.activity.details->target_domains,
            (std::vector<std::string>{"corp.example", "partner.example"}));
  EXPECT_TRUE(std::ranges::is_sorted(event.activity.details->target_emails));
  EXPECT_TRUE(std::ranges::is_sorted(event.activity.user_names));
  // A word that only holds a name is none.
  EXPECT_NE(event.activity.path->find("/marshmallow/"), std::string::npos);
}

TEST(NameHider, LeavesAnEventOfNobodyAsItIs) {
  Event event;
  event.activity.path = "/npm/jquery@3.6.0/dist";
  NameHider(a_cipher(), nullptr).enrich(event);
  EXPECT_FALSE(event.activity.user);
  EXPECT_EQ(event.activity.path, "/npm/jquery@3.6.0/dist");
}

TEST(NameHider, TakesAPseudonymThatSomebodySendsForAName) {
  const NameCipherPtr cipher = a_cipher();
  Event event;
  event.activity.details = policy::Details();
  event.activity.details->account = cipher->hide("sofia");
  NameHider(cipher, nullptr).enrich(event);
  EXPECT_NE(event.activity.details->account, cipher->hide("sofia"));
}

TEST(AskingByNames, IsMadeAskingByPseudonyms) {
  const NameCipherPtr cipher = a_cipher();
  const discovery::Users nobody;
  const auto hidden_users = nobody.hidden_by(cipher);
  const auto asked = [&](admin::Call& call, std::string_view pattern) {
    return ask_by_pseudonyms(call, pattern, *cipher, *hidden_users).has_value();
  };
  admin::Call call;
  call.names = {"Sofia"};
  call.query = {{"user", "sofia"}, {"filter", "user: sofia, app: box"}, {"app", "sofia"}};
  EXPECT_FALSE(asked(call, "/api/v1/users/{}/export"));
  EXPECT_EQ(call.names[0], cipher->hide("sofia"));
  EXPECT_EQ(call.query["user"], cipher->hide("sofia"));
  EXPECT_EQ(call.query["filter"], "user: " + cipher->hide("sofia") + ", app: box");
  EXPECT_EQ(call.query["app"], "sofia");

  admin::Call other;
  other.names = {"sofia"};
  EXPECT_FALSE(asked(other, "/api/v1/apps/{}"));
  EXPECT_EQ(other.names[0], "sofia");

  // Who may not know whose a name is may ask by pseudonyms alone.
  admin::Call analyst;
  analyst.caller.role = admin::Role::analyst;
  analyst.names = {cipher->hide("sofia")};
  analyst.query = {{"user", cipher->hide("sofia")}, {"filter", "user: " + cipher->hide("sofia")}};
  EXPECT_FALSE(asked(analyst, "/api/v1/users/{}"));
  EXPECT_EQ(analyst.query["user"], cipher->hide("sofia"));
  for (const auto& [name, value] : {std::pair("user", "sofia"), std::pair("owner", "sofia"),
                                    std::pair("filter", "account: sofia")}) {
    analyst.query = {{name, value}};
    EXPECT_TRUE(asked(analyst, "/api/v1/activities")) << name;
  }
  analyst.query.clear();
  analyst.names = {"sofia"};
  EXPECT_TRUE(asked(analyst, "/api/v1/users/{}"));
}

TEST(AskingByNames, HidesWhatAQuestionNames) {
  const NameCipherPtr cipher = a_cipher();
  const std::string sofia = cipher->hide("sofia");
  const std::string mail = cipher->hide("sofia@corp.example");
  const auto hidden = [&](std::string_view text) { return hide_in_question(*cipher, text); };
  EXPECT_EQ(hidden("--user sofia --limit 5"), "--user " + sofia + " --limit 5");
  EXPECT_EQ(hidden("{user: [sofia, ben], app: box}"),
            "{user: [" + sofia + ", " + cipher->hide("ben") + "], app: box}");
  EXPECT_EQ(hidden("host: x.test, path: /sofia@corp.example/"),
            "host: x.test, path: /" + mail + "/");
  EXPECT_EQ(hidden("user: is set, user.group: sofia"), "user: is set, user.group: sofia");
  EXPECT_EQ(hidden("user=sofia app=box"), "user=" + sofia + " app=box");
  EXPECT_EQ(hidden("user: " + sofia + ", account: " + mail),
            "user: " + sofia + ", account: " + mail);
  EXPECT_EQ(hidden(""), "");
}

TEST(AskingByNames, HidesANameInWhatAReceiverAnswers) {
  std::string text = "HTTP 200: suspended Sofia.Lind (sofia.lind@corp.example), not sofia.linden";
  hide_name_in(text, "sofia.lind@corp.example", "psn-x@corp.example");
  EXPECT_EQ(text,
            "HTTP 200: suspended psn-x@corp.example (psn-x@corp.example), not sofia.linden");
}

TEST(NamesKey, IsMadeOnceAndRefusedWhereOthersMayReadIt) {
  char name[] = "/tmp/sallyport-names-XXXXXX";
  const std::string state = std::string(::mkdtemp(name)) + "/state";
  EXPECT_EQ(*open_names(state), nullptr);
  const auto made = make_names(state);
  ASSERT_TRUE(made);
  const std::string hidden = (*made)->hide("ana");
  EXPECT_EQ((*make_names(state))->hide("ana"), hidden);
  EXPECT_EQ((*open_names(state))->reveal(hidden), "ana");
  struct stat about{};
  ASSERT_EQ(::stat(names_key_file(state).c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600U);
  ::chmod(names_key_file(state).c_str(), 0640);
  EXPECT_EQ(open_names(state).error().kind, ErrorKind::permission);
  ASSERT_TRUE(write_file(names_key_file(state), "no key\n", 0600));
  EXPECT_EQ(make_names(state).error().kind, ErrorKind::invalid);
  std::filesystem::remove_all(std::filesystem::path(state).parent_path());
}

}  // namespace
}  // namespace sallyport::app
