// Whole test files against whole policy files, and what is said about them.

#include <gtest/gtest.h>

#include "policy/compile/compile.h"
#include "policy/testkit/suite.h"

namespace sallyport::policy {
namespace {

SourcePtr source(std::string name, std::string text) {
  return std::make_shared<const Source>(Source{std::move(name), std::move(text)});
}

// What is wrong with the test file, or the report.
std::string run(const std::string& policies, const std::string& tests, bool coverage = false,
                bool apart = false, std::string_view format = "text") {
  Diagnostics warnings;
  const auto program = compile({source("p.yaml", policies)}, warnings);
  if (!program) return render(program.error());
  Suite suite(*program, {.zone = "UTC", .apart = apart});
  Diagnostics found;
  suite.add(source("p.test.yaml", tests), found);
  if (!found.empty()) return render(found);
  TestReport report;
  suite.run({}, report.files);
  for (FileReport& file : report.files) file.took = std::chrono::microseconds(1500);
  if (coverage) report.coverage = {&suite.coverage()};
  if (format == "json") return json_report(report);
  if (format == "junit") return junit_report(report);
  return text_report(report, coverage);
}

constexpr const char* kPolicies = R"(
- id: tor
  name: No logon from Tor
  when: { client.ip.tag: tor, activity: login }
  except: [{ user: ana, reason: works there }]
  then: block
- id: uploads
  name: Uploads
  when:
    activity: upload
    any: [{ app: unknown }, { not: { app.tag: sanctioned } }]
  then: monitor
- id: try
  name: On trial
  when: { app: drop }
  then: block
  mode: rehearse
- id: tenant
  name: Tenant
  when: { app: mail }
  add_headers: { X-Tenant: ours }
  remove_headers: [Cookie]
- id: many
  name: Many downloads
  kind: activity
  when: { activity: download }
  repeat: { min: 10, window: 5m, same_app: true }
  alerts_per_day: 5
- id: popular
  name: Popular
  kind: app_discovery
  when: { app.tag: unsanctioned }
  per_day: { users: "> 50", uploaded: "> 50 MB" }
  tag_app: monitored
- id: private
  name: Private
  kind: tls
  when: { app.category: health }
  then: bypass
- id: faults
  name: Inner hosts
  kind: tls
  when: { host: inner.example, certificate.fault: self_signed }
  then: bypass
)";

TEST(Bench, PassesWhatIsAsTheCasesSay) {
  EXPECT_EQ(run(kPolicies, R"(
- defaults: { user: ben }
- case: a logon from Tor
  given: { client.ip.tag: [tor, vpn], activity: login }
  expect: block
  policy: tor
  because: [client.ip.tag, activity]
  but:
    - { activity: view }
    - { user: ana }
    - { user: unknown, expect: block, policy: tor }
- case: it waits at connect
  at: connect
  given: { client.ip.tag: tor }
  expect: wait
- case: uploads to nobody knows where
  given: { activity: upload, app: unknown }
  expect: monitor
  policy: uploads
  because: [activity, app]
  but:
    - { app: drop, expect: monitor, policy: uploads, because: [activity, app.tag] }
    - { app: box, app.tag: sanctioned }
- case: a trial
  given: { app: drop }
  rehearsed: try
  reports: []
- case: the tenant
  given: { app: mail }
  edits: tenant
  headers: { x-tenant: ours, Cookie: is not set }
- case: ten downloads
  given: { activity: download, app: box }
  repeat: { times: 10, within: 5m }
  reports: many
  but:
    - repeat: { times: 9 }
    - repeat: { within: 6m }
    - repeat: { apps: 2 }
    - repeat: { apps: 2, times: 19 }
      reports: many
    - repeat: { times: 20, within: 9m }
      reports: many
    - repeat: { times: 1000000000, within: 2h }
      reports: many
- case: a popular app
  given: { app: box, app.tag: unsanctioned }
  day: { users: 51, uploaded: 51 MB }
  reports: popular
  but:
    - day: { users: 50 }
    - day: { uploaded: 50 MB }
    - { app.tag: sanctioned }
- case: health is private
  given: { app.category: health }
  expect: bypass
  policy: private
  but:
    - { app.category: ecommerce, expect: intercept, policy: none }
    - { scheme: http }
- case: what is wrong inside
  given: { host: a.inner.example, certificate.fault: self_signed }
  expect: bypass
  policy: faults
  but:
    - { certificate.fault: expired, expect: block, policy: none }
    - { host: outer.example, expect: block, policy: none }
    - { certificate.fault: [self_signed, own_authority], expect: block, policy: none }
- case: nothing
)"),
            "29 cases in 1 file, all pass\n");
}

TEST(Bench, TellsWhatDiffersAndWhy) {
  EXPECT_EQ(run(kPolicies, R"(
- case: wrong action
  given: { activity: upload, app: unknown }
- case: condition in the way
  given: { client.ip.tag: vpn, activity: login }
  expect: block
  policy: tor
- case: exception in the way
  given: { client.ip.tag: tor, activity: login, user: ana }
  expect: block
  policy: tor
- case: nested condition in the way
  given: { activity: upload, app: box, app.tag: sanctioned }
  expect: monitor
  policy: uploads
- case: another before it
  given: { client.ip.tag: tor, activity: login, app.category: health }
  expect: block
  policy: tor
- case: by accident
  given: { activity: upload, app: box }
  expect: monitor
  policy: uploads
  because: [activity, app]
- case: not often enough
  given: { activity: download }
  repeat: { times: 9, within: 2m }
  reports: many
- case: not enough of a day
  given: { app.tag: unsanctioned }
  day: { users: 51, uploaded: 50 MB }
  reports: popular
- case: not without
  given: { app: drop }
  without: try
- case: other headers
  given: { app: mail }
  headers: { X-Tenant: theirs, Accept: none, Cookie: is not set }
- case: already decided
  at: request
  given: { client.ip.tag: tor, activity: login }
  expect: wait
)"),
            R"(p.test.yaml:2: failed: wrong action
  expected  allow by no policy
  got       monitor by uploads (p.yaml:7:3) at response
p.test.yaml:4: failed: condition in the way
  expected  block by tor
  got       allow by no policy at response
  why       p.yaml:4:11: client.ip.tag: tor does not hold; it is [vpn]
p.test.yaml:8: failed: exception in the way
  expected  block by tor
  got       allow by no policy at response
  why       p.yaml:5:12: the exception holds
p.test.yaml:12: failed: nested condition in the way
  expected  monitor by uploads
  got       allow by no policy at response
  why       p.yaml:11:5: any: [app: unknown, not: {app.tag: sanctioned}] does not hold
p.test.yaml:16: failed: another before it
  expected  block by tor
  got       bypass by private (p.yaml:35:3) at connect
  why       private decides earlier, at connect
p.test.yaml:20: failed: by accident
  expected  uploads because of activity, app
  got       because of activity, app.tag
  why       p.yaml:7:3
p.test.yaml:25: failed: not often enough
  expected  a report by many
  got       none
  why       p.yaml:27:11: it did not happen often enough: 9 within 2m
p.test.yaml:29: failed: not enough of a day
  expected  a report by popular
  got       none
  why       p.yaml:29:3: uploaded of the day is 50000000, not more than 50000000
p.test.yaml:33: failed: not without
  expected  nothing by try
  got       it rehearses
  why       p.yaml:13:3
p.test.yaml:36: failed: other headers
  expected  X-Tenant: theirs
  got       X-Tenant: ours
  expected  Accept: none
  got       Accept is left as it was
p.test.yaml:39: failed: already decided
  expected  to wait
  got       block by tor (p.yaml:2:3) at request
11 cases in 1 file, 11 failed
)");
}

TEST(Bench, ReportsEveryFaultOfAFileAtOnce) {
  EXPECT_EQ(run(kPolicies, R"(
- case: one
  givn: { app: drop }
- case: one
  given: { ap: drop, expect: block }
  expect: blok
- given: { app: drop }
- case: two
  expect: block
- case: three
  expect: block
  policy: torr
- case: four
  rehearsed: tor
  reports: [uploads, popular, No logon from Tor]
- case: five
  expect: allow
  policy: tor
  because: [client.ip.tagg, user]
- case: six
  expect: wait
  but: [{}, { policy: none }, { activty: view }]
- case: seven
  given: { app: drop }
  day: { users: many, visits: 3 }
  at: connect
  because: app
- case: eight
  given: { status: }
  repeat: { times: 0, within: soon }
- case: nine
  at: upload
  without: [nobody]
)"),
            R"(p.test.yaml:3:3: error: unknown key 'givn' in case
  givn: { app: drop }
  ^~~~ did you mean 'given'?
p.test.yaml:4:9: error: two cases are called 'one'
- case: one
        ^~~ the other is in line 2
p.test.yaml:5:12: error: unknown attribute 'ap'
  given: { ap: drop, expect: block }
           ^~ did you mean 'app'?
p.test.yaml:5:22: error: unknown attribute 'expect'
  given: { ap: drop, expect: block }
                     ^~~~~~ 'expect' belongs to the case, beside 'given'
p.test.yaml:6:11: error: 'expect' of case cannot be 'blok'
  expect: blok
          ^~~~ did you mean 'block'?
p.test.yaml:7:3: error: case needs 'case'
- given: { app: drop }
  ^
p.test.yaml:9:11: error: say which policy decides 'block'
  expect: block
          ^~~~~ policy: ID, or 'policy: none' where it is the default
p.test.yaml:12:11: error: there is no policy with the id 'torr'
  policy: torr
          ^~~~ did you mean 'tor'?
p.test.yaml:14:14: error: 'tor' is a policy of kind session
  rehearsed: tor
             ^~~ write 'policy: tor'
p.test.yaml:15:13: error: 'uploads' is a policy of kind session
  reports: [uploads, popular, No logon from Tor]
            ^~~~~~~ write 'policy: uploads'
p.test.yaml:15:22: error: 'popular' speaks of a day of an app
  reports: [uploads, popular, No logon from Tor]
                     ^~~~~~~ add 'day: { users: 51 }'
p.test.yaml:15:31: error: there is no policy with the id 'No logon from Tor'
  reports: [uploads, popular, No logon from Tor]
                              ^~~~~~~~~~~~~~~~~ did you mean 'tor'?
p.test.yaml:18:11: error: 'tor' never decides 'allow'
  policy: tor
          ^~~ it says 'then: block'
p.test.yaml:19:13: error: 'tor' does not ask for 'client.ip.tagg'
  because: [client.ip.tagg, user]
            ^~~~~~~~~~~~~~ did you mean 'client.ip.tag'?
p.test.yaml:19:29: error: 'tor' does not ask for 'user'
  because: [client.ip.tagg, user]
                            ^~~~ it asks: activity, client.ip.tag
p.test.yaml:20:9: error: only at a point can a decision wait for a later one
- case: six
        ^~~ add 'at: connect' or 'at: request'
p.test.yaml:22:9: error: this variation differs in nothing from its case
  but: [{}, { policy: none }, { activty: view }]
        ^~ name a fact that is otherwise
p.test.yaml:22:13: error: this variation differs in nothing from its case
  but: [{}, { policy: none }, { activty: view }]
            ^~~~~~~~~~~~~~~~ name a fact that is otherwise
p.test.yaml:22:33: error: unknown attribute 'activty'
  but: [{}, { policy: none }, { activty: view }]
                                ^~~~~~~ did you mean 'activity'?
p.test.yaml:23:9: error: a day of an app is reported; nothing is decided about it
- case: seven
        ^~~~~ write 'reports: ID'
p.test.yaml:23:9: error: 'because' tells why a policy holds, and this case names none
- case: seven
        ^~~~~
p.test.yaml:25:17: error: 'users' of day must be a whole number from 0 to 1000000000, not 'many'
  day: { users: many, visits: 3 }
                ^~~~
p.test.yaml:25:23: error: unknown key 'visits' in day
  day: { users: many, visits: 3 }
                      ^~~~~~
p.test.yaml:29:12: error: 'status' needs a value
  given: { status: }
           ^~~~~~ write 'is not set' for a fact that is missing
p.test.yaml:30:20: error: 'times' of repeat must be a whole number from 1 to 1000000000, not '0'
  repeat: { times: 0, within: soon }
                   ^
p.test.yaml:30:31: error: 'soon' is no span of time
  repeat: { times: 0, within: soon }
                              ^~~~ '90s', '5m', '2h'
p.test.yaml:32:7: error: 'at' of case cannot be 'upload'
  at: upload
      ^~~~~~ one of: connect, request, response
p.test.yaml:33:13: error: there is no policy with the id 'nobody'
  without: [nobody]
            ^~~~~~ sallyport policy list shows all
)");
}

constexpr const char* kEffects = R"(
- id: mega
  name: No mega
  when: { host: mega.example }
  then: block
  say: |
    Not there.
    Take the share.
  redirect: https://intranet.example/why
- id: quiet
  name: Quiet
  when: { host: quiet.example }
  then: block
- id: popular
  name: Popular
  kind: app_discovery
  when: { host.kind: app }
  per_day: { users: "> 50" }
  tag_app: monitored
- id: prompts
  name: Prompts
  kind: activity
  when: { activity: prompt }
  tag_app: unsanctioned
- id: watched
  name: Watched
  kind: activity
  when: { activity: prompt, app.category: generative_ai }
  alerts_per_day: 1
- id: health
  name: Health
  kind: tls
  when: { app.category: health }
  then: bypass
- id: tenant
  name: Tenant
  when: { app: mail }
  add_headers: { X-Tenant: ours }
)";

