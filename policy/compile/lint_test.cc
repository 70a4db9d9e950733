// What is legal and hardly meant. The whole text is compared; where nothing is wrong, nothing may
// be said.

#include "policy/compile/lint.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "policy/compile/compile_input_for_tests.h"

namespace sallyport::policy {
namespace {

std::string warnings_of(std::string_view text) {
  const CompileInput input = CompileInputReader(text).read();
  Diagnostics warnings;
  const auto compiled = compile(input.sources, input.options, warnings);
  if (!compiled) return "refused:\n" + render(compiled.error());
  return render(warnings);
}

void expect_warned(std::string_view text, std::string_view expected) {
  EXPECT_EQ(warnings_of(text), expected);
}

void expect_silence(std::string_view text) { EXPECT_EQ(warnings_of(text), "") << text; }

// Two conditions in flow style: whether what matches the second is told to be decided by the first.
bool shadows(const std::string& earlier, const std::string& later) {
  const std::string text = "- name: earlier\n  when: {" + earlier + "}\n  then: block\n" +
                           "- name: later\n  when: {" + later + "}\n  then: monitor\n";
  const std::string told = warnings_of(text);
  EXPECT_EQ(told.find("refused"), told.npos) << told;
  return told.find("can never be reached") != told.npos;
}

// Whether a policy with these conditions is told to match nothing.
bool never_matches(const std::string& when) {
  const std::string told = warnings_of("- name: r\n  when: {" + when + "}\n  then: block\n");
  EXPECT_EQ(told.find("refused"), told.npos) << told;
  return told.find("can never match") != told.npos;
}

// ---- the order

TEST(Lint, TellsWhichPolicyLeavesNothingToALaterOne) {
  expect_warned(R"(
- name: no storage
  when: { app.category: [cloud_storage, file_transfer] }
  then: block
- name: ana may upload
  when:
    app.category: cloud_storage
    activity: upload
    user: ana
  then: allow
)",
                "1.yaml:5:9: warning: this policy can never be reached\n"
                "- name: ana may upload\n"
                "        ^~~~~~~~~~~~~~ 'no storage' at 1.yaml:2:9 decides first wherever this one "
                "would\n");
}

TEST(Lint, KnowsThatAPolicyBehindAQuestionIsReachedOnceItIsAnswered) {
  for (const char* then : {"coach", "justify", "step_up", "notice"}) {
    const std::string asks = fmt::format("- {{name: asks, when: {{app: box}}, then: {}}}\n", then);
    expect_silence(asks + "- {name: later, when: {app: box, activity: upload}, then: block}\n");
    expect_silence(fmt::format("- {{name: all, then: {}}}\n", then) +
                   "- {name: later, when: {app: box}, then: block}\n");
    const std::string told =
        warnings_of("- {name: first, when: {app: [box, mega]}, then: block}\n" + asks);
    EXPECT_NE(told.find("can never be reached"), told.npos) << told;
  }
}

TEST(Lint, TellsOfARestrictionOnHostsOfOthers) {
  const std::string told =
      warnings_of("- {name: r, when: {host: example.org}, restrict_youtube: strict}\n");
  EXPECT_NE(told.find("this policy can never match"), told.npos) << told;
  EXPECT_NE(told.find("that it is told on the app's hosts"), told.npos) << told;
  expect_silence("- {name: r, when: {host: www.youtube.com}, restrict_youtube: strict}\n");
}

TEST(Lint, SeesThatValuesAreAmongOthers) {
  EXPECT_TRUE(shadows("activity: [upload, share]", "activity: share"));
  EXPECT_TRUE(shadows("user: [Ana, ben]", "user: ANA"));
  EXPECT_TRUE(shadows("user: 'a*'", "user: [ana, 'an*']"));
  EXPECT_TRUE(shadows("user: is set", "user: 'a*'"));
  EXPECT_TRUE(shadows("user: [unknown, ben]", "user: unknown"));
  EXPECT_TRUE(shadows("app: dropbox", "app: dropbox, activity: upload"));
  EXPECT_TRUE(shadows("host: example.com", "host: [www.example.com, '*.example.com']"));
  EXPECT_TRUE(shadows("host: '*.example.com'", "host: =a.b.example.com"));
  EXPECT_TRUE(shadows("path: /admin", "path: [/admin/users, '/admin/*.php']"));
  EXPECT_TRUE(shadows("path: '/a*'", "path: /admin"));
  EXPECT_TRUE(shadows("port: '> 1000'", "port: [8080, 9000..9100]"));
  EXPECT_TRUE(shadows("port: ['< 500', '>= 500 ']", "port: 443"));
  EXPECT_TRUE(shadows("client.ip: 10.0.0.0/8", "client.ip: [10.1.0.0/16, 10.2.3.4]"));
  EXPECT_TRUE(shadows("time.of_day: 08:00..18:00", "time.of_day: 09:00..12:00"));
  EXPECT_TRUE(shadows("time.of_day: 20:00..08:00", "time.of_day: [22:00..02:00, 06:00..07:00]"));
  EXPECT_TRUE(shadows("time.weekday: mon..fri", "time.weekday: [tue, thu..fri]"));
  EXPECT_TRUE(shadows("time.date: 2026-01-01..2026-12-31", "time.date: 2026-11-26"));
  EXPECT_TRUE(shadows("path: '~ ^/api'", "path: '~ ^/api', activity: upload"));
  EXPECT_TRUE(shadows("user: '~ ^a'", "user: ana"));
  EXPECT_TRUE(shadows("user.group: [hr, staff]", "user.group: HR"));
}

TEST(Lint, SeesThroughGroups) {
  EXPECT_TRUE(shadows("any: [{user: ana}, {app: dropbox}]", "app: dropbox"));
  EXPECT_TRUE(shadows("user: [ana, ben]", "any: [{user: ana, port: 443}, {user: ben}]"));
  EXPECT_TRUE(shadows("all: [{user: ana}, {port: 443}]", "port: 443, user: ana"));
  EXPECT_TRUE(shadows("not: {app.tag: [sanctioned]}", "not: {app.tag: [sanctioned, own]}"));
  EXPECT_TRUE(shadows("not: {method: GET}", "method: POST"));
  EXPECT_TRUE(shadows("not: {user: ana, port: 443}", "not: {port: 443}"));
  EXPECT_TRUE(shadows("not: {any: [{user: ana}, {port: 80}]}",
                      "not: {any: [{user: [ana, ben]}, {port: '< 100'}]}"));
}

TEST(Lint, SaysNothingWhereTheLaterOneMayStillDecide) {
  EXPECT_FALSE(shadows("activity: share", "activity: [upload, share]"));
  EXPECT_FALSE(shadows("user: ana, port: 443", "user: ana"));
  EXPECT_FALSE(shadows("user: is set", "user: unknown"));
  EXPECT_FALSE(shadows("user: 'a?'", "user: 'a*'"));
  EXPECT_FALSE(shadows("host: '*.example.com'", "host: example.com"));
  EXPECT_FALSE(shadows("host: =example.com", "host: example.com"));
  EXPECT_FALSE(shadows("host: example.com", "host: notexample.com"));
  EXPECT_FALSE(shadows("path: /admin/", "path: /admin"));
  EXPECT_FALSE(shadows("path: '/admin/*.php'", "path: /admin"));
  EXPECT_FALSE(shadows("port: '> 1000'", "port: 1000..1001"));
  EXPECT_FALSE(shadows("client.ip: 10.1.0.0/16", "client.ip: 10.0.0.0/8"));
  EXPECT_FALSE(shadows("time.of_day: 08:00..18:00", "time.of_day: 07:59..12:00"));
  EXPECT_FALSE(shadows("time.weekday: sat..mon", "time.weekday: fri..sat"));
  EXPECT_FALSE(shadows("path: '~ ^/api'", "path: '~ ^/api/'"));
  EXPECT_FALSE(shadows("path: '~ ^/api$'", "path: /api"));  // and what is below
  // An app may have both tags, or none; an unknown app has neither, and is not without one either.
  EXPECT_FALSE(shadows("not: {app.tag: sanctioned}", "app.tag: unsanctioned"));
  EXPECT_FALSE(shadows("not: {app.tag: sanctioned}", "app: unknown"));
  EXPECT_FALSE(shadows("any: [{user: ana}, {app: dropbox}]", "any: [{user: ana}, {app: box}]"));
  EXPECT_FALSE(shadows("not: {port: 443}", "not: {user: ana, port: 443}"));
  // (?-i) makes an expression look at case, and users have none.
  EXPECT_FALSE(shadows("user: '~ (?-i)^ana'", "user: Ana"));
}

TEST(Lint, TakesExceptionsDatesRehearsalAndKindsIntoAccount) {
  const std::string wide = "- name: wide\n  when: {app: [box, dropbox]}\n  then: block\n";
  const std::string narrow = "- name: narrow\n  when: {app: box, user: ana}\n  then: monitor\n";
  EXPECT_NE(warnings_of(wide + narrow), "");
  expect_silence(wide + "  mode: rehearse\n" + narrow);
  expect_silence(wide + "  except: [{user: ana}]\n" + narrow);
  expect_silence(wide + "  except: [{port: 8443}]\n" + narrow);
  EXPECT_NE(warnings_of(wide + "  except: [{app: dropbox, port: 8443}, {app: dropbox}]\n" + narrow),
            "");
  expect_silence(wide + "  starts: 2026-12-01\n" + narrow);
  expect_silence(wide + "  expires: 2026-12-01\n" + narrow);
  EXPECT_NE(warnings_of(wide + "  expires: 2027-02-01\n" + narrow + "  expires: 2027-01-01\n"), "");
  // The same exceptions, and more.
  EXPECT_NE(warnings_of(wide + "  except: [{port: 8443}]\n" + narrow +
                        "  except: [{port: '> 8000'}, {scheme: http}]\n"),
            "");
  // Whether a connection is opened is another question; header edits decide nothing.
  expect_silence(wide +
                 "- name: narrow\n  kind: tls\n  when: {app: box, user: ana}\n  then: bypass\n");
  expect_silence(wide +
                 "- name: narrow\n  when: {app: box, user: ana}\n  add_headers: {X-Tenant: a}\n");
  expect_silence("- name: wide\n  when: {app: box}\n  add_headers: {X-Tenant: a}\n" + narrow);
  expect_silence(wide +
                 "- name: narrow\n  kind: activity\n  when: {app: box}\n  alerts_per_day: 1\n");
  // An access policy and a session policy stand in one order.
  EXPECT_NE(
      warnings_of("- name: wide\n  kind: access\n  when: {app: box}\n  then: allow\n" + narrow),
      "");
  // What rehearses behind a decision is never recorded.
  EXPECT_NE(warnings_of(wide + narrow + "  mode: rehearse\n"), "");
}

TEST(Lint, TellsOfTlsPoliciesThatAreNeverReached) {
  expect_warned(R"(
- name: health stays private
  kind: tls
  when: { app.category: health }
  then: bypass
- name: faults of health
  kind: tls
  when: { app.category: health, certificate.fault: expired }
  then: bypass
- name: open the portal
  kind: tls
  when: { app.category: health, host: portal.example }
  then: intercept
)",
                "1.yaml:10:9: warning: this policy can never be reached\n"
                "- name: open the portal\n"
                "        ^~~~~~~~~~~~~~~ 'health stays private' at 1.yaml:2:9 decides first "
                "wherever this one would\n");
}

