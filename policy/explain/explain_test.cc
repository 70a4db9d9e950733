#include "policy/explain/explain.h"

#include <gtest/gtest.h>
#include <utility>

#include "policy/explain/render_json.h"
#include "policy/explain/render_text.h"

namespace sallyport::policy {
namespace {

// ---- The words of these tests: policies as they are written, an activity, and the whole text.

SourcePtr source(std::string name, std::string text) {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

struct Files {
  std::string policies;
  std::string templates = {};
  std::map<std::string, std::string> lists = {};
  std::string zone = "UTC";
};

struct Compiled {
  PolicySources sources;
  std::shared_ptr<const Program> program;
};

Compiled compiled(const Files& files) {
  Compiled made;
  made.sources.policies = {source("p.yaml", files.policies)};
  if (!files.templates.empty()) made.sources.templates = {source("t.yaml", files.templates)};
  for (const auto& [name, text] : files.lists) {
    made.sources.lists.emplace(name, source("lists/" + name + ".txt", text));
  }
  Diagnostics warnings;
  auto program =
      compile(made.sources, CompileOptions{.mode = Mode::enforce, .zone = files.zone}, warnings);
  if (!program) {
    ADD_FAILURE() << render(program.error());
    made.program = std::make_shared<const Program>();
  } else {
    made.program = *program;
  }
  return made;
}

// Ana uploads to Dropbox on Thursday 2026-11-26 at half past nine (UTC), and gets 201.
Activity ana() {
  Activity activity;
  activity.at = *parse_rfc3339("2026-11-26T09:30:00Z");
  activity.user = "ana";
  activity.groups = {"finance", "staff"};
  activity.client.address = *IpAddress::parse("192.0.2.7");
  activity.host = "www.dropbox.com";
  activity.domain = "dropbox.com";
  activity.port = 443;
  activity.scheme = "https";
  activity.app = AppFacts{"dropbox", "Dropbox", "cloud_storage", {"unsanctioned"}};
  activity.method = "POST";
  activity.path = "/upload";
  activity.type = ActivityType::upload;
  activity.status = 201;
  return activity;
}

// Somebody whom nobody knows, at a host of no app.
Activity nobody() {
  Activity activity = ana();
  activity.user.reset();
  activity.groups.clear();
  activity.app.reset();
  activity.host = "intranet.example";
  activity.domain = "example";
  return activity;
}

Explanation explained(const Compiled& set, const Activity& activity, ExplainOptions options = {}) {
  options.lists = &set.sources.lists;
  return explain(*set.program, activity, options);
}

// Without the facts, which one test looks at.
std::string told(const Files& files, const Activity& activity, const ExplainOptions& options = {},
                 const TextOptions& text = {}) {
  const Compiled set = compiled(files);
  ExplainOptions with_zone = options;
  with_zone.zone = files.zone;
  std::string shown = render_text(explained(set, activity, with_zone), text);
  const auto facts = shown.find("\nFacts");
  if (facts == std::string::npos) return "\n" + shown;
  const auto after = shown.find("\n\n", facts);
  return "\n" + shown.substr(0, facts) + shown.substr(after + 1);
}

// ---- What decides

TEST(Explain, ShowsTheOneThatDecidedInFullAndTheOthersInALine) {
  EXPECT_EQ(told({.policies = "- name: Nothing to Mega\n"
                              "  when: { app: mega }\n"
                              "  then: block\n"
                              "- name: Unsanctioned apps are refused\n"
                              "  when: { app.tag: unsanctioned, activity: [upload, share] }\n"
                              "  then: block\n"
                              "  say: Not approved here.\n"
                              "- { name: Errors, when: { status: '> 399' }, then: monitor }\n"
                              "- { name: The rest, then: monitor }\n"},
                 ana()),
            R"(
block by 2 'Unsanctioned apps are refused', at request
  says "Not approved here."

May it be done? The first access or session policy that matches decides; else allow.
  connect:  goes on, because 2, 3 may still match
  request:  block by 2 'Unsanctioned apps are refused'

    1  failed     nothing-to-mega                app: mega; is dropbox                     p.yaml:2:11
    2  block      unsanctioned-apps-are-refused  at p.yaml:4:3
         before     not yet at connect
         held       app.tag: unsanctioned      is unsanctioned  (p.yaml:5:11)
         held       activity: [upload, share]  is upload  (p.yaml:5:34)
  3-4  not asked  because 2 decided
)");
}

TEST(Explain, SaysThatNothingMatched) {
  EXPECT_EQ(told({.policies = "- { name: bobs, when: { user: bob }, then: block }\n"}, ana()),
            R"(
allow: no policy matches

May it be done? The first access or session policy that matches decides; else allow.
  connect:  allow, no policy matches
  request:  allow, no policy matches
  response: allow, no policy matches

  1  failed     bobs  user: bob; is ana  p.yaml:1:25
)");
  EXPECT_EQ(told({.policies = "[]\n"}, ana()), R"(
allow: no policy matches

May it be done? The first access or session policy that matches decides; else allow.
  connect:  allow, no policy matches
  request:  allow, no policy matches
  response: allow, no policy matches
  there are no such policies
)");
}

TEST(Explain, SaysWhatIsWaitedForWhereThingsAreNotDecidedYet) {
  Activity asked = ana();
  asked.status.reset();
  EXPECT_EQ(told({.policies = "- { name: errors, when: { status: '500..599' }, then: block }\n"
                              "- { name: uploads, when: { activity: upload }, then: monitor }\n"
                              "- { name: all, then: allow }\n"},
                 asked, {.until = Point::request}),
            R"(
allow so far: 1 may still match after request

May it be done? The first access or session policy that matches decides; else allow.
  connect:  goes on, because 1, 2 may still match
  request:  goes on, because 1 may still match

  1  waits      errors   status: 500..599; not known before response  p.yaml:1:27
  2  held back  uploads  at p.yaml:2:3
       then       monitor
       waits      it holds, but one before it may still match and would do something else
       before     not yet at connect
       held       activity: upload  is upload  (p.yaml:2:28)
  3  not asked  all      because one before holds and waits for 1
)");
}

// ---- Three values

TEST(Explain, LeavesUnknownUnknownThroughNotAnyAndAll) {
  EXPECT_EQ(told({.policies = "- name: not sanctioned\n"
                              "  when: { not: { app.tag: sanctioned } }\n"
                              "  then: block\n"
                              "- name: any of two\n"
                              "  when: { any: [ { user.group: finance }, { method: GET } ] }\n"
                              "  then: block\n"
                              "- name: all of two\n"
                              "  when: { all: [ { user: ana }, { method: POST } ] }\n"
                              "  then: block\n"
                              "- name: said so\n"
                              "  when: { user: unknown, app: is not set }\n"
                              "  then: block\n"},
                 nobody()),
            R"(
block by 4 'said so', at connect

May it be done? The first access or session policy that matches decides; else allow.
  connect:  block by 4 'said so', whatever becomes of 2

  1  unknown    not-sanctioned  not { app.tag: sanctioned }; app.tag is unknown                   p.yaml:2:11
  2  waits      any-of-two      any { user.group: finance | method: GET }; user.group is unknown, method not known before request  p.yaml:5:11
  3  unknown    all-of-two      all { user: ana, method: POST }; user is unknown, method not known before request  p.yaml:8:11
  4  block      said-so         at p.yaml:10:3
       held       user: unknown    is not set  (p.yaml:11:11)
       held       app: is not set  is not set  (p.yaml:11:26)
)");
}

TEST(Explain, ShowsGroupsAsTrees) {
  EXPECT_EQ(told({.policies = "- name: tree\n"
                              "  when:\n"
                              "    not:\n"
                              "      any:\n"
                              "        - user: bob\n"
                              "        - { app.tag: sanctioned, method: POST }\n"
                              "    all: [ { method: [GET, POST] } ]\n"
                              "  then: block\n"},
                 ana()),
            R"(
block by 1 'tree', at request

May it be done? The first access or session policy that matches decides; else allow.
  connect:  goes on, because 1 may still match
  request:  block by 1 'tree'

  1  block      tree  at p.yaml:1:3
       before     not yet at connect
       held       not                        (p.yaml:3:5)
       failed       any                      (p.yaml:4:7)
       failed         user: bob              is ana  (p.yaml:5:11)
       failed         all                    (p.yaml:6:11)
       failed           app.tag: sanctioned  is unsanctioned  (p.yaml:6:13)
       held             method: POST         is POST  (p.yaml:6:34)
       held       all                        (p.yaml:7:5)
       held         method: [GET, POST]      is POST  (p.yaml:7:14)
)");
}

// ---- Where things stand

TEST(Explain, PointsIntoTheTemplateAndTheList) {
  EXPECT_EQ(
      told({.policies = "- name: No uploads to paste sites\n"
                        "  extends: template/uploads\n"
                        "  when: { host: list/paste }\n",
            .templates = "- id: uploads\n"
                         "  when:\n"
                         "    activity: upload\n"
                         "  then: block\n",
            .lists = {{"paste", "# ours\na.example\nb.example  # two\ndropbox.com\nz.example\n"}}},
           ana()),
      R"(
block by 1 'No uploads to paste sites', at request

May it be done? The first access or session policy that matches decides; else allow.
  connect:  goes on, because 1 may still match
  request:  block by 1 'No uploads to paste sites'

  1  block      no-uploads-to-paste-sites  at p.yaml:1:3
       before     not yet at connect
       held       activity: upload  is upload  (t.yaml:3:5)
       held       host: list/paste  is www.dropbox.com, by 'dropbox.com' at lists/paste.txt:4:1  (p.yaml:3:11)
)");
}

TEST(Explain, NamesThePatternAndTheExpressionThatMatched) {
  EXPECT_EQ(told({.policies = "- name: patterns\n"
                              "  when:\n"
                              "    path: [/admin, '~ ^/up(load)?$', '/u*']\n"
                              "    host: ['*.box.com', '*.dropbox.com']\n"
                              "    client.ip: [10.0.0.0/8, 192.0.2.0/24]\n"
                              "    status: ['> 499', '200..299']\n"
                              "  then: block\n"},
                 ana()),
            R"(
block by 1 'patterns', at response

May it be done? The first access or session policy that matches decides; else allow.
  connect:  goes on, because 1 may still match
  request:  goes on, because 1 may still match
  response: block by 1 'patterns'

  1  block      patterns  at p.yaml:1:3
       before     not yet at connect and request
       held       path: [/admin, ~ ^/up(load)?$, /u*]    is /upload, by '~ ^/up(load)?$'  (p.yaml:3:5)
       held       host: [*.box.com, *.dropbox.com]       is www.dropbox.com, by '*.dropbox.com'  (p.yaml:4:5)
       held       client.ip: [10.0.0.0/8, 192.0.2.0/24]  is 192.0.2.7, by '192.0.2.0/24'  (p.yaml:5:5)
       held       status: [> 499, 200..299]              is 201, by '200..299'  (p.yaml:6:5)
)");
}

// ---- Time

TEST(Explain, TellsTheTimeInThePolicysZone) {
  EXPECT_EQ(told({.policies = "- name: Vienna's morning\n"
                              "  zone: Europe/Vienna\n"
                              "  when: { time.of_day: 08:00..10:00 }\n"
                              "  then: block\n"
                              "- name: the gateway's morning\n"
                              "  when: { time.of_day: 18:00..19:00, time.weekday: [mon, thu] }\n"
                              "  then: block\n",
                  .zone = "Asia/Tokyo"},
                 ana()),
            R"(
block by 2 'the gateway's morning', at connect

May it be done? The first access or session policy that matches decides; else allow.
  connect:  block by 2 'the gateway's morning'

  1  failed     vienna-s-morning       time.of_day: 08:00..10:00; is 10:30 in Europe/Vienna  p.yaml:3:11
  2  block      the-gateway-s-morning  at p.yaml:5:3
       held       time.of_day: 18:00..19:00  is 18:30 in Asia/Tokyo  (p.yaml:6:11)
       held       time.weekday: [mon, thu]   is thu in Asia/Tokyo, by 'thu'  (p.yaml:6:38)
)");
}

TEST(Explain, SaysWhatIsNotInForce) {
  EXPECT_EQ(told({.policies = "- { name: later, starts: 2027-01-01, then: block }\n"
                              "- { name: before, expires: 2026-11-26, then: block }\n"},
                 ana()),
            R"(
allow: no policy matches

May it be done? The first access or session policy that matches decides; else allow.
  connect:  allow, no policy matches
  request:  allow, no policy matches
  response: allow, no policy matches

  1  not begun  later   in force from 2027-01-01 on  p.yaml:1:26
  2  expired    before  in force until 2026-11-26    p.yaml:2:28
)");
}

// ---- Exceptions

TEST(Explain, ShowsExceptions) {
  const Files files{
      .policies =
          "- name: uploads\n"
          "  when: { activity: upload }\n"
          "  except:\n"
          "    - { user: bob }\n"
          "    - { user.group: [it, finance], reason: moves the archive, expires: 2027-01-31 }\n"
          "  then: block\n"};
  EXPECT_EQ(told(files, ana()), R"(
allow: no policy matches

May it be done? The first access or session policy that matches decides; else allow.
  connect:  allow, no policy matches
  request:  allow, no policy matches
  response: allow, no policy matches

  1  failed     uploads  except { user.group: [it, finance] }, moves the archive  p.yaml:5:7
)");
  EXPECT_EQ(told(files, ana(), {}, {.only = "uploads"}), R"(
allow: no policy matches

May it be done? The first access or session policy that matches decides; else allow.
  connect:  allow, no policy matches
  request:  allow, no policy matches
  response: allow, no policy matches

  1  failed     uploads  at p.yaml:1:3
       then       block
       held       activity: upload             is upload  (p.yaml:2:11)
       failed     except                       (p.yaml:4:7)
       failed       user: bob                  is ana  (p.yaml:4:9)
       held       except, until 2027-01-31: moves the archive  (p.yaml:5:7)
       held         user.group: [it, finance]  is finance, staff, by 'finance'  (p.yaml:5:9)
)");
  Activity later = ana();
  later.at = *parse_rfc3339("2027-02-01T00:00:00Z");
  EXPECT_EQ(told(files, later), R"(
block by 1 'uploads', at request

May it be done? The first access or session policy that matches decides; else allow.
  connect:  goes on, because 1 may still match
  request:  block by 1 'uploads'

  1  block      uploads  at p.yaml:1:3
       before     not yet at connect
       held       activity: upload             is upload  (p.yaml:2:11)
       failed     except                       (p.yaml:4:7)
       failed       user: bob                  is ana  (p.yaml:4:9)
       failed     except, expired on 2027-01-31: moves the archive  (p.yaml:5:7)
       held         user.group: [it, finance]  is finance, staff, by 'finance'  (p.yaml:5:9)
)");
}

// ---- Rehearsals, connections, fields, reports

TEST(Explain, ShowsWhatRehearses) {
  EXPECT_EQ(told({.policies =
                      "- { name: on trial, when: { app: dropbox }, then: block, mode: rehearse }\n"
                      "- { name: watched, when: { activity: upload }, then: monitor }\n"},
                 ana()),
            R"(
monitor by 2 'watched', at response
  in rehearsal: 1 'on trial' would block

May it be done? The first access or session policy that matches decides; else allow.
  connect:  goes on, because 2 may still match
  request:  monitor by 2 'watched'
  response: monitor by 2 'watched'

  1  rehearsed  on-trial  at p.yaml:1:3
       then       block, in rehearsal: it changes nothing
       held       app: dropbox  is dropbox  (p.yaml:1:29)
  2  monitor    watched   at p.yaml:2:3
       before     not yet at connect
       held       activity: upload  is upload  (p.yaml:2:28)
)");
}

TEST(Explain, KeepsTheQuestionOfTheConnectionApart) {
  Activity activity = ana();
  activity.app->category = "health";
  const Files files{
      .policies =
          "- { name: uploads, when: { activity: upload }, then: block }\n"
          "- { name: ours, kind: tls, when: { host: example.org }, then: intercept }\n"
          "- { name: health, kind: tls, when: { app.category: health }, then: bypass }\n"
          "- { name: faulty, kind: tls, when: { certificate.fault: expired }, then: bypass }\n"};
  EXPECT_EQ(told(files, activity), R"(
bypass by 3 'health', at connect

May it be done? The first access or session policy that matches decides; else allow.
  connect:  goes on, because 1 may still match

  1  waits      uploads  activity: upload; not known before request  p.yaml:1:28

Is the connection opened? The first tls policy that matches decides; else intercept.
  connect:  bypass by 3 'health'

  2  failed     ours    host: example.org; is www.dropbox.com  p.yaml:2:36
  3  bypass     health  at p.yaml:3:3
       held       app.category: health  is health  (p.yaml:3:38)
)");
  // It was opened all the same: what a later program says of that is beside the point.
  EXPECT_EQ(told(files, activity, {.way = Way::opened}), R"(
block by 1 'uploads', at request

May it be done? The first access or session policy that matches decides; else allow.
  connect:  goes on, because 1 may still match
  request:  block by 1 'uploads'

  1  block      uploads  at p.yaml:1:3
       before     not yet at connect
       held       activity: upload  is upload  (p.yaml:1:28)

Is the connection opened? The first tls policy that matches decides; else intercept.
  connect:  bypass by 3 'health'; but it was opened before

  2  failed     ours    host: example.org; is www.dropbox.com  p.yaml:2:36
  3  bypass     health  at p.yaml:3:3
       held       app.category: health  is health  (p.yaml:3:38)
)");
}

TEST(Explain, TellsWhatAFaultComesTo) {
  Activity activity = ana();
  activity.certificate_faults = {"expired"};
  EXPECT_EQ(told({.policies = "- { name: self made, kind: tls, when: { certificate.fault: "
                              "self_signed }, then: bypass }\n"
                              "- { name: old, kind: tls, when: { certificate.fault: [expired, "
                              "not_yet_valid], host: intranet.example }, then: bypass }\n"},
                 activity),
            R"(
block: no policy matches

May it be done? The first access or session policy that matches decides; else allow.
  connect:  allow, no policy matches
  there are no such policies

The fault of the origin's certificate? The first tls policy that matches decides; else block.
  request:  block, no policy matches

  1  failed     self-made  certificate.fault: self_signed; is expired  p.yaml:1:41
  2  failed     old        host: intranet.example; is www.dropbox.com  p.yaml:2:80
)");
}

TEST(Explain, TellsWhyABypassOfAFaultWasNotPossible) {
  Activity activity = ana();
  activity.certificate_faults = {"expired"};
  const std::string lab =
      "- { name: lab, kind: tls, when: { certificate.fault: is set }, then: bypass }\n";
  const auto says = [&](const ExplainOptions& options) {
    const std::string text = told({.policies = lab}, activity, options);
    const auto at = text.find("else block.\n  request:");
    return text.substr(1, text.find('\n', 1) - 1) + " |" +
           text.substr(at + 13, text.find('\n', at + 13) - at - 13);
  };
  EXPECT_EQ(says({}), "bypass by 1 'lab', at request | request:  bypass by 1 'lab'");
  EXPECT_EQ(says({.fault_at_request = true}),
            "block: no policy matches | request:  bypass by 1 'lab'; but it was opened before");
  activity.certificate_faults = {"own_authority"};
  EXPECT_EQ(says({}),
            "block: no policy matches | request:  bypass by 1 'lab'; but the certificate is of our "
            "own authority");
}

TEST(Explain, ShowsEditsAndReportsThatMatch) {
  EXPECT_EQ(
      told({.policies = "- { name: tenant, when: { app: dropbox }, add_headers: { X-Tenant: '42' "
                        "}, remove_headers: [Referer] }\n"
                        "- { name: others, when: { app: box }, add_headers: { X-Tenant: '7' } }\n"
                        "- { name: mass upload, kind: activity, when: { activity: upload }, "
                        "repeat: { min: 10, window: 5m }, alerts_per_day: 3 }\n"
                        "- { name: mass login, kind: activity, when: { activity: login }, "
                        "alerts_per_day: 3 }\n"
                        "- { name: much, kind: app_discovery, per_day: { traffic: '> 50 MB' }, "
                        "alerts_per_day: 1 }\n"},
           ana()),
      R"(
allow: no policy matches

May it be done? The first access or session policy that matches decides; else allow.
  connect:  allow, no policy matches
  request:  allow, no policy matches
  response: allow, no policy matches
  there are no such policies

How does it pass (header fields, rates)? Every session policy of that sort that matches.

  1  edits      tenant  at p.yaml:1:3
       adds       X-Tenant: 42
       removes    referer
       held       app: dropbox  is dropbox  (p.yaml:1:27)
  2  failed     others  app: box; is dropbox  p.yaml:2:27

What is reported? Every activity policy that matches.

  3  reports    mass-upload  at p.yaml:3:3
       repeat     counts from 10 within 5m on; this is one
       held       activity: upload  is upload  (p.yaml:3:48)
  4  failed     mass-login   activity: login; is upload  p.yaml:4:47

1 app discovery policy is judged by what a day comes to, not by this.
)");
}

// ---- Facts, and all of it

TEST(Explain, ListsTheFactsAndWhereTheyComeFrom) {
  Activity activity = ana();
  activity.file = FileFacts{"a\x1b[31m.pdf", "pdf", "application/pdf", 26214400};
  activity.header_names.emplace();
  for (char c = 'a'; c <= 'k'; ++c) activity.header_names->push_back(std::string("x-") + c);
  const Compiled set =
      compiled({.policies = "- { name: a, when: { file.size: '> 25 MB', file.name: x, header: x-z, "
                            "device.tag: managed, app: box }, then: block }\n"});
  EXPECT_EQ("\n" + render_text(explained(set, activity),
                               {.sources = {{"app", "derived"}, {"user", "given"}}}),
            R"(
allow: no policy matches

Facts that policies ask for
  app        dropbox                                            derived
  file.name  a\x1b[31m.pdf
  file.size  26214400 (25.0 MiB)
  header     x-a, x-b, x-c, x-d, x-e, x-f, x-g, x-h and 3 more
  user       ana                                                given
  not known: device.tag

May it be done? The first access or session policy that matches decides; else allow.
  connect:  allow, no policy matches
  request:  allow, no policy matches
  response: allow, no policy matches

  1  failed     a  file.name: x; is a\x1b[31m.pdf  p.yaml:1:44
)");
}

TEST(Explain, ShowsEverythingWhereAllIsAskedFor) {
  EXPECT_EQ(told({.policies = "- { name: mega, when: { app: mega }, then: block }\n"
                              "- { name: uploads, when: { activity: upload }, then: block }\n"
                              "- { name: after, when: { user: ana }, then: monitor }\n"},
                 ana(), {}, {.all = true}),
            R"(
block by 2 'uploads', at request

May it be done? The first access or session policy that matches decides; else allow.
  connect:  goes on, because 2 may still match
  request:  block by 2 'uploads'

  1  failed     mega     at p.yaml:1:3
       then       block
       failed     app: mega  is dropbox  (p.yaml:1:25)
  2  block      uploads  at p.yaml:2:3
       before     not yet at connect
       held       activity: upload  is upload  (p.yaml:2:28)
  3  not asked  after    at p.yaml:3:3
       then       monitor
       not asked  what it would have come to
       held       user: ana  is ana  (p.yaml:3:26)
)");
}

TEST(Explain, JudgesWithWhatWasKnownAtConnect) {
  Activity at_connect = ana();
  at_connect.app = AppFacts{"google_workspace", "Google Workspace", "productivity", {}};
  Activity activity = ana();
  activity.app = AppFacts{"google_forms", "Google Forms", "productivity", {}};
  EXPECT_EQ(told({.policies = "- { name: forms, when: { app: google_forms }, then: block }\n"},
                 activity, {.at_connect = &at_connect}),
            R"(
block by 1 'forms', at request

May it be done? The first access or session policy that matches decides; else allow.
  connect:  allow, no policy matches
  request:  block by 1 'forms'

  1  block      forms  at p.yaml:1:3
       before     failed at connect
       held       app: google_forms  is google_forms  (p.yaml:1:26)
)");
}

TEST(Explain, WritesTheSameAsJson) {
  const Compiled set =
      compiled({.policies = "- { name: sanctioned, when: { app.tag: sanctioned }, then: allow }\n"
                            "- name: uploads\n"
                            "  when: { not: { user: bob }, activity: [share, upload] }\n"
                            "  except: [ { user.group: it, reason: they may } ]\n"
                            "  then: block\n"
                            "  say: No.\n"});
  std::string text;
  JsonWriter json(text);
  json.begin_object();
  write_explanation(json, explained(set, ana()),
                    {.only = "uploads", .sources = {{"app", "given"}}});
  json.end_object();
  EXPECT_TRUE(json.complete());
  EXPECT_EQ(
      text,
      R"({"answer":{"action":"block","point":"request","final":true,"policy":"uploads","policy_id":"uploads","say":"No.","granted":[],"rehearsed":[],"text":"block by 2 'uploads', at request"},"facts":[{"attribute":"activity","value":"upload","asked":true},{"attribute":"app","value":"dropbox","source":"given","asked":false},{"attribute":"app.category","value":"cloud_storage","asked":false},{"attribute":"app.factor","value":[],"asked":false},{"attribute":"app.lacks","value":[],"asked":false},{"attribute":"app.tag","value":["unsanctioned"],"asked":true},{"attribute":"client.ip","value":"192.0.2.7","asked":false},{"attribute":"client.ip.category","value":"none","asked":false},{"attribute":"client.ip.range","value":"","asked":false},{"attribute":"client.ip.tag","value":[],"asked":false},{"attribute":"connection.downloaded","value":0,"asked":false},{"attribute":"connection.uploaded","value":0,"asked":false},{"attribute":"host","value":"www.dropbox.com","asked":false},{"attribute":"host.domain","value":"dropbox.com","asked":false},{"attribute":"host.kind","value":"unknown","asked":false},{"attribute":"host.tag","value":[],"asked":false},{"attribute":"method","value":"POST","asked":false},{"attribute":"path","value":"/upload","asked":false},{"attribute":"port","value":443,"asked":false},{"attribute":"scheme","value":"https","asked":false},{"attribute":"status","value":201,"asked":false},{"attribute":"time.date","value":"2026-11-26T09:30:00.000000Z","asked":false},{"attribute":"time.of_day","value":"2026-11-26T09:30:00.000000Z","asked":false},{"attribute":"time.weekday","value":"2026-11-26T09:30:00.000000Z","asked":false},{"attribute":"user","value":["ana"],"asked":true},{"attribute":"user.group","value":["finance","staff"],"asked":true}],"not_known":[],"questions":[{"question":"may","answers":[{"point":"connect","action":"allow","final":false,"waits_for":["uploads"]},{"point":"request","action":"block","final":true,"policy":"uploads","waits_for":[]}],"policies":[{"order":2,"id":"uploads","name":"uploads","kind":"session","mode":"enforce","then":"block","role":"decides","at":{"file":"p.yaml","line":2,"column":3},"looks":[{"from":"connect","to":"connect","role":"waits","came_to":"not_yet","when":[{"condition":"not","came_to":"held","parts":[{"condition":"user","came_to":"failed","values":"bob","fact":"ana","at":{"file":"p.yaml","line":3,"column":18}}],"at":{"file":"p.yaml","line":3,"column":11}},{"condition":"activity","came_to":"not_yet","values":"[share, upload]","known_from":"request","at":{"file":"p.yaml","line":3,"column":31}}],"except":[{"came_to":"failed","reason":"they may","when":[{"condition":"user.group","came_to":"failed","values":"it","fact":"finance, staff","at":{"file":"p.yaml","line":4,"column":15}}],"at":{"file":"p.yaml","line":4,"column":13}}]},{"from":"request","to":"request","role":"decides","came_to":"held","when":[{"condition":"not","came_to":"held","parts":[{"condition":"user","came_to":"failed","values":"bob","fact":"ana","at":{"file":"p.yaml","line":3,"column":18}}],"at":{"file":"p.yaml","line":3,"column":11}},{"condition":"activity","came_to":"held","values":"[share, upload]","fact":"upload","matched":"upload","matched_at":{"file":"p.yaml","line":3,"column":49},"at":{"file":"p.yaml","line":3,"column":31}}],"except":[{"came_to":"failed","reason":"they may","when":[{"condition":"user.group","came_to":"failed","values":"it","fact":"finance, staff","at":{"file":"p.yaml","line":4,"column":15}}],"at":{"file":"p.yaml","line":4,"column":13}}]}]}]}],"app_discovery_policies":0})");
}

// ---- It says what the program decides

std::string names(std::span<const CompiledPolicy* const> policies) {
  std::string text;
  for (const CompiledPolicy* one : policies) text += one->id + " ";
  return text;
}

// What the person of `activity` has answered, of the policies of these numbers.
Standing answers(const Program& program, const Activity& activity, std::vector<int> numbers) {
  std::vector<std::shared_ptr<const Grant>> grants;
  for (const int number : numbers) {
    auto grant = grant_wanted(program.policies()[static_cast<std::size_t>(number)], activity);
    if (!grant) continue;
    grant->id.bytes[15] = 1;
    grant->until = *parse_rfc3339("2026-11-26T17:00:00Z");
    grants.push_back(std::make_shared<const Grant>(std::move(*grant)));
  }
  return {std::move(grants), {}};
}

TEST(Explain, SaysWhatIsAskedAndHowLongAnAnswerHolds) {
  EXPECT_EQ(told({.policies = "- { name: storage, when: { app: dropbox }, then: justify, for: 30m, "
                              "per: user, say: \"Why?\" }\n"},
                 ana()),
            R"(
justify by 1 'storage', at connect
  says "Why?"
  an answer holds for 30m, per user

May it be done? The first access or session policy that matches decides; else allow.
  connect:  justify by 1 'storage'

  1  justify    storage  at p.yaml:1:3
       held       app: dropbox  is dropbox  (p.yaml:1:28)
)");
}

TEST(Explain, ShowsTheGrantThatLetARequestPass) {
  const Compiled set =
      compiled({.policies = "- { name: ai, when: { app: dropbox }, then: coach }\n"
                            "- { name: told, when: { app: dropbox }, then: notice }\n"
                            "- { name: rest, when: { user: bob }, then: block }\n"});
  const Activity activity = ana();
  const Standing standing = answers(*set.program, activity, {0});
  const Explanation why = explained(set, activity, {.standing = &standing});
  std::string text = render_text(why, {});
  const auto facts = text.find("\nFacts");
  text.erase(facts, text.find("\n\nMay") + 1 - facts);
  EXPECT_EQ("\n" + text,
            R"(
notice by 2 'told', at response
  an answer holds for 1w, per app
  passed over: 1 'ai', which would coach, by grant 00000000000000000000000001, of ana, in dropbox, until 2026-11-26T17:00:00.000000Z

May it be done? The first access or session policy that matches decides; else allow.
  connect:  notice by 2 'told'
  request:  notice by 2 'told'
  response: notice by 2 'told'

  1  granted    ai    at p.yaml:1:3
       then       coach
       grant      00000000000000000000000001, of ana, in dropbox, until 2026-11-26T17:00:00.000000Z
       held       app: dropbox  is dropbox  (p.yaml:1:23)
  2  notice     told  at p.yaml:2:3
       then       notice
       held       app: dropbox  is dropbox  (p.yaml:2:25)
  3  failed     rest  user: bob; is ana  p.yaml:3:25
)");
  std::string json_text;
  JsonWriter json(json_text);
  json.begin_object();
  write_explanation(json, why, {});
  json.end_object();
  EXPECT_NE(json_text.find(R"("granted":[{"policy":"ai","policy_id":"ai",)"
                           R"("grant":"00000000000000000000000001"}])"),
            std::string::npos)
      << json_text;
  EXPECT_NE(
      json_text.find(R"("role":"granted","grant":{"id":"00000000000000000000000001",)"
                     R"("user":"ana","app":"dropbox","until":"2026-11-26T17:00:00.000000Z"})"),
      std::string::npos)
      << json_text;
}

TEST(Explain, SaysThatTheUserIsSuspendedAndAsksNoPolicy) {
  const Compiled set = compiled({.policies = "- { name: fine, then: allow }\n"});
  Suspension suspension;
  suspension.user = "ana";
  suspension.reach = Suspension::Reach::app;
  suspension.app = "dropbox";
  const Standing standing({}, {suspension});
  const Explanation why = explained(set, ana(), {.standing = &standing});
  const std::string text = render_text(why, {});
  EXPECT_TRUE(
      text.starts_with("block, at connect: ana is suspended in dropbox "
                       "(00000000000000000000000000)\n"))
      << text;
  EXPECT_NE(text.find("not asked: the user is suspended"), std::string::npos) << text;
  EXPECT_TRUE(why.decision.stops());
}

TEST(Explain, AgreesWithTheProgramWhateverIsAsked) {
  static constexpr std::string_view kConditions[] = {
      "user: ana",
      "user: unknown",
      "activity: upload",
      "not: { activity: upload }",
      "status: 201",
      "not: { app.tag: sanctioned }",
      "app: [dropbox, box]",
      "host: dropbox.com",
      "method: POST",
      "any: [ { status: 500 }, { user: bob } ]",
      "not: { user.group: it, status: 201 }",
      "all: [ { app: unknown }, { activity: upload } ]",
      "path: /upload",
      "client.ip: 192.0.2.0/24"};
  static constexpr std::string_view kThen[] = {"allow", "monitor", "block",
                                               "coach", "step_up", "notice"};
  static constexpr std::string_view kTls[] = {
      "app: dropbox", "user: bob", "certificate.fault: expired", "certificate.fault: is set"};
  std::uint64_t seed = 20261126;
  const auto next = [&seed](std::size_t most) {
    seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::size_t>(seed >> 33) % most;
  };
  int compared = 0;
  for (int round = 0; round < 300; ++round) {
    std::string text;
    const std::size_t count = 1 + next(6);
    for (std::size_t i = 0; i < count; ++i) {
      const bool tls = next(5) == 0;
      text += "- name: p" + std::to_string(i) + "\n";
      if (tls) {
        text += "  kind: tls\n  when: { " + std::string(kTls[next(std::size(kTls))]) +
                " }\n  then: " + (next(2) == 0 ? "bypass" : "intercept") + "\n";
      } else {
        text += "  when: { " + std::string(kConditions[next(std::size(kConditions))]) + " }\n";
        if (next(4) == 0) text += "  except: [ { user.group: finance } ]\n";
        text += "  then: " + std::string(kThen[next(std::size(kThen))]) + "\n";
      }
      if (next(4) == 0) text += "  mode: rehearse\n";
    }
    const Compiled set = compiled({.policies = text});
    for (const int way : {0, 1, 2, 3}) {
      Activity activity = way == 1 ? nobody() : ana();
      if (way >= 2) activity.certificate_faults = {next(4) == 0 ? "own_authority" : "expired"};
      const bool inside = way == 3;
      std::vector<int> answered;
      for (int i = 0; i < static_cast<int>(count); ++i) {
        if (next(3) == 0) answered.push_back(i);
      }
      const Standing standing = answers(*set.program, activity, answered);
      const Decision decision =
          set.program->decide_whole(activity, {.fault_at_request = inside}, standing);
      const Explanation why =
          explained(set, activity, {.fault_at_request = inside, .standing = &standing});
      EXPECT_EQ(why.decision.policy, decision.policy) << text;
      EXPECT_EQ(why.decision.action, decision.action) << text;
      EXPECT_EQ(why.decision.final, decision.final) << text;
      EXPECT_EQ(names(why.decision.rehearsed()), names(decision.rehearsed())) << text;
      // And the part of each policy agrees with the whole.
      for (const QuestionExplained& question : why.questions) {
        for (const Answer& answer : question.answers) {
          const bool opening = question.question == Question::opened;
          const bool fault = question.question == Question::fault;
          const Decision at_point = opening ? set.program->decide_connection(activity, standing)
                                    : fault ? set.program->decide_fault(activity)
                                            : set.program->decide(answer.point, activity, standing);
          if (answer.undone == "the certificate is of our own authority") {
            EXPECT_EQ(at_point.policy, nullptr) << text;
            continue;
          }
          if (opening && (at_point.policy == nullptr || at_point.policy->kind != Kind::tls))
            continue;
          EXPECT_EQ(answer.policy, at_point.policy) << text;
          EXPECT_EQ(answer.final, at_point.final) << text;
          EXPECT_EQ(answer.action, at_point.action) << text;
          ++compared;
        }
      }
    }
  }
  EXPECT_GT(compared, 1000);
}

}  // namespace
}  // namespace sallyport::policy