TEST(Bench, HoldsTheEffectsOfPoliciesAgainstTheCase) {
  EXPECT_EQ(run(kEffects, R"(
- case: words over lines
  given: { host: mega.example }
  expect: block
  policy: mega
  say: |
    Not there.
    Take the share.
  redirect: https://intranet.example/why
  but:
    - { host: quiet.example, expect: block, policy: quiet, say: is not set, redirect: is not set }
- case: a tag
  given: { app: x, activity: prompt }
  reports: prompts
  tag_app: unsanctioned
  but:
    - { app: unknown, reports: prompts, tag_app: [] }
    - { app.tag: [unsanctioned], reports: prompts, tag_app: [] }
    - { activity: view, tag_app: [] }
    - { app.category: generative_ai, reports: [prompts, watched], tag_app: [unsanctioned] }
- case: a popular app
  given: { app: x, host.kind: app }
  day: { users: 51 }
  reports: popular
  tag_app: [monitored]
  but: [{ day: { users: 50 }, tag_app: [] }]
)"),
            "9 cases in 1 file, all pass\n");
}

TEST(Bench, TellsWhichEffectIsAnother) {
  EXPECT_EQ(run(kEffects, R"(
- case: other words
  given: { host: mega.example }
  expect: block
  policy: mega
  say: Not there.
  redirect: https://intranet.example/
- case: words where there are none
  given: { host: quiet.example }
  expect: block
  policy: quiet
  say: Go away.
- case: no words where there are some
  given: { host: mega.example }
  expect: block
  policy: mega
  say: is not set
- case: another decision is told once
  given: { host: quiet.example }
  expect: block
  policy: mega
  say: Not there.
- case: no tag for no app
  given: { app: unknown, activity: prompt }
  reports: prompts
  tag_app: unsanctioned
- case: one tag too many
  given: { app: x, activity: prompt, app.category: generative_ai }
  reports: watched
  tag_app: []
)"),
            R"(p.test.yaml:2: failed: other words
  expected  say: Not there.
  got       say: Not there. Take the share.
  why       p.yaml:6:8
  expected  redirect: https://intranet.example/
  got       redirect: https://intranet.example/why
  why       p.yaml:9:13
p.test.yaml:8: failed: words where there are none
  expected  say: Go away.
  got       no 'say'
  why       p.yaml:10:3
p.test.yaml:13: failed: no words where there are some
  expected  no 'say'
  got       say: Not there. Take the share.
  why       p.yaml:6:8
p.test.yaml:18: failed: another decision is told once
  expected  block by mega
  got       block by quiet (p.yaml:10:3) at connect
  why       p.yaml:4:11: host: mega.example does not hold; it is quiet.example
p.test.yaml:23: failed: no tag for no app
  expected  tag unsanctioned
  got       no tag
  why       the app is unknown, and only apps get tags
p.test.yaml:27: failed: one tag too many
  expected  no tag
  got       tag unsanctioned
  why       prompts (p.yaml:20:3)
6 cases in 1 file, 6 failed
)");
}