// ---- contradictions

TEST(Lint, TellsOfConditionsThatNeverHoldTogether) {
  expect_warned(R"(
- name: uploads and downloads
  when:
    all:
      - activity: upload
      - activity: download
  then: block
)",
                "1.yaml:6:9: warning: this policy can never match\n"
                "      - activity: download\n"
                "        ^~~~~~~~ 'activity: upload' on line 5 excludes 'activity: download': "
                "several values of one attribute are a list, which means any of them\n");
  expect_warned(R"(
- name: nobody of the board
  when:
    user: unknown
    user.group: board
  then: block
)",
                "1.yaml:5:5: warning: this policy can never match\n"
                "    user.group: board\n"
                "    ^~~~~~~~~~ 'user: unknown' on line 4 excludes 'user.group: board': one of the "
                "two must go\n");
}

TEST(Lint, FindsContradictions) {
  EXPECT_TRUE(never_matches("all: [{status: '>= 500'}, {status: '< 400'}]"));
  EXPECT_TRUE(never_matches("file.name: is set, not: {file.name: is set}"));
  EXPECT_TRUE(never_matches("all: [{user: is set}, {user: is not set}]"));
  EXPECT_TRUE(never_matches("app: dropbox, not: {app: [box, dropbox]}"));
  // Whether an unknown user is not ana, nobody knows.
  EXPECT_TRUE(never_matches("user: [unknown, ana], not: {user: ana}"));
  EXPECT_TRUE(never_matches("app: unknown, app.category: webmail"));
  EXPECT_TRUE(never_matches("app: unknown, not: {app.tag: sanctioned}"));
  EXPECT_TRUE(never_matches("host: www.example.com, host.domain: example.org"));
  EXPECT_TRUE(never_matches("host: '=a.example.com', not: {host: example.com}"));
  EXPECT_TRUE(never_matches("all: [{client.ip: 10.0.0.0/8}, {client.ip: 192.0.2.0/24}]"));
  EXPECT_TRUE(never_matches("all: [{path: /admin}, {path: '/api/*'}]"));
  EXPECT_TRUE(never_matches("all: [{time.of_day: 22:00..06:00}, {time.of_day: 08:00..18:00}]"));
  EXPECT_TRUE(never_matches("all: [{time.weekday: mon..fri}, {time.weekday: sat..sun}]"));
  EXPECT_TRUE(never_matches("user.group: hr, not: {user.group: [hr, staff]}"));
  EXPECT_TRUE(never_matches("app: box, any: [{app: dropbox}, {app: mega, port: 443}]"));
  EXPECT_TRUE(never_matches("not: {any: [{user: ana}, {port: 443}]}, port: 443"));
  EXPECT_TRUE(never_matches("file.extension: pdf, all: [{file.extension: [exe, dll]}]"));

  EXPECT_FALSE(never_matches("all: [{user.group: hr}, {user.group: staff}]"));
  EXPECT_FALSE(never_matches("all: [{user: ana}, {user: ana@corp.example}]"));  // one person
  EXPECT_FALSE(never_matches("all: [{status: '>= 400'}, {status: '<= 400'}]"));
  EXPECT_FALSE(never_matches("app.tag: sanctioned, not: {app.tag: monitored}"));
  EXPECT_FALSE(never_matches("host: www.example.com, host.domain: example.com"));
  EXPECT_FALSE(never_matches("host: example.com, host.domain: '=www.example.com'"));
  EXPECT_FALSE(never_matches("all: [{path: /admin}, {path: '*.php'}]"));
  EXPECT_FALSE(never_matches("all: [{path: '~ x'}, {path: /admin}]"));
  EXPECT_FALSE(never_matches("all: [{time.weekday: fri..mon}, {time.weekday: sun..tue}]"));
  EXPECT_FALSE(never_matches("app: box, any: [{app: dropbox}, {port: 443}]"));
  EXPECT_FALSE(never_matches("activity: upload, not: {activity: upload, user: ana}"));
}

