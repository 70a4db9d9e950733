// What policies do, as it is compiled: rates, replacements, quarantine, isolation, SafeSearch.

#include "policy/compile/effects.h"

#include <gtest/gtest.h>

#include "policy/compile/compile.h"

namespace sallyport::policy {
namespace {

struct Made {
  std::shared_ptr<const Program> program;
  std::string told;  // errors or warnings
  const CompiledPolicy& first() const { return program->policies().front(); }
};

Made made_of(const std::string& keys) {
  const std::string text = "- name: r\n" + keys;
  Diagnostics warnings;
  auto program = compile({std::make_shared<const Source>(Source{"p.yaml", text})}, warnings);
  if (!program) return {nullptr, render(program.error())};
  return {*program, render(warnings)};
}

std::string error_of(const std::string& keys) {
  const Made made = made_of(keys);
  return made.program == nullptr ? made.told.substr(0, made.told.find('\n')) : "no error";
}

TEST(Throttle, IsBytesASecondBothWaysOrEach) {
  EXPECT_EQ(made_of("  throttle: 1 MB/s\n").first().throttle, (Throttle{1'000'000, 1'000'000}));
  EXPECT_EQ(made_of("  throttle: { upload: 256 KB/s }\n").first().throttle, (Throttle{256'000, 0}));
  EXPECT_EQ(made_of("  throttle: { upload: 1 KiB/s, download: 2 GB/s }\n").first().throttle,
            (Throttle{1024, 2'000'000'000}));
}

TEST(Throttle, DecidesNothingSoThatOthersMay) {
  const Made made = made_of("  throttle: 1 MB/s\n");
  EXPECT_TRUE(made.first().edits_only);
  EXPECT_TRUE(made.program->has_edits());
  EXPECT_EQ(error_of("  throttle: 1 MB/s\n  then: allow\n"),
            "p.yaml:3:9: error: a policy that changes how requests pass decides nothing, so that "
            "others may");
}

TEST(Throttle, WhatIsNoRateIsRefused) {
  for (const char* text : {"1 MB", "fast", "0 B/s", "999 B/s", "> 1 MB/s", "1..2 MB/s", "2 TB/s"}) {
    EXPECT_EQ(error_of("  throttle: \"" + std::string(text) + "\"\n"),
              "p.yaml:2:13: error: '" + std::string(text) + "' is no rate");
  }
  EXPECT_EQ(error_of("  throttle: {}\n"),
            "p.yaml:2:13: error: 'throttle' needs 'upload' or "
            "'download'");
  EXPECT_EQ(error_of("  throttle: { up: 1 MB/s }\n"),
            "p.yaml:2:15: error: unknown key 'up' in throttle");
  EXPECT_EQ(error_of("  kind: access\n  throttle: 1 MB/s\n  then: allow\n"),
            "p.yaml:3:13: error: 'throttle' has no effect in an access policy");
}

TEST(Isolate, SendsToItsRedirect) {
  const Made made = made_of("  then: isolate\n  redirect: https://isolation.example/open\n");
  EXPECT_EQ(made.first().action, Action::isolate);
  EXPECT_EQ(made.first().redirect, "https://isolation.example/open");
  EXPECT_TRUE(stops(Action::isolate));
  EXPECT_FALSE(asks(Action::isolate));
}

TEST(Isolate, ItsContextGoesNowhereWhereOthersReadOrForgeIt) {
  for (const char* url : {"http://iso.example/", "https://u:p@iso.example/", "https:///open",
                          "https://iso.example/?url=x", "https://iso.example/?a=b&Context=x",
                          "https://iso.example/#a"}) {
    EXPECT_TRUE(error_of("  then: isolate\n  redirect: \"" + std::string(url) + "\"\n")
                    .starts_with("p.yaml:3:13: error: the signed context goes to"))
        << url;
  }
}

TEST(Isolate, NeedsAnAddressAndIsNoTlsPolicy) {
  EXPECT_EQ(error_of("  then: isolate\n"),
            "p.yaml:2:9: error: 'isolate' needs 'redirect': where the other browser is");
  EXPECT_EQ(error_of("  kind: tls\n  then: isolate\n"),
            "p.yaml:3:9: error: a tls policy cannot 'isolate'");
}

TEST(Replacement, IsTheTextOfABlock) {
  const Made made = made_of(
      "  when: { activity: download }\n  then: block\n"
      "  replacement: |\n    Not from here.\n    Ask us.\n");
  EXPECT_EQ(made.told, "");
  EXPECT_EQ(made.first().replacement, "Not from here.\nAsk us.");
  EXPECT_EQ(error_of("  then: monitor\n  replacement: no\n"),
            "p.yaml:3:16: error: 'replacement' is for what is blocked");
  EXPECT_EQ(error_of("  then: block\n  replacement: no\n  redirect: https://a.example/\n"),
            "p.yaml:3:16: error: a download is either replaced or its reader sent elsewhere");
}

TEST(Quarantine, IsOfABlockThatHoldsAllOfIt) {
  EXPECT_TRUE(made_of("  when: { file.extension: exe }\n  then: block\n  quarantine: true\n")
                  .first()
                  .quarantine);
  EXPECT_FALSE(made_of("  then: block\n  quarantine: false\n").first().quarantine);
  EXPECT_EQ(error_of("  then: coach\n  quarantine: true\n"),
            "p.yaml:3:15: error: 'quarantine' is for what is blocked");
  EXPECT_EQ(error_of("  when: { file.extension: exe }\n  then: block\n  hold: tail\n"
                     "  quarantine: true\n"),
            "p.yaml:5:15: error: with 'hold: tail' nobody has the whole upload, so no copy can be "
            "kept");
}

TEST(SafeSearch, HoldsOnTheHostsOfSearchEnginesOnly) {
  const Made made = made_of("  safe_search: strict\n");
  ASSERT_NE(made.program, nullptr) << made.told;
  EXPECT_FALSE(made.first().parameters.empty());
  Activity activity;
  activity.point = Point::request;
  const auto holds = [&](const char* host) {
    activity.host = host;
    int count = 0;
    made.program->edits(activity, [&](const CompiledPolicy&) { ++count; });
    return count == 1;
  };
  EXPECT_TRUE(holds("www.google.com"));
  EXPECT_TRUE(holds("google.de"));
  EXPECT_TRUE(holds("www.bing.com"));
  EXPECT_FALSE(holds("google.example"));
  EXPECT_EQ(error_of("  safe_search: some\n"),
            "p.yaml:2:16: error: 'safe_search' of policy cannot be 'some'");
}

}  // namespace
}  // namespace sallyport::policy