TEST(Bench, RefusesEffectsThatNobodyCouldSee) {
  EXPECT_EQ(run(kEffects, R"(
- case: nobody is stopped
  given: { app.category: health }
  expect: bypass
  policy: health
  say: Go on.
  redirect: https://intranet.example/
- case: nobody decides
  given: { certificate.fault: expired }
  expect: block
  policy: none
  say: Expired.
- case: no words at all
  expect: block
  policy: quiet
  say: [a]
  redirect:
- case: nobody tags
  tag_app: monitored
- case: another tag
  given: { app: x, activity: prompt }
  reports: prompts
  tag_app: [unsanctiond, unsanctioned]
  but: [{ app.category: generative_ai, reports: watched, tag_app: monitored }]
- case: no mode
  policy_mode: off
)"),
            R"(p.test.yaml:6:8: error: nobody is stopped here, so nobody reads this
  say: Go on.
       ^~~~~~ it belongs to 'expect: block', or to coach, justify, step_up, notice
p.test.yaml:7:13: error: nobody is stopped here, so nobody is sent elsewhere
  redirect: https://intranet.example/
            ^~~~~~~~~~~~~~~~~~~~~~~~~ it belongs to 'expect: block'
p.test.yaml:12:8: error: where no policy decides, there is no 'say'
  say: Expired.
       ^~~~~~~~ it belongs to a case with 'policy: ID'
p.test.yaml:16:8: error: 'say' of case must be text, not a list
  say: [a]
       ^~~
p.test.yaml:17:3: error: 'redirect' needs a text
  redirect:
  ^~~~~~~~ write 'is not set' where there is none
p.test.yaml:19:12: error: say which policy tags the app
  tag_app: monitored
           ^~~~~~~~~ add 'reports: ID'
p.test.yaml:23:13: error: no policy that reports here tags an app 'unsanctiond'
  tag_app: [unsanctiond, unsanctioned]
            ^~~~~~~~~~~ did you mean 'unsanctioned'?
p.test.yaml:24:67: error: no policy that reports here tags an app 'monitored'
  but: [{ app.category: generative_ai, reports: watched, tag_app: monitored }]
                                                                  ^~~~~~~~~ they have no 'tag_app'
p.test.yaml:26:16: error: 'policy_mode' of case cannot be 'off'
  policy_mode: off
               ^~~ one of: enforce, rehearse
)");
}