TEST(Lint, TellsOfAnAlternativeThatIsNone) {
  expect_warned(R"(
- name: r
  when:
    app: box
    any:
      - app: dropbox
      - activity: upload
  then: block
)",
                "1.yaml:6:9: warning: this alternative can never hold\n"
                "      - app: dropbox\n"
                "        ^~~ 'app: box' on line 4 excludes it\n");
  // An honest way to say "but not ana".
  expect_silence(
      "- name: r\n  when: {activity: upload, not: {activity: upload, user: ana}}\n"
      "  then: block\n");
}

TEST(Lint, TellsOfExceptionsThatExceptNothingOrEverything) {
  expect_warned(R"(
- name: r
  when: { app: [box, dropbox], user.group: hr }
  then: block
  except:
    - { app: mega }
    - { user.group: [hr, staff] }
    - { user: ana, expires: 2099-01-01 }
)",
                "1.yaml:6:9: warning: this exception excepts nothing\n"
                "    - { app: mega }\n"
                "        ^~~ 'app: [box, ...]' on line 3 excludes 'app: mega'\n"
                "1.yaml:7:7: warning: this exception takes everything from the policy\n"
                "    - { user.group: [hr, staff] }\n"
                "      ^~~~~~~~~~~~~~~~~~~~~~~~~~~ wherever 'r' holds, it does too\n");
}

