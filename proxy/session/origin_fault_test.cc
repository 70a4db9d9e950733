#include "proxy/session/origin_fault.h"

#include <gtest/gtest.h>

#include "policy/compile/compile.h"
#include "proxy/local/page_words.h"

namespace sallyport::session {
namespace {

using tls::Fault;

std::shared_ptr<const policy::Program> program_of(const std::string& text) {
  Diagnostics warnings;
  auto program =
      policy::compile({std::make_shared<const Source>(Source{"p.yaml", text})}, warnings);
  EXPECT_TRUE(program) << (program ? "" : render(program.error()));
  return program ? *program : std::make_shared<const policy::Program>();
}

tls::Report report_of(std::vector<Fault> faults) {
  tls::Report report;
  report.faults = std::move(faults);
  return report;
}

std::string words(const policy::Verdict& verdict) {
  std::string text(to_string(verdict.action));
  if (!verdict.policy.empty()) text += " '" + verdict.policy + "'";
  for (const auto& [policy, action] : verdict.rehearsed) {
    text += ", rehearsed " + std::string(to_string(action)) + " '" + policy + "'";
  }
  return text;
}

std::string judged(const std::string& policies, std::vector<Fault> faults,
                   const std::string& host = "box.example") {
  policy::Activity activity;
  activity.host = host;
  const policy::Verdict verdict =
      judge_faults(*program_of(policies), report_of(std::move(faults)), activity);
  return words(verdict);
}

// The policy language has a list of its own, because policy may not see tls.
TEST(OriginFault, PoliciesKnowEveryFaultByItsWord) {
  std::vector<std::string_view> words;
  for (int number = 0; number <= static_cast<int>(Fault::other); ++number) {
    words.push_back(to_string(static_cast<Fault>(number)));
  }
  const auto known = policy::certificate_fault_words();
  EXPECT_EQ(words, std::vector<std::string_view>(known.begin(), known.end()));
}

constexpr const char* kOldBoxes =
    "- { name: old boxes, kind: tls, when: { host: box.example, certificate.fault: [expired, "
    "self_signed] }, then: bypass }\n"
    "- { name: never, kind: tls, when: { certificate.fault: revoked }, then: block, say: No. }\n";

TEST(OriginFault, BlocksUnlessAPolicySaysOtherwise) {
  EXPECT_EQ(judged("", {Fault::expired}), "block");
  EXPECT_EQ(judged(kOldBoxes, {Fault::expired}), "bypass 'old boxes'");
  EXPECT_EQ(judged(kOldBoxes, {Fault::expired}, "other.example"), "block");
  EXPECT_EQ(judged(kOldBoxes, {Fault::wrong_host}), "block");
  EXPECT_EQ(judged(kOldBoxes, {Fault::revoked}), "block 'never'");
  EXPECT_EQ(judged(kOldBoxes, {Fault::revoked}, "other.example"), "block 'never'");
  EXPECT_EQ(judged(kOldBoxes, {}), "block");
  EXPECT_EQ(judged("- { name: maybe, mode: rehearse, kind: tls, when: { certificate.fault: expired "
                   "}, then: bypass }\n",
                   {Fault::expired}),
            "block, rehearsed bypass 'maybe'");
  EXPECT_EQ(judged("- { name: closed, kind: tls, when: { host: box.example }, then: bypass }\n",
                   {Fault::expired}),
            "block")
      << "not asked about faults";
}

// Clients believe our authority: they would not see that anything is wrong.
TEST(OriginFault, NeverBypassesAChainOfOurOwn) {
  EXPECT_EQ(judged(kOldBoxes, {Fault::own_authority, Fault::expired}), "block");
}

Refusal refused(const policy::Verdict& by_fault) {
  policy::Verdict before;
  before.action = policy::Action::monitor;
  before.policy = "watched";
  const Error error{ErrorKind::tls_verify, Side::origin, false, "expired"};
  return refusal_for_fault(error, report_of({Fault::expired}), by_fault, before);
}

TEST(OriginFault, IsARefusalOfThePolicyOrOfTheOrigin) {
  policy::Verdict block;
  block.action = policy::Action::block;
  const Refusal failed = refused(block);
  EXPECT_EQ(to_string(failed.ending), "origin_failed");
  EXPECT_EQ(words(failed.verdict), "monitor 'watched'");
  EXPECT_EQ(failed.fault_words, std::vector<std::string>{"expired"});
  ASSERT_EQ(failed.faults.size(), 1U);
  EXPECT_EQ(local::english().say(failed.faults[0], {}), tls::explain(Fault::expired));

  // What a page says of any fault is what reports say of it.
  for (int i = 0; i <= static_cast<int>(Fault::other); ++i) {
    const auto fault = static_cast<Fault>(i);
    const Error error{ErrorKind::tls_verify, Side::origin, false, ""};
    const Refusal told = refusal_for_fault(error, report_of({fault}), block, {});
    ASSERT_EQ(told.faults.size(), 1U);
    EXPECT_EQ(local::english().say(told.faults[0], {}), tls::explain(fault));
  }

  block.policy = "never";
  const Refusal blocked = refused(block);
  EXPECT_EQ(to_string(blocked.ending), "blocked");
  EXPECT_EQ(words(blocked.verdict), "block 'never'");
  EXPECT_TRUE(blocked.kind == local::PageKind::origin_untrusted);

  policy::Verdict bypass;
  bypass.action = policy::Action::bypass;
  bypass.policy = "old boxes";
  const Refusal late = refused(bypass);
  EXPECT_EQ(to_string(late.ending), "origin_failed");
  EXPECT_EQ(words(late.verdict), "monitor 'watched'");
  EXPECT_TRUE(late.error.ends_with("; the bypass of 'old boxes' is not possible here"))
      << late.error;
}

}  // namespace
}  // namespace sallyport::session