// As a gateway whose configuration says `policy_mode: rehearse`: nothing is stopped, bypassed,
// edited or reported, and what would have been is rehearsed.
TEST(Bench, JudgesARehearsalOfAllPolicies) {
  EXPECT_EQ(run(kEffects, R"(
- case: stopped
  given: { host: mega.example }
  policy_mode: rehearse
  rehearsed: mega
  because: host
  but:
    - { host: quiet.example, rehearsed: quiet }
    - { policy_mode: enforce, expect: block, policy: mega }
- case: opened
  given: { app.category: health }
  policy_mode: rehearse
  expect: intercept
  policy: none
  rehearsed: health
- case: edited and reported
  given: { app: mail, activity: prompt }
  policy_mode: rehearse
  rehearsed: [tenant, prompts]
  tag_app: []
- case: a day
  given: { app: x, host.kind: app }
  day: { users: 51 }
  policy_mode: rehearse
  rehearsed: popular
  tag_app: []
)"),
            "6 cases in 1 file, all pass\n");
  EXPECT_EQ(run(kEffects, R"(
- case: stopped
  given: { host: mega.example }
  policy_mode: rehearse
  expect: block
  policy: mega
)"),
            R"(p.test.yaml:6:11: error: 'mega' is in rehearsal
  policy: mega
          ^~~~ write 'rehearsed: mega'
)");
  EXPECT_EQ(run(kEffects, R"(
- case: a template in rehearsal
  given: { host: mega.example }
  policy_mode: rehearse
  rehearsed: mega
  but: [{ policy_mode: enforce, expect: block, policy: mega, say: "Not there.\nTake the share." }]
)",
                false, /*apart=*/true),
            "2 cases in 1 file, all pass\n");
}