// ---- what matches everything, or nothing

TEST(Lint, TellsWhatMatchesEverything) {
  const auto told = [](const std::string& condition) {
    const std::string text = warnings_of("- name: r\n  when: {" + condition + "}\n  then: block\n");
    return text.find("matches every") != text.npos;
  };
  for (const char* condition :
       {"user: '*'", "path: /", "path: '/*'", "client.ip: [0.0.0.0/0, '::/0']",
        "time.of_day: [06:00..18:00, 18:00..06:00]", "time.weekday: mon..sun",
        "scheme: [http, https, tunnel]", "path: '~ .*'", "path: '~ ^.*$'", "user: '~ a*'",
        "port: ['> 5', '<= 5']"}) {
    EXPECT_TRUE(told(condition)) << condition;
  }
  for (const char* condition :
       {"user: 'a*'", "path: /a", "client.ip: 0.0.0.0/0", "time.of_day: 06:00..05:59",
        "time.weekday: mon..sat", "scheme: [http, https]", "query: '~ ^$'", "path: '~ \\.php'",
        "user: '~ a+'", "port: ['> 5', '< 5']", "path: '~ ^(a|b)?$'"}) {
    EXPECT_FALSE(told(condition)) << condition;
  }
  expect_warned("- name: r\n  when: {status: '< 0'}\n  then: block\n",
                "1.yaml:2:18: warning: this matches no status\n"
                "  when: {status: '< 0'}\n"
                "                 ^~~~~ nothing is less than 0\n");
}