TEST(Coverage, TellsWhatTheCasesLeaveOpen) {
  EXPECT_EQ(run(kPolicies, R"(
- case: a logon from Tor
  given: { client.ip.tag: [tor, vpn], activity: login }
  expect: block
  policy: tor
  but:
    - { activity: view }
- case: uploads
  given: { activity: upload, app: drop }
  expect: monitor
  policy: uploads
- case: private
  given: { app.category: health }
  expect: bypass
  policy: private
  but: [{ app.category: ecommerce }]
- case: nine downloads
  given: { activity: download }
  repeat: { times: 9 }
  without: many
)",
                true),
            R"(policy   covered
tor      2 of 4
uploads  0 of 4
try      0 of 2
tenant   0 of 2
many     0 of 3
popular  0 of 4
private  2 of 2
faults   0 of 3
p.yaml:4:11: not covered: tor: client.ip.tag: tor: never seen false
p.yaml:5:12: not covered: tor: the exception: never seen true
p.yaml:7:7: not covered: uploads: no case shows when it does not hold
p.yaml:10:5: not covered: uploads: activity: upload: never seen false
p.yaml:11:13: not covered: uploads: app: unknown: never seen true
p.yaml:11:38: not covered: uploads: app.tag: sanctioned: never seen true
p.yaml:13:7: not covered: try: no case is about it
p.yaml:15:11: not covered: try: app: drop: never seen
p.yaml:18:7: not covered: tenant: no case is about it
p.yaml:20:11: not covered: tenant: app: mail: never seen
p.yaml:23:7: not covered: many: no case shows that it holds
p.yaml:26:11: not covered: many: activity: download: never seen false
p.yaml:27:11: not covered: many: repeat: never seen true
p.yaml:29:7: not covered: popular: no case is about it
p.yaml:32:11: not covered: popular: app.tag: unsanctioned: never seen
p.yaml:33:39: not covered: popular: per_day: uploaded: > 50 MB: never seen
p.yaml:33:21: not covered: popular: per_day: users: > 50: never seen
p.yaml:40:7: not covered: faults: no case is about it
p.yaml:43:11: not covered: faults: host: inner.example: never seen
p.yaml:43:32: not covered: faults: certificate.fault: self_signed: never seen
6 cases in 1 file, all pass; 4 of 24 conditions covered, 16 %
)");
}