TEST(Lint, TellsOfValuesThatStandTwice) {
  expect_warned(
      "- name: r\n  when: {user: [ana, ben, Ana], host: list/ours}\n  then: block\n"
      "#% list ours\nexample.com\nexample.org\nexample.com\nexample.com # again\n",
      "1.yaml:2:27: warning: 'Ana' stands here twice\n"
      "  when: {user: [ana, ben, Ana], host: list/ours}\n"
      "                          ^~~\n"
      "ours.txt:3:1: warning: 'example.com' is in the list already\n"
      "example.com\n"
      "^~~~~~~~~~~ and one more line is\n");
}

// ---- dates

TEST(Lint, TellsOfWhatIsOverAndOfWhatEndsSoon) {
  const std::string policies = R"(
- name: over
  when: { user: ana }
  then: block
  expires: 2026-11-26
- name: soon
  when: { user: ben }
  then: block
  expires: 2026-12-10
  except:
    - { app: box, expires: 2026-11-01 }
    - { app: mega, expires: 2026-11-27 }
- name: later
  when: { user: carol }
  then: block
  expires: 2026-12-11
)";
  expect_silence(policies);
  expect_warned(
      "#% now 2026-11-26\n" + policies,
      "1.yaml:5:12: warning: this policy ended on 2026-11-26\n"
      "  expires: 2026-11-26\n"
      "           ^~~~~~~~~~ take it out, or give it a later date\n"
      "1.yaml:9:12: warning: this policy ends on 2026-12-10, in 14 days\n"
      "  expires: 2026-12-10\n"
      "           ^~~~~~~~~~ give it a later date if it is still needed\n"
      "1.yaml:11:28: warning: this exception ended on 2026-11-01\n"
      "    - { app: box, expires: 2026-11-01 }\n"
      "                           ^~~~~~~~~~ take it out, or give it a later date\n"
      "1.yaml:12:29: warning: this exception ends on 2026-11-27, in 1 day\n"
      "    - { app: mega, expires: 2026-11-27 }\n"
      "                            ^~~~~~~~~~ give it a later date if it is still needed\n");
  // Midnight comes earlier in Tokyo.
  const std::string text =
      "- {name: r, when: {user: ana}, then: block, zone: Asia/Tokyo, expires: "
      "2026-11-27}\n";
  EXPECT_NE(warnings_of("#% now 2026-11-26\n" + text).find("in 1 day"), std::string::npos);
}

// ---- effects

TEST(Lint, TellsThatAPolicyInRehearsalRaisesNoAlerts) {
  expect_warned("- name: r\n  then: block\n  mode: rehearse\n  alerts_per_day: 5\n",
                "1.yaml:4:19: warning: a policy in rehearsal raises no alerts\n"
                "  alerts_per_day: 5\n"
                "                  ^ take 'mode: rehearse' out once its records look right\n");
  // The template's alerts are for whoever enforces it.
  expect_silence(
      "#% template\n- {id: t, then: block, alerts_per_day: 5}\n#% policy\n"
      "- {name: r, extends: template/t, mode: rehearse}\n");
  expect_silence("#% rehearse\n- {name: r, then: block, alerts_per_day: 5}\n");
}