TEST(Bench, TestsTemplatesByThemselves) {
  constexpr const char* kTwo = R"(
- { id: all, name: All, then: block }
- { id: some, name: Some, when: { app: drop }, then: monitor }
)";
  constexpr const char* kCases = R"(
- case: some
  given: { app: drop }
  expect: monitor
  policy: some
  but: [{ app: box }]
)";
  EXPECT_EQ(run(kTwo, kCases, false, /*apart=*/true), "2 cases in 1 file, all pass\n");
  EXPECT_EQ(run(kTwo, "- case: about nothing\n", false, true),
            R"(p.test.yaml:1:9: error: say which template the case is about
- case: about nothing
        ^~~~~~~~~~~~~ policy, reports, finds, rehearsed, edits, grants or without: ID
)");
}

constexpr const char* kQuestions = R"(
- { id: ai, name: AI, when: { app.category: generative_ai }, then: coach, say: Think first. }
- { id: admin, name: Admin, when: { activity.admin: true }, then: step_up }
- { id: seen, name: Seen, when: { app.tag: monitored }, then: notice }
- { id: stop, name: Stop, when: { app: mega }, then: block }
)";

TEST(Bench, AsksAndPassesOverWhatWasAnswered) {
  EXPECT_EQ(run(kQuestions, R"(
- defaults: { user: ana, app: chat, app.category: generative_ai, app.tag: [] }
- case: it is asked
  expect: coach
  policy: ai
  because: app.category
  say: Think first.
  but:
    - app.category: crm
    - { grants: ai }
    - { grants: ai, activity.admin: true, expect: step_up, policy: admin }
    - { grants: [ai, admin], activity.admin: true }
    - { grants: ai, app: mega, expect: block, policy: stop }
- case: a notice stops nothing that is stopped behind it
  given: { app.category: crm, app.tag: monitored }
  expect: notice
  policy: seen
  but:
    - { app: mega, expect: block, policy: stop }
    - { grants: seen }
- case: nobody has a second factor
  given: { user: unknown, app.category: crm, activity.admin: true }
  grants: admin
  expect: step_up
  policy: admin
)"),
            "10 cases in 1 file, all pass\n");
}