TEST(Lint, TellsWhatABypassHides) {
  expect_warned(R"(
- name: no uploads to the portal
  when:
    host: files.portal.example
    activity: upload
  then: block
- name: the portal stays closed
  kind: tls
  when: { host: portal.example }
  then: bypass
)",
                "1.yaml:5:5: warning: over TLS, 'activity' is never known of what this policy asks "
                "for\n"
                "    activity: upload\n"
                "    ^~~~~~~~ 'the portal stays closed' at 1.yaml:7:9 leaves those connections "
                "unopened\n");
  const std::string bypass = "- {name: b, kind: tls, when: {host: portal.example}, then: bypass}\n";
  expect_silence(bypass + "- {name: r, when: {host: portal.example}, then: block}\n");
  expect_silence(bypass +
                 "- {name: r, when: {host: other.example, activity: upload}, then: block}\n");
  expect_silence(bypass +
                 "- {name: r, when: {host: portal.example, activity: upload, scheme: http}, then: "
                 "block}\n");
  expect_silence("- {name: i, kind: tls, when: {user.group: hr}, then: intercept}\n" + bypass +
                 "- {name: r, when: {host: portal.example, activity: upload}, then: block}\n");
}

// ---- names

TEST(Lint, TellsOfListsThatNobodyUses) {
  expect_warned(
      "- {name: r, when: {host: list/used}, then: block}\n#% list used\nexample.com\n"
      "#% list spare\nexample.org\n#% list of_a_template\nexample.net\n"
      "#% template\n- {id: t, when: {not: {host: list/of_a_template}}, then: block}\n",
      "spare.txt: warning: no policy uses this list\n"
      "  write 'list/spare' as a value, or remove the file\n");
}

TEST(Lint, TellsOfNamesThatNoFileKnows) {
  const CompileInput input = CompileInputReader(R"(
- name: r
  when:
    app: [dropbox, drobox, unknown, 'box*', list/apps]
    user: [ana, carol, '~ ^x', is set]
    user.group: [finance, finanec]
    app.tag: [sanctioned, finance_tema, something_else]
  then: block
  except:
    - { user: dora }
- name: t
  kind: activity
  when: { activity: login }
  tag_app: not_approvd
- name: a
  when: { app.tag: not_approved }
  then: block
#% list apps
dropbox
one
two
three
four
)")
                                 .read();
  Diagnostics warnings;
  const auto program = compile(input.sources, input.options, warnings);
  ASSERT_TRUE(program) << render(program.error());
  Diagnostics found;
  KnownNames known;
  lint_names(**program, known, found);
  EXPECT_EQ(render(found), "");  // Nothing is known, so nothing is told.
  known.app = [](std::string_view app) { return app == "dropbox"; };
  known.apps = {"box", "dropbox"};
  known.user = [](std::string_view user) { return user == "ana"; };
  known.group = [](std::string_view group) { return group == "finance"; };
  known.groups = {"finance"};
  known.app_tag = [](std::string_view tag) { return tag == "finance_team"; };
  known.app_tags = {"finance_team"};
  known.name_tag = [](std::string_view tag) { return tag == "payroll"; };
  known.name_tags = {"payroll"};
  lint_names(**program, known, found);
  EXPECT_EQ(render(found),
            "1.yaml:4:20: warning: the catalog has no app 'drobox'\n"
            "    app: [dropbox, drobox, unknown, 'box*', list/apps]\n"
            "                   ^~~~~~ did you mean 'dropbox'?\n"
            "1.yaml:4:45: warning: the catalog has no app 'four'\n"
            "    app: [dropbox, drobox, unknown, 'box*', list/apps]\n"
            "                                            ^~~~~~~~~ of the list: four, one, three "
            "and 1 more\n"
            "1.yaml:5:17: warning: the directory has no user 'carol'\n"
            "    user: [ana, carol, '~ ^x', is set]\n"
            "                ^~~~~ see: sallyport users\n"
            "1.yaml:6:27: warning: the directory has no group 'finanec'\n"
            "    user.group: [finance, finanec]\n"
            "                          ^~~~~~~ did you mean 'finance'?\n"
            "1.yaml:7:27: warning: no app has the tag 'finance_tema'\n"
            "    app.tag: [sanctioned, finance_tema, something_else]\n"
            "                          ^~~~~~~~~~~~ did you mean 'finance_team'?\n"
            "1.yaml:10:15: warning: the directory has no user 'dora'\n"
            "    - { user: dora }\n"
            "              ^~~~ see: sallyport users\n"
            "1.yaml:14:12: warning: no policy and no app knows the tag 'not_approvd'\n"
            "  tag_app: not_approvd\n"
            "           ^~~~~~~~~~~ did you mean 'not_approved'?\n"
            "1.yaml:16:20: warning: no app has the tag 'not_approved'\n"
            "  when: { app.tag: not_approved }\n"
            "                   ^~~~~~~~~~~~ did you mean 'not_approvd'?\n");
}

}  // namespace
}  // namespace sallyport::policy