TEST(Bench, KnowsWhatAppsAreToldOfTenants) {
  const char* const policies =
      "- id: tenants\n"
      "  name: Tenants\n"
      "  when: { user: ana }\n"
      "  restrict_tenants: { dropbox: ours, slack: { requester: T1, workspaces: [T1, E2] } }\n";
  EXPECT_EQ(run(policies, R"(
- case: each app hears of its own
  given: { user: ana, host: www.dropbox.com }
  edits: tenants
  headers: { X-Dropbox-allowed-Team-Ids: ours }
  but:
    - user: bob
    - host: www.example.com
    - { host: corp.slack.com, edits: tenants, headers: { X-Slack-Allowed-Workspaces: "T1,E2" } }
)",
                true),
            "policy   covered\n"
            "tenants  2 of 2\n"
            "4 cases in 1 file, all pass; 2 of 2 conditions covered, 100 %\n");
  EXPECT_EQ(run(policies, R"(
- case: not this one
  given: { user: ana, host: corp.slack.com }
  edits: tenants
  headers: { X-Dropbox-allowed-Team-Ids: ours }
)"),
            R"(p.test.yaml:2: failed: not this one
  expected  X-Dropbox-allowed-Team-Ids: ours
  got       X-Dropbox-allowed-Team-Ids is left as it was
1 case in 1 file, 1 failed
)");
}

TEST(Bench, TellsWhatIsWrongWithAnswers) {
  EXPECT_EQ(run(kQuestions, R"(
- case: it is asked although it was answered
  given: { user: ana, app: chat, app.category: generative_ai }
  grants: ai
  expect: coach
  policy: ai
)"),
            R"(p.test.yaml:2: failed: it is asked although it was answered
  expected  coach by ai
  got       allow by no policy at response
  why       ai was answered ('grants'), so it is passed over
1 case in 1 file, 1 failed
)");
  EXPECT_EQ(run("- {id: look, name: Look, when: {app: box}, then: monitor}\n",
                "- case: what only looks has no answer\n  grants: [look, loo]\n"),
            R"(p.test.yaml:2:12: error: nobody can be granted anything by 'look'
  grants: [look, loo]
           ^~~~ coach, justify, step_up and notice ask; a block is passed by an operator's word
p.test.yaml:2:18: error: there is no policy with the id 'loo'
  grants: [look, loo]
                 ^~~ did you mean 'look'?
)");
}

TEST(Bench, WritesJson) {
  EXPECT_EQ(
      run("- { id: a, name: A, when: { app: drop }, then: block }\n",
          "- case: good\n- { case: bad, given: { app: drop }, without: a }\n", true, false, "json"),
      R"({"cases":2,"failed":1,"files":[{"file":"p.test.yaml","cases":[{"case":"good","line":1,"passed":true},{"case":"bad","line":2,"passed":false,"differences":[{"expected":"allow by no policy","got":"block by a (p.yaml:1:3) at connect"}]}]}],"coverage":{"conditions":2,"covered":0,"percent":0,"items":[{"policy":"a","condition":"the policy","file":"p.yaml","line":1,"seen_true":true,"seen_false":false,"covered":false},{"policy":"a","condition":"app: drop","file":"p.yaml","line":1,"seen_true":true,"seen_false":false,"covered":false}]}}
)");
}

TEST(Bench, WritesJUnit) {
  EXPECT_EQ(
      run("- { id: a, name: A, when: { app: drop }, then: block }\n",
          "- case: good & <well>\n- { case: bad, given: { app: drop } }\n", false, false, "junit"),
      R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1">
  <testsuite name="p.test.yaml" tests="2" failures="1" time="0.001500">
    <testcase classname="p.test.yaml" name="good &amp; &lt;well&gt;" file="p.test.yaml" line="1"/>
    <testcase classname="p.test.yaml" name="bad" file="p.test.yaml" line="2">
      <failure message="expected allow by no policy, got block by a (p.yaml:1:3) at connect">expected allow by no policy, got block by a (p.yaml:1:3) at connect</failure>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST(Suite, StopsAtItsLimitAndKeepsWhatWasRun) {
  Diagnostics found;
  const auto program = compile({source("p.yaml", kPolicies)}, found);
  ASSERT_TRUE(program);
  Suite suite(*program, {});
  suite.add(source("p.test.yaml", "- case: one\n- case: two\n- case: three\n"), found);
  ASSERT_TRUE(found.empty()) << render(found);
  TestReport report;
  Suite::Run two;
  two.limits.cases = 2;
  EXPECT_FALSE(suite.run(two, report.files));
  EXPECT_EQ(report.cases(), 2u);
  Suite::Run filtered;
  filtered.filter = "THREE";
  EXPECT_TRUE(suite.run(filtered, report.files));
  EXPECT_EQ(report.cases(), 3u);
}

}  // namespace
}  // namespace sallyport::policy
